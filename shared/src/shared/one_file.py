"""The databases of several services and their broker in one SQLite file: what the all-in-one runs on.

A decision's document, records and messages are saved in one transaction. No outbox has to be written, read or emptied.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from shared.aggregates.joint import JointSave, SavedTogether
from shared.broker.embedded.broker import EmbeddedBroker
from shared.clock import Clock
from shared.database.protocol import Database
from shared.database.sqlite.database import EmbeddedDatabase
from shared.sqlite.file import SqliteFile


class OneFile:
    """`path` None keeps everything in memory, for tests."""

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self._file = SqliteFile(path)
        self.broker = EmbeddedBroker(self._file, clock)

    def database(self, service: str) -> EmbeddedDatabase:
        return EmbeddedDatabase(self._file, service)

    def joint(self, database: Database) -> JointSave | None:
        """None for a database that is kept elsewhere."""
        if isinstance(database, EmbeddedDatabase) and database.file is self._file:
            return EmbeddedJointSave(database, self.broker)
        return None


class EmbeddedJointSave:
    """For a database and a broker in the same file."""

    def __init__(self, database: EmbeddedDatabase, broker: EmbeddedBroker) -> None:
        self._database = database
        self._broker = broker

    async def save(self, what: SavedTogether) -> bool:
        post = self._broker.post(what.messages)
        change = await self._database.known(what.collection).saving(what.document, what.version)
        records = [await self._database.known(name).putting(document) for name, document in what.records]

        def work(connection: sqlite3.Connection) -> bool:
            if not change(connection):
                return False
            for put in records:
                put(connection)
            post.write(connection)
            return True

        return await self._database.write(work, then=post.arrive)
