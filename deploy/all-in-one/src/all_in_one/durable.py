"""Files that must be on the disk, with their names, when a step counts as done."""

from __future__ import annotations

import os
from pathlib import Path


def write_durably(path: Path, text: str) -> None:
    """Readable by its owner alone. A crash leaves what was there before or the whole text, never a part of it."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)  # a crash may have left one that others can read
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Of a file what it holds, of a folder its list of names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """All that is in it, and the names."""
    for path in (*folder.rglob("*"), folder):
        sync(path)
