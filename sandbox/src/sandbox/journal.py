"""Keeps the sandbox's state: dictionaries that also write to a SQLite file, if there is one.

A write is done when `put` returns, so a killed process loses nothing that it has confirmed. `synchronous=NORMAL` with a
write-ahead log survives the death of the process, but not of the machine; for a pretend carrier that is enough.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

M = TypeVar("M", bound=BaseModel)


class Journal:
    """Rows of (kind, id, JSON) in a file; without a file it keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._db: sqlite3.Connection | None = None
        if folder is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "sandbox.sqlite", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS rows"
            " (position INTEGER PRIMARY KEY, kind TEXT, id TEXT, document TEXT, UNIQUE (kind, id))"
        )

    def put(self, kind: str, key: str, document: str) -> None:
        if self._db:
            self._db.execute(
                "INSERT INTO rows (kind, id, document) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document",
                (kind, key, document),
            )

    def drop(self, kind: str, key: str) -> None:
        if self._db:
            self._db.execute("DELETE FROM rows WHERE kind = ? AND id = ?", (kind, key))

    def clear(self, kind: str) -> None:
        if self._db:
            self._db.execute("DELETE FROM rows WHERE kind = ?", (kind,))

    def load(self, kind: str) -> list[tuple[str, str]]:
        if not self._db:
            return []
        return self._db.execute("SELECT id, document FROM rows WHERE kind = ? ORDER BY position", (kind,)).fetchall()

    @contextmanager
    def together(self) -> Generator[None]:
        """All writes inside are kept, or none. There must be no `await` inside."""
        if not self._db:
            yield
            return
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def close(self) -> None:
        if self._db:
            self._db.close()
            self._db = None


class Shelf(Generic[M]):
    """A dictionary of models of one kind, in the order in which they were first put."""

    def __init__(self, journal: Journal, kind: str, model: type[M]) -> None:
        self._journal = journal
        self._kind = kind
        self._items = {key: model.model_validate_json(document) for key, document in journal.load(kind)}

    def put(self, key: str, item: M) -> M:
        self._items[key] = item
        self._journal.put(self._kind, key, item.model_dump_json())
        return item

    def get(self, key: str) -> M | None:
        return self._items.get(key)

    def drop(self, key: str) -> None:
        if self._items.pop(key, None) is not None:
            self._journal.drop(self._kind, key)

    def clear(self) -> None:
        self._items.clear()
        self._journal.clear(self._kind)

    def values(self) -> list[M]:
        return list(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[M]:
        return iter(self._items.values())
