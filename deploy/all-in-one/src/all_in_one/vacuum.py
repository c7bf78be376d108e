"""`make vacuum`: rewrites the data folder's SQLite files without what was deleted, while Parley is stopped.

Parley does it by itself after an erasure, except for files that are too large to hold up writers for so long.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from all_in_one import folder
from shared.settings import PlatformSettings
from shared.sqlite.compacting import compact, truncate_log
from shared.sqlite.connection import connect

_CACHE_KIB = 32_768


def vacuum(data: Path) -> list[str]:
    """Says of each file what it came to. Raises SystemExit if Parley runs in this folder."""
    with contextlib.closing(folder.lock(data)):
        return [_rewritten(data / name) for name in folder.databases(data)]


def _rewritten(path: Path) -> str:
    before = path.stat().st_size
    with contextlib.closing(connect(path, cache_kib=_CACHE_KIB)) as connection:
        compact(connection)
        truncate_log(connection)
    return f"{path.name}: {before:,} bytes before, {path.stat().st_size:,} now"


if __name__ == "__main__":
    print("\n".join(vacuum(PlatformSettings().data_folder or Path("./data"))))
