"""The document store on one SQLite file: what `DATABASE_URL=embedded:…` means. Needs nothing but Python.

Write-ahead log with synchronous=FULL: what was acknowledged survives `kill -9` and power loss. A single writer thread
(`sqlite_threads`) owns all changes; reads go side by side on connections of their own and see every acknowledged write,
because each statement starts from the newest commit. A point read is so short (some 10 µs) that it runs right here
instead of paying ten times that for a thread. Without a path everything lives in memory, on the writer's connection.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from shared.database.protocol import CollectionSpec
from shared.database.sqlite.collection import EmbeddedCollection
from shared.database.sqlite.schema import Layout, make
from shared.database.sqlite.threads import Readers, Writer, closed, unavailable
from shared.errors import StoreUnavailable

T = TypeVar("T")
_PING_SECONDS = 1.0
_LOCK_SECONDS = 5.0  # how long to wait for another process that holds the file
_STATEMENTS = 500
_TURN = 32


class EmbeddedDatabase:
    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._collections: dict[str, EmbeddedCollection] = {}
        self._made: set[str] = set()
        self._making = asyncio.Lock()
        self._writer: Writer | None = None
        self._readers: Readers | None = None
        self._near: sqlite3.Connection | None = None
        self._unbroken = 0

    def collection(self, spec: CollectionSpec) -> EmbeddedCollection:
        known = self._collections.get(spec.name)
        if known is None:
            known = self._collections[spec.name] = EmbeddedCollection(self, Layout(spec))
        elif known.spec != spec:
            raise ValueError(f"collection {spec.name} is declared twice, differently")
        return known

    async def start(self) -> None:
        """Open the file and make what has been declared; called again, make what was declared since."""
        if self._writer is None:
            await self._open()
        for collection in list(self._collections.values()):
            await self.ensure(collection.layout)

    async def server_time(self) -> datetime | None:
        return None

    async def ping(self) -> None:
        try:
            async with asyncio.timeout(_PING_SECONDS):
                await self.write(lambda _: None, alone=True)
        except TimeoutError:
            raise StoreUnavailable("store_slow", f"No commit within {_PING_SECONDS} s: is the disk stuck?") from None

    async def clear(self) -> None:
        layouts = [self._collections[name].layout for name in self._made]
        tables = [table for layout in layouts for table in (layout.table, *([layout.terms_table] * bool(layout.terms)))]

        def empty(connection: sqlite3.Connection) -> None:
            for table in tables:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names are checked by Layout

        await self.write(empty)

    async def close(self) -> None:
        """Commit what is queued, then let go of the file."""
        writer, self._writer = self._writer, None
        readers, self._readers = self._readers, None
        near, self._near = self._near, None
        self._made.clear()
        if near is not None:
            near.close()
        if readers is not None:
            await asyncio.to_thread(readers.stop)
        if writer is not None:
            await asyncio.to_thread(writer.stop)

    async def ensure(self, layout: Layout) -> None:
        """Make this collection's tables, once."""
        if layout.spec.name in self._made:
            return
        async with self._making:
            if layout.spec.name not in self._made:
                await self.write(lambda connection: make(connection, layout))
                self._made.add(layout.spec.name)

    async def write(self, job: Callable[[sqlite3.Connection], T], *, alone: bool = False) -> T:
        """Run in the writer thread; returns after the commit. `alone`: it is a single statement."""
        if self._writer is None:
            raise closed()
        return await self._writer.run(job, alone=alone)

    async def read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run on a reader's connection."""
        if self._readers is None:
            return await self.write(job, alone=True)
        return await self._readers.run(job)

    async def read_here(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run on this thread: only for what takes microseconds."""
        if self._near is None:
            return await self.write(job, alone=True)
        self._unbroken = (self._unbroken + 1) % _TURN
        if self._unbroken == 0:
            await asyncio.sleep(0)  # a long row of point reads must not keep everybody else waiting
        try:
            return job(self._near)
        except sqlite3.Error as error:
            raise unavailable(error) from error

    async def _open(self) -> None:
        writer = Writer(self._connect)
        try:
            await asyncio.to_thread(writer.start)
            if self._path is not None:
                self._near = self._connect()
                self._readers = Readers(self._connect)
        except (sqlite3.Error, OSError) as error:
            raise unavailable(error) from error
        self._writer = writer

    def _connect(self) -> sqlite3.Connection:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self._path or ":memory:",
            timeout=_LOCK_SECONDS,
            isolation_level=None,  # transactions are begun by name, in the writer
            check_same_thread=False,
            cached_statements=_STATEMENTS,
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        connection.execute("PRAGMA cache_size = -16384")
        return connection
