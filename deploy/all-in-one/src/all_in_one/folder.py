"""The data folder belongs to one process: two would answer the same customer twice."""

from __future__ import annotations

import fcntl
from io import TextIOWrapper
from pathlib import Path


def lock(folder: Path) -> TextIOWrapper:
    """Hold the returned file open as long as the folder is used; the kernel frees it when the process ends.

    Raises SystemExit if another process has it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = (folder / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise SystemExit(
            f"{folder.resolve()} is in use by another Parley process. Stop it first, or give this one its own folder "
            "with DATABASE_URL=embedded:OTHER_FOLDER."
        ) from None
    return file
