"""The one thread that owns the embedded broker's SQLite file, and commits what queued up with one disk sync.

Nothing here knows about queues of messages: jobs go in, and are executed in exactly that order; their callbacks run
on the event loop, in that order too, after the commit that made them durable.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

_MOST_PER_COMMIT = 2_000
_PROBE_EVERY_SECONDS = 1.0
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a confirmed publish survives a power cut
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-8000",
    "PRAGMA journal_size_limit=67108864",
)

Work = Callable[[sqlite3.Connection], Any]
Row = tuple[Any, ...]


@dataclass(slots=True)
class Job:
    """Either rows for one statement, or a function on the connection; `done(result, error)` follows on the loop."""

    done: Callable[[Any, Exception | None], None]
    statement: str = ""
    rows: Sequence[Row] = ()
    work: Work | None = None
    result: Any = None
    error: Exception | None = None


class Journal:
    def __init__(self, path: Path | None, schema: str) -> None:
        self._path = path
        self._schema = schema
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.trouble: str | None = None

    async def open(self) -> None:
        self._loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, args=(opened,), name="embedded-broker", daemon=True)
        self._thread.start()
        await opened

    async def close(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)

    def write(self, statement: str, rows: Sequence[Row], done: Callable[[Any, Exception | None], None]) -> None:
        self._jobs.put(Job(done, statement, rows))

    def run(self, work: Work, done: Callable[[Any, Exception | None], None]) -> None:
        self._jobs.put(Job(done, work=work))

    async def call(self, work: Work) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.run(work, lambda result, error: resolve(future, result, error))
        return await future

    # Below here: the writer thread.

    def _run(self, opened: asyncio.Future[None]) -> None:
        try:
            connection = sqlite3.connect(self._path or ":memory:", isolation_level=None)
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            connection.executescript(self._schema)
        except Exception as error:  # noqa: BLE001 - whatever it is, the one waiting for the start has to hear it
            self._on_loop(lambda failure=error: resolve(opened, None, failure))
            return
        self._on_loop(lambda: resolve(opened, None, None))
        while jobs := self._take():
            self._commit_all(connection, jobs)
            self._on_loop(lambda finished=jobs: _report(finished))
        connection.close()

    def _take(self) -> list[Job]:
        """What has queued up, at least one job; nothing means: the end."""
        first = self._next()
        jobs: list[Job] = []
        while first is not None:
            jobs.append(first)
            if len(jobs) >= _MOST_PER_COMMIT:
                break
            try:
                first = self._jobs.get_nowait()
            except Empty:
                break
        if first is None and jobs:
            self._jobs.put(None)  # finish these first, then end
        return jobs

    def _next(self) -> Job | None:
        """While the file could not be written we try it ourselves: whoever sees `trouble` writes nothing any more."""
        if self.trouble is None:
            return self._jobs.get()
        try:
            return self._jobs.get(timeout=_PROBE_EVERY_SECONDS)
        except Empty:
            return Job(lambda _result, _error: None, work=_touch)

    def _commit_all(self, connection: sqlite3.Connection, jobs: list[Job]) -> None:
        error = _commit(connection, jobs)
        if error is not None and len(jobs) > 1:
            # One of them is at fault, or the disk is: alone, each gets its own answer.
            for job in jobs:
                job.error = _commit(connection, [job])
        elif error is not None:
            jobs[0].error = error
        failed = [job.error for job in jobs if isinstance(job.error, sqlite3.DatabaseError)]
        self.trouble = f"the broker's file {self._path} cannot be written: {failed[-1]}" if failed else None

    def _on_loop(self, callback: Callable[[], object]) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to hear it
            self._loop.call_soon_threadsafe(callback)


def _touch(connection: sqlite3.Connection) -> None:
    """The smallest write that must reach the disk."""
    connection.execute("PRAGMA user_version = 1")


def resolve(future: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if future.done():
        return  # its waiter was cancelled
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


def _report(jobs: list[Job]) -> None:
    for job in jobs:
        job.done(job.result, job.error)


def _commit(connection: sqlite3.Connection, jobs: list[Job]) -> Exception | None:
    try:
        connection.execute("BEGIN IMMEDIATE")
        _execute(connection, jobs)
        connection.execute("COMMIT")
    except Exception as error:  # noqa: BLE001 - handed to whoever submitted the job; the thread must live on
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        return error
    return None


def _execute(connection: sqlite3.Connection, jobs: list[Job]) -> None:
    """In order, neighbours with the same statement in one call."""
    position = 0
    while position < len(jobs):
        job = jobs[position]
        position += 1
        if job.work is not None:
            job.result = job.work(connection)
            continue
        rows = list(job.rows)
        while position < len(jobs) and jobs[position].statement == job.statement:
            rows.extend(jobs[position].rows)
            position += 1
        connection.executemany(job.statement, rows)
