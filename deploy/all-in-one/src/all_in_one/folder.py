"""The data folder: private, and held by one installation, because two would answer the same customer twice."""

from __future__ import annotations

import contextlib
import fcntl
import sqlite3
import time
from io import TextIOWrapper
from pathlib import Path

from shared.data_format.in_sqlite import check_format
from shared.sqlite.connection import make_private
from shared.sqlite.trouble import diagnose

_DYING_SECONDS = 1.0
CREDENTIALS = "credentials.json"
STORE = "parley.sqlite"
"""The databases of all services but ingress (`ingress.sqlite`, with its spool), and the broker's messages."""
MOVED = "moved-to-servers"
"""A file that says so."""
RESTORING = "restoring"
"""Where a restore prepares its files."""
_OURS = ("lock", CREDENTIALS, "*.sqlite", "*.sqlite-wal", "*.sqlite-shm", "*.handed-out", "sandbox/*.sqlite*")


def lock(folder: Path) -> TextIOWrapper:
    """Hold the returned file open as long as the folder is used. The kernel frees it when our forks have ended too.

    Raises SystemExit, with one sentence, if the folder cannot be used or another process has it.
    """
    path = folder / "lock"
    try:
        make_private(path)
        file = path.open("a+")
        _close_to_others(folder)
    except OSError as error:
        raise given_up("Cannot start", error, path) from None
    if not _taken(file):
        file.close()
        raise SystemExit(
            f"{folder.resolve()} is in use by another Parley process. Stop it first, or give this one its own folder "
            "with DATABASE_URL=embedded:OTHER_FOLDER."
        ) from None
    return file


def _taken(file: TextIOWrapper) -> bool:
    """Tries for a moment: processes of ours that were killed together need not be gone together."""
    ends = time.monotonic() + _DYING_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= ends:
                return False
            time.sleep(0.02)
        else:
            return True


def _close_to_others(folder: Path) -> None:
    """Files that an older version, or a copy, left readable for others. The folder's own mode is its owner's choice."""
    for pattern in _OURS:
        for file in folder.glob(pattern):
            if file.stat().st_mode & 0o077:
                with contextlib.suppress(PermissionError):
                    file.chmod(0o600)


def check_formats(folder: Path) -> None:
    """Before anything is read: one line, instead of one from each process. Raises SystemExit."""
    for name in databases(folder):
        try:
            with contextlib.closing(sqlite3.connect(folder / name)) as connection:
                check_format(connection)
        except (sqlite3.Error, OSError) as error:
            raise given_up("Cannot start", error, folder / name) from None


def check_moved(folder: Path) -> None:
    """Raises SystemExit if its data has moved to servers: two installations would answer the same customers."""
    if (folder / MOVED).exists():
        raise SystemExit(
            f"The data in {folder.resolve()} has moved to servers. Start the services there. To start from this folder "
            f"anyway, delete {folder / MOVED}."
        )


def check_restored(folder: Path) -> None:
    """Raises SystemExit if a restore ended half-way: a start would go on without the store, which comes last."""
    prepared = folder / RESTORING
    with contextlib.suppress(OSError):
        prepared.rmdir()  # empty: all was in its place when the restore ended
    if prepared.exists():
        raise SystemExit(
            f"A restore into {folder.resolve()} did not end. Repeat it into an empty folder. To start from this folder "
            f"anyway, delete {prepared}."
        )


def given_up(what: str, error: Exception, path: Path) -> SystemExit:
    """One sentence that names the file."""
    trouble = diagnose(error, path)
    return SystemExit(f"{what}: {trouble.sentence if trouble else error}")


def databases(folder: Path) -> list[str]:
    """Names of the files that hold data."""
    return sorted(file.name for file in folder.glob("*.sqlite"))
