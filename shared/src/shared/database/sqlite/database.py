"""The document store on a SQLite file: what `DATABASE_URL=embedded:…` means. Needs nothing but Python.

Several services may share the file (`shared.sqlite.file`). Each opens a database of its own there, under its name, and
can name no other's collections.

Write-ahead log with synchronous=FULL: what was acknowledged survives `kill -9` and power loss. A single writer thread
(`shared.sqlite.writer`) makes all changes. Reads run side by side on connections of their own and see every
acknowledged write, because each statement starts from the newest commit. A point read takes some 10 µs, a tenth of what
a thread costs, so it runs on the event loop.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from shared.database.protocol import CollectionSpec
from shared.database.sqlite.collection import EmbeddedCollection
from shared.database.sqlite.schema import Layout, make
from shared.errors import STORE_AWAY, StoreUnavailable, StoreUnusable
from shared.sqlite.file import SqliteFile
from shared.sqlite.readers import Readers
from shared.sqlite.trouble import WAITING_IS_FUTILE, Trouble, diagnose
from shared.sqlite.writer import Closed, Writer, prove_room

T = TypeVar("T")
_PING_SECONDS = 1.0
_TURN = 32


class EmbeddedDatabase:
    """`place` is a file to share, the path of one for this database alone, or None for memory.

    `owner` is the name of the service; it has to be given where the file is shared.
    """

    def __init__(self, place: SqliteFile | Path | None, owner: str = "") -> None:
        self.file = place if isinstance(place, SqliteFile) else SqliteFile(place)
        self._owner = owner
        self._connect = self.file.connect
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
            known = self._collections[spec.name] = EmbeddedCollection(self, Layout(spec, self._owner))
        elif known.spec != spec:
            raise ValueError(f"collection {spec.name} is declared twice, differently")
        return known

    def known(self, name: str) -> EmbeddedCollection:
        """A collection that was declared before. Raises KeyError."""
        return self._collections[name]

    async def start(self) -> None:
        """Open the file and make what has been declared; called again, make what was declared since."""
        if self._writer is None:
            await self._open()
        for collection in list(self._collections.values()):
            await self.ensure(collection.layout)

    async def server_time(self) -> datetime | None:
        return None

    async def ping(self) -> None:
        """Reads, and writes as much as the next real write might need. Damage found earlier stays until a restart."""
        if self.file.damage is not None:
            raise _failure(self.file.damage)
        try:
            async with asyncio.timeout(_PING_SECONDS):
                await self.read(_read_something)
                await self.write(prove_room)
        except TimeoutError:
            slow = f"{self.file.path}: no commit within {_PING_SECONDS} s; is the disk stuck?"
            raise StoreUnavailable("store_slow", STORE_AWAY, operator_detail=slow) from None

    async def clear(self) -> None:
        layouts = [self._collections[name].layout for name in self._made]

        def empty(connection: sqlite3.Connection) -> None:
            for layout in layouts:
                connection.execute(f"DELETE FROM {layout.table}")  # noqa: S608 - names are checked by Layout
                if layout.terms:
                    layout.search.empty(connection)

        await self.write(empty)

    async def compact(self) -> None:
        self.file.compact()

    async def close(self) -> None:
        """Commit what is queued, then let go of the file."""
        if self._writer is None:
            return
        self._writer = self._readers = self._near = None
        self._made.clear()
        with self._translated():
            await self.file.close()

    async def ensure(self, layout: Layout) -> None:
        """Make this collection's tables, once."""
        if layout.spec.name in self._made:
            return
        async with self._making:
            if layout.spec.name not in self._made:
                await self.write(lambda connection: make(connection, layout))
                self._made.add(layout.spec.name)

    async def write(self, job: Callable[[sqlite3.Connection], T], *, then: Callable[[T], None] | None = None) -> T:
        """Run in the writer thread; returns after the commit. `then`: see the writer."""
        if self._writer is None:
            raise _closed()
        with self._translated():
            return await self._writer.run(job, then=then)

    async def read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run on a reader's connection."""
        if self._readers is None:
            return await self.write(job)
        with self._translated():
            return await self._readers.run(job)

    async def read_here(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run on this thread: only for what takes microseconds."""
        if self._near is None:
            return await self.write(job)
        self._unbroken = (self._unbroken + 1) % _TURN
        if self._unbroken == 0:
            await asyncio.sleep(0)  # a long row of point reads must not keep other tasks waiting
        try:
            return job(self._near)
        except sqlite3.Error as error:
            raise self._ours(error) from error

    async def _open(self) -> None:
        with self._translated():
            await self.file.open()
        self._writer, self._readers, self._near = self.file.writer, self.file.readers, self.file.near

    @contextmanager
    def _translated(self) -> Generator[None]:
        """No error of SQLite or of the operating system leaves this adapter."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise self._ours(error) from error
        except Closed:
            raise _closed() from None

    def _ours(self, error: Exception) -> StoreUnavailable:
        trouble = diagnose(error, self.file.path)
        if trouble is None:
            return StoreUnavailable("store_unavailable", STORE_AWAY, operator_detail=f"{self.file.path}: {error}")
        if trouble.kind == "damaged":
            self.file.damage = trouble
        return _failure(trouble)


def _failure(trouble: Trouble) -> StoreUnavailable:
    kind = StoreUnusable if trouble.kind in WAITING_IS_FUTILE else StoreUnavailable
    return kind(f"store_{trouble.kind}", STORE_AWAY, operator_detail=trouble.sentence)


def _closed() -> StoreUnavailable:
    return StoreUnavailable("store_closed", STORE_AWAY, operator_detail="The database is not open: call start().")


def _read_something(connection: sqlite3.Connection) -> None:
    """The schema of the file, from the newest commit; fails where the file is none of SQLite's any more."""
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
