"""Opens a SQLite file that only its owner can read, durable against `kill -9` and power loss."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

LOCK_SECONDS = 5.0
"""How long a statement waits for another process that holds the file."""
_STATEMENTS = 500
_BESIDE = ("-wal", "-shm")


def connect(path: Path | None, *, cache_kib: int) -> sqlite3.Connection:
    """A connection that any thread may use, one at a time; transactions are begun by name. None: in memory.

    Raises `sqlite3.Error` or `OSError`.
    """
    if path is not None:
        make_private(path)
    connection = sqlite3.connect(
        path or ":memory:",
        timeout=LOCK_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=_STATEMENTS,
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")
    except BaseException:
        connection.close()
        raise
    return connection


def make_private(path: Path) -> None:
    """Make the file if it is not there, readable by its owner only, whatever the umask.

    SQLite gives `-wal` and `-shm` the mode of the file itself; those an older version left behind are mended too. A
    folder that has to be made is private as well; one that is there keeps its mode, because it may be shared.
    """
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        path.parent.chmod(0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    for file in (path, *(path.with_name(path.name + end) for end in _BESIDE)):
        with contextlib.suppress(FileNotFoundError, PermissionError):  # another owner's: the open above says if we may
            if file.stat().st_mode & 0o077 or not file.stat().st_mode & 0o600:
                file.chmod(0o600)
