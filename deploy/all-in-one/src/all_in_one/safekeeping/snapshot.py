"""The data folder's files as they were at one moment, to be copied at leisure while Parley goes on.

A read transaction pins a file: whatever is written later, its pages stay as they were. The files are pinned at one
moment, so that no effect that crosses from one to another is in neither copy (ADR 26): nobody commits to the files of
acceptance and of the sandbox while the store of all other services is pinned. That takes milliseconds.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from all_in_one.folder import STORE
from shared.data_format.in_sqlite import check_format
from shared.sqlite.connection import connect

_CACHE_KIB = 8_192
_PAGES = 4_096
Progress = Callable[[str, int, int], None]
"""A file's name, pages copied, pages in all."""


class Snapshot:
    """`with Snapshot(folder, names) as snapshot`: pinned until the end of the block.

    Raises `sqlite3.Error` (`NewerFormat` among them) or `OSError`.
    """

    def __init__(self, folder: Path, names: list[str]) -> None:
        self._folder = folder
        # The store last: see the module.
        self._names = sorted(names, key=lambda name: (name == STORE, name))
        self._pinned: dict[str, sqlite3.Connection] = {}
        self._closing = contextlib.ExitStack()
        self.held_seconds = 0.0
        """How long others could not write."""

    def __enter__(self) -> Snapshot:
        try:
            self._pin_all()
        except BaseException:
            self._closing.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closing.close()

    def copy(self, name: str, target: Path, progress: Progress | None = None) -> None:
        """Page by page into a new file, then check the copy. Raises `sqlite3.DatabaseError` if it is not whole."""

        def tell(_status: int, remaining: int, total: int) -> None:
            if progress:
                progress(name, total - remaining, total)

        with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy:
            self._pinned[name].backup(copy, pages=_PAGES, progress=tell)
            check(copy)

    def _pin_all(self) -> None:
        readers = {name: self._open(name) for name in self._names}
        others = [self._open(name) for name in self._names if name != STORE]
        began = time.monotonic()
        with contextlib.ExitStack() as held:
            for other in others:
                other.execute("BEGIN IMMEDIATE")
                held.callback(other.execute, "ROLLBACK")
            for name, reader in readers.items():
                reader.execute("BEGIN")
                check_format(reader)  # the first read is what pins the file
                reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                self._pinned[name] = reader
        self.held_seconds = time.monotonic() - began

    def _open(self, name: str) -> sqlite3.Connection:
        return self._closing.enter_context(contextlib.closing(connect(self._folder / name, cache_kib=_CACHE_KIB)))


def check(connection: sqlite3.Connection) -> None:
    """Every page, row and index. Raises `sqlite3.DatabaseError`."""
    findings = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
    if findings != ["ok"]:
        raise sqlite3.DatabaseError(f"integrity_check: {'; '.join(findings)}")
