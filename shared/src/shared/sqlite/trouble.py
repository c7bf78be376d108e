"""What an error says about the file it came from, in one sentence that an operator can act on.

SQLite reports a full disk, a damaged file and a locked one by code (https://sqlite.org/rescode.html); the operating
system reports a read-only folder, or a file where a folder should be, by errno. An error that says nothing about the
file, such as a wrong statement, is no trouble.
"""

from __future__ import annotations

import errno
import resource
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shared.data_format.in_sqlite import NewerFormat
from shared.data_format.version import too_new

Kind = Literal["full", "damaged", "locked", "not_writable", "failing", "newer"]

WAITING_IS_FUTILE: frozenset[Kind] = frozenset({"damaged", "not_writable", "newer"})
"""These stay until a person mends them; the others may pass by themselves."""

_SENTENCES: dict[Kind, str] = {
    "full": "{path} cannot grow: the disk, or a limit on it, is full. Free some space; nothing needs a restart.",
    "damaged": "{path} is damaged. Stop Parley and restore this file from a backup; keep the damaged one.",
    "locked": "{path} is locked by another process. Stop whatever else has it open.",
    "not_writable": "{path} cannot be opened for writing. See that its folder is a folder that Parley may write to.",
    "failing": "{path} cannot be read or written: the disk or file system fails.",
}
_BY_SQLITE: dict[int, Kind] = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_READONLY: "not_writable",
    sqlite3.SQLITE_PERM: "not_writable",
    sqlite3.SQLITE_CANTOPEN: "not_writable",
    sqlite3.SQLITE_AUTH: "not_writable",
    sqlite3.SQLITE_IOERR: "failing",
    sqlite3.SQLITE_PROTOCOL: "failing",
    sqlite3.SQLITE_NOMEM: "failing",
}
_BY_ERRNO: dict[int, Kind] = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
    errno.EACCES: "not_writable",
    errno.EPERM: "not_writable",
    errno.EROFS: "not_writable",
    errno.EEXIST: "not_writable",
    errno.ENOTDIR: "not_writable",
    errno.EISDIR: "not_writable",
    errno.ENOENT: "not_writable",
}
_ONE_WRITE = 64 * 1024
_PRIMARY = 0xFF
"""The lowest byte of an extended result code is the primary one."""


@dataclass(frozen=True)
class Trouble:
    kind: Kind
    sentence: str
    """For the operator: it names the file."""


def diagnose(error: BaseException, path: Path | None) -> Trouble | None:
    """What is wrong with the file; None if this error is not about it."""
    kind: Kind | None = None
    where = str(path.resolve()) if path else "The store in memory"
    if isinstance(error, NewerFormat):
        return Trouble("newer", too_new(where, error.found))
    if isinstance(error, sqlite3.Error):
        kind = _BY_SQLITE.get((getattr(error, "sqlite_errorcode", 0) or 0) & _PRIMARY)
        if kind == "failing" and _is_at_its_limit(path):
            kind = "full"
    elif isinstance(error, OSError):
        kind = _BY_ERRNO.get(error.errno or 0, "failing")
    if kind is None:
        return None
    return Trouble(kind, f"{_SENTENCES[kind].format(path=where)} ({error})")


def _is_at_its_limit(path: Path | None) -> bool:
    """Whether the process may write no larger file (`ulimit -f`): SQLite calls that an I/O error."""
    limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    if path is None or limit == resource.RLIM_INFINITY:
        return False
    files = (path, path.with_name(path.name + "-wal"))
    return any(file.stat().st_size + _ONE_WRITE >= limit for file in files if file.exists())
