"""Counts SQLite's commits by file: those that changed something, and so wait for the disk."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Commits:
    def __init__(self) -> None:
        self.by_file: Counter[str] = Counter()
        self._lock = threading.Lock()  # each file has a thread that writes

    @contextmanager
    def counted(self) -> Generator[None]:
        """Every connection that is opened within reports its commits."""
        connect = sqlite3.connect

        def watched(database: Any, **more: Any) -> sqlite3.Connection:
            connection = connect(database, factory=_Watched, **more)
            connection.file, connection.note = Path(str(database)).stem, self._note
            return connection

        sqlite3.connect = watched
        try:
            yield
        finally:
            sqlite3.connect = connect

    def _note(self, file: str) -> None:
        with self._lock:
            self.by_file[file] += 1


class _Watched(sqlite3.Connection):
    file = ""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.note: Callable[[str], None] = _not_yet
        self._changes = 0

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql.startswith("BEGIN"):
            self._changes = self.total_changes
        elif sql == "COMMIT" and self.total_changes != self._changes:
            self.note(self.file)
        return super().execute(sql, parameters)


def _not_yet(_file: str) -> None:
    """While the file is opened nothing is counted."""
