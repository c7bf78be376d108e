"""One SQLite file for all that live in it: the first that opens it opens it for all, the last that leaves closes it.

Databases of several services and the broker share its writer, so that what they do at the same moment shares a commit.
A file in memory has one connection, the writer's; reads go there too.
"""

from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from pathlib import Path

from shared.data_format.in_sqlite import mark_format
from shared.sqlite.compacting import Compactor
from shared.sqlite.connection import connect
from shared.sqlite.readers import Readers
from shared.sqlite.trouble import Trouble
from shared.sqlite.writer import Writer

_WRITER_CACHE_KIB = 32_768
_READER_CACHE_KIB = 8_192


class SqliteFile:
    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.writer = Writer(path, self.connect)
        self.readers: Readers | None = None
        self.near: sqlite3.Connection | None = None
        """For the event loop's own thread: only for what takes microseconds."""
        self.damage: Trouble | None = None
        """Damage that a read or a write has met. It stays until the file is reopened."""
        self._compactor = Compactor(path, self.writer) if path else None
        self._users = 0
        self._lock = asyncio.Lock()

    def connect(self) -> sqlite3.Connection:
        """The writer's connection. Raises `sqlite3.Error` or `OSError`, `NewerFormat` among them."""
        connection = connect(self.path, cache_kib=_WRITER_CACHE_KIB)
        try:
            mark_format(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    async def open(self) -> None:
        """Raises `sqlite3.Error` or `OSError`."""
        async with self._lock:
            if self._users == 0:
                await self._open()
            self._users += 1

    def compact(self) -> None:
        """Soon, when little is written: rewrite the file without what was deleted."""
        if self._compactor is not None:
            self._compactor.order()

    async def close(self) -> None:
        """Commit what is queued, then let go of the file."""
        async with self._lock:
            self._users -= 1
            if self._users:
                await self.writer.run(_nothing)
            else:
                await self._close()

    async def _open(self) -> None:
        await self.writer.start()
        self.damage = None
        if self.path is None:
            return
        reader = partial(connect, self.path, cache_kib=_READER_CACHE_KIB)
        try:
            self.near = reader()
        except BaseException:
            await self.writer.stop()
            raise
        self.readers = Readers(reader)

    async def _close(self) -> None:
        if self._compactor is not None:
            await self._compactor.stop()
        near, self.near = self.near, None
        readers, self.readers = self.readers, None
        if near is not None:
            near.close()
        if readers is not None:
            await asyncio.to_thread(readers.stop)
        await self.writer.stop()


def _nothing(_: sqlite3.Connection) -> None:
    """A job that is done once everything before it is committed."""
