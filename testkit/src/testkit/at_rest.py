"""What somebody could read who took an embedded database: every value of every table, lists of terms included."""

from __future__ import annotations

import sqlite3
from typing import Any

from shared.database.sqlite.database import EmbeddedDatabase

_STORED = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
"""A full-text index keeps everything in tables beside it."""


async def at_rest(database: EmbeddedDatabase) -> str:
    """All of it as one text, in lower case."""

    def read(connection: sqlite3.Connection) -> str:
        names = connection.execute(_STORED).fetchall()
        rows = [row for (name,) in names for row in connection.execute(f'SELECT * FROM "{name}"')]
        return "\n".join(_text(value) for row in rows for value in row)

    return (await database.read(read)).lower()


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
