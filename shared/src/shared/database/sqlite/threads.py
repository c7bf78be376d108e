"""The threads around one SQLite file: a single writer that commits all that has queued up with one fsync, and readers.

While the disk is busy with one commit the next writes gather; so one fsync (some 0.2 ms here) is shared by all that are
in flight, and a lone write waits for nobody. Each job is its own savepoint: one that fails spoils no other.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from shared.errors import StoreUnavailable

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], Any]
Connect = Callable[[], sqlite3.Connection]
_BATCH = 500  # jobs a commit, so that the first of a flood is not kept waiting for the last
_READERS = 3


def unavailable(error: Exception) -> StoreUnavailable:
    return StoreUnavailable("store_unavailable", f"SQLite: {error}. See that the disk has room and is writable.")


def closed() -> StoreUnavailable:
    return StoreUnavailable("store_closed", "The database is not open: start() it first, or again.")


@dataclass(slots=True)
class _Waiting:
    run: Job
    alone: bool  # one statement: atomic without a savepoint
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None


class Writer:
    """Runs jobs one after the other on its own connection; a result is told after its commit."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._open = False

    def start(self) -> None:
        connection = self._connect()
        self._open = True
        self._thread = threading.Thread(target=self._work, args=(connection,), name="sqlite-writer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Blocks until everything queued is committed."""
        self._open = False
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    async def run(self, job: Callable[[sqlite3.Connection], T], *, alone: bool = False) -> T:
        if not self._open:
            raise closed()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Waiting(job, alone, loop, future))
        return await future

    def _work(self, connection: sqlite3.Connection) -> None:
        with contextlib.closing(connection):
            going = True
            while going:
                batch, going = self._gather()
                if batch:
                    _commit(connection, batch)
                    _tell(batch)

    def _gather(self) -> tuple[list[_Waiting], bool]:
        """Wait for one job, then take what else is there; False when told to stop."""
        batch: list[_Waiting] = []
        job = self._queue.get()
        while job is not None:
            batch.append(job)
            if len(batch) == _BATCH:
                return batch, True
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False


class Readers:
    """A few threads with a connection each; readers never wait for the writer (WAL)."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._pool = ThreadPoolExecutor(_READERS, thread_name_prefix="sqlite-reader")

    async def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, job)
        except sqlite3.Error as error:
            raise unavailable(error) from error
        except RuntimeError as error:  # the pool's way to say that it was shut down
            raise closed() from error

    def stop(self) -> None:
        self._pool.shutdown()
        for connection in self._connections:
            connection.close()

    def _read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
            self._connections.append(connection)
        return job(connection)


def _commit(connection: sqlite3.Connection, batch: list[_Waiting]) -> None:
    """All jobs in one transaction. If that is lost (disk full, locked), so is every job in it."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        for job in batch:
            _run(connection, job)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        for job in batch:
            job.error = unavailable(error)


def _run(connection: sqlite3.Connection, job: _Waiting) -> None:
    if not job.alone:
        connection.execute("SAVEPOINT job")
    try:
        job.result = job.run(connection)
    except Exception as error:
        if not connection.in_transaction:
            raise sqlite3.OperationalError(f"transaction lost: {error}") from error
        job.error = unavailable(error) if isinstance(error, sqlite3.Error) else error
        if not job.alone:
            connection.execute("ROLLBACK TO job")
    if not job.alone:
        connection.execute("RELEASE job")


def _tell(batch: list[_Waiting]) -> None:
    """One wake-up of the event loop for the whole batch (there is hardly ever more than one loop)."""
    for loop in {job.loop for job in batch}:
        mine = [job for job in batch if job.loop is loop]
        with contextlib.suppress(RuntimeError):  # the loop is gone, and with it everybody who waited
            loop.call_soon_threadsafe(_resolve, mine)


def _resolve(jobs: list[_Waiting]) -> None:
    for job in jobs:
        if job.future.done():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
