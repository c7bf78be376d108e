"""Which data format a SQLite file has: its `user_version`, in the file's header, where no table has to be there yet."""

from __future__ import annotations

import sqlite3

from shared.data_format.version import DATA_FORMAT


class NewerFormat(sqlite3.DatabaseError):
    """A newer version of Parley wrote this file."""

    def __init__(self, found: int) -> None:
        super().__init__(f"data format {found}")
        self.found = found


def format_of(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def check_format(connection: sqlite3.Connection) -> None:
    """Raises `NewerFormat`, before anything is read or written."""
    found = format_of(connection)
    if found > DATA_FORMAT:
        raise NewerFormat(found)


def mark_format(connection: sqlite3.Connection) -> None:
    """Check, and mark an older file with today's format."""
    check_format(connection)
    if format_of(connection) < DATA_FORMAT:
        connection.execute(f"PRAGMA user_version = {DATA_FORMAT}")
