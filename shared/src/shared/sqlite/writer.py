"""The one thread that changes a SQLite file: it commits everything that has queued up with a single disk sync.

While the disk is busy with one commit the next jobs gather, so one sync (some 0.2 ms) is shared by all jobs in flight,
and a lone job waits for no other. Jobs run in the order they were submitted; their answers arrive on the event loop, in
that order too, after the commit that made them durable. A job that fails spoils no other: the commit is taken back, and
each of its jobs runs again, in a commit of its own. So a job may run twice, and must change nothing but the file.

A *patient* job asks for no commit of its own: it goes with the next job that is not patient, or alone after
`PATIENCE_SECONDS`. It suits what a crash may take back, and what nobody waits for. An *idle* job goes with the next job
of any kind, or alone after `IDLE_SECONDS`: for what only spares work after a crash.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import structlog

from shared.data_format.version import DATA_FORMAT
from shared.sqlite.patience import is_patient
from shared.sqlite.trouble import Trouble, diagnose

log = structlog.get_logger()

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]
Row = tuple[Any, ...]
Done = Callable[[Any, Exception | None], None]

PATIENCE_SECONDS = 0.05
"""Longer than the pause between two steps of one text, shorter than a person notices."""
IDLE_SECONDS = 0.75
"""In this time there nearly always is another commit. After a crash so much more is given out once again."""
_MOST_PER_COMMIT = 1_000  # so that the first of a flood is not kept waiting for the last
_PROBE_SECONDS = 1.0
_ROOM_BYTES = 64 * 1024
_ROOM = "CREATE TABLE IF NOT EXISTS parley_room (bytes BLOB)"


class Closed(Exception):
    """The writer was stopped, or never started."""


@dataclass(slots=True)
class _Job:
    """Either a function on the connection, or rows for one statement."""

    done: Done
    loop: asyncio.AbstractEventLoop
    work: Work | None = None
    statement: str = ""
    rows: Sequence[Row] = ()
    bare: bool = False
    """Outside of any transaction."""
    result: Any = None
    error: Exception | None = None


class Writer:
    """`connect` opens the connection, in a worker thread; `path` is for messages only."""

    def __init__(self, path: Path | None, connect: Callable[[], sqlite3.Connection]) -> None:
        self.trouble: Trouble | None = None
        """Why the last commit failed; None once one has succeeded again. Damage stays until the file is reopened."""
        self.commits = 0
        self._path = path
        self._connect = connect
        self._jobs: SimpleQueue[list[_Job] | None] = SimpleQueue()
        self._gathered: list[_Job] = []
        self._called = False
        self._timer: asyncio.TimerHandle | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._thread: threading.Thread | None = None
        self._open = False

    async def start(self) -> None:
        """Raises what `connect` raises."""
        connection = await asyncio.to_thread(self._connect)
        self._open, self.trouble = True, None
        self._thread = threading.Thread(target=self._work, args=(connection,), name="sqlite-writer", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Returns when everything submitted is committed. What is submitted afterwards is dropped."""
        self._hand_over()
        self._open = False
        thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(thread.join)

    def write(
        self, statement: str, rows: Sequence[Row], done: Done, *, patient: bool = False, idle: bool = False
    ) -> None:
        """Run the statement for each row."""
        job = _Job(done, asyncio.get_running_loop(), statement=statement, rows=rows)
        if idle:
            self._put_by(job)
        else:
            self._submit(job, patient)

    def submit(self, work: Work, done: Done, *, patient: bool = False, bare: bool = False) -> None:
        """Run a function on the connection. `bare`: outside of any transaction."""
        self._submit(_Job(done, asyncio.get_running_loop(), work=work, bare=bare), patient)

    async def run(
        self,
        work: Callable[[sqlite3.Connection], T],
        *,
        patient: bool = False,
        bare: bool = False,
        then: Callable[[T], None] | None = None,
    ) -> T:
        """As `submit`, but waits for the commit. Raises what `work` or the commit raised, or `Closed`.

        `then` is called with the result in the order of jobs, even if the caller has given up meanwhile.
        """
        if not self._open:
            raise Closed
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def done(result: T, error: Exception | None) -> None:
            if then is not None and error is None:
                then(result)
            resolve(future, result, error)

        self.submit(work, done, patient=patient, bare=bare)
        return await future

    def _submit(self, job: _Job, patient: bool) -> None:
        """The thread is woken once for all that this turn of the loop submits."""
        if not self._open:
            return
        self._gathered.append(job)
        if patient or is_patient():
            if self._timer is None:
                self._timer = job.loop.call_later(PATIENCE_SECONDS, self._hand_over)
        elif not self._called:
            self._called = True
            job.loop.call_soon(self._hand_over)

    def _put_by(self, job: _Job) -> None:
        """With whatever is handed over next."""
        if self._open:
            self._gathered.append(job)
            if self._idle_timer is None:
                self._idle_timer = job.loop.call_later(IDLE_SECONDS, self._hand_over)

    def _hand_over(self) -> None:
        self._called = False
        for timer in (self._timer, self._idle_timer):
            if timer is not None:
                timer.cancel()
        self._timer = self._idle_timer = None
        if self._gathered:
            jobs, self._gathered = self._gathered, []
            self._jobs.put(jobs)

    # Below here: the writer thread.

    def _work(self, connection: sqlite3.Connection) -> None:
        with contextlib.closing(connection):
            going = True
            while going:
                jobs, going = self._gather()
                if jobs:
                    self._do(connection, jobs)
                    _report(jobs)
                elif going:
                    self._note(_commit(connection, [], prove_room))

    def _gather(self) -> tuple[list[_Job], bool]:
        """Wait for one job, then take those that queued up behind it; False at the end. No job: time to probe."""
        jobs: list[_Job] = []
        try:
            # While the file cannot be written we try it ourselves: callers who see `trouble` stop writing.
            more = self._jobs.get(timeout=_PROBE_SECONDS if self.trouble else None)
            while more is not None:
                jobs += more
                if len(jobs) >= _MOST_PER_COMMIT:
                    return jobs, True
                more = self._jobs.get_nowait()
        except Empty:
            return jobs, True
        return jobs, False

    def _do(self, connection: sqlite3.Connection, jobs: list[_Job]) -> None:
        if together := [job for job in jobs if not job.bare]:
            self._commit_all(connection, together)
            self.commits += 1
        for job in jobs:
            if job.bare:
                job.error = _run_bare(connection, job)

    def _commit_all(self, connection: sqlite3.Connection, jobs: list[_Job]) -> None:
        error = _commit(connection, jobs)
        if error is not None:
            trouble = diagnose(error, self._path)
            at_fault = any(job.error for job in jobs)
            if len(jobs) > 1 and (at_fault or trouble is None or trouble.kind == "full"):
                # One job is at fault, or too large for what room is left: alone, each gets its own answer.
                for job in jobs:
                    job.error = _commit(connection, [job])
            else:
                for job in jobs:
                    job.error = error
        self._note(*(job.error for job in jobs))

    def _note(self, *errors: Exception | None) -> None:
        if self.trouble is not None and self.trouble.kind == "damaged":
            return
        found = [trouble for error in errors if error is not None and (trouble := diagnose(error, self._path))]
        before, self.trouble = self.trouble, found[-1] if found else None
        if self.trouble and (before is None or before.kind != self.trouble.kind):
            log.error("storage_trouble", kind=self.trouble.kind, detail=self.trouble.sentence)
        elif before and self.trouble is None:
            log.info("storage_works_again", file=str(self._path))


def prove_room(connection: sqlite3.Connection) -> None:
    """Fails like the next real write would: takes room for some pages, gives it back, and changes one page for good."""
    connection.execute(_ROOM)
    connection.execute("SAVEPOINT room")
    connection.execute("INSERT INTO parley_room VALUES (zeroblob(?))", (_ROOM_BYTES,))
    connection.execute("ROLLBACK TO room")
    connection.execute("RELEASE room")
    connection.execute(f"PRAGMA user_version = {DATA_FORMAT}")  # writes the first page, even if it says so already


def resolve(future: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    """Settle a future, unless its waiter was cancelled."""
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


def _commit(connection: sqlite3.Connection, jobs: list[_Job], extra: Work | None = None) -> Exception | None:
    """All jobs in one transaction; the error that lost the transaction, and every job in it."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        _execute(connection, jobs)
        if extra is not None:
            extra(connection)
        connection.execute("COMMIT")
    except Exception as error:  # noqa: BLE001 - handed to the job's submitter; the thread must live on
        with contextlib.suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        return error
    return None


def _execute(connection: sqlite3.Connection, jobs: list[_Job]) -> None:
    """In order; neighbours with the same statement in one call."""
    for statement, group in groupby(jobs, key=lambda job: job.statement):
        if statement:
            connection.executemany(statement, [row for job in group for row in job.rows])
        else:
            for job in group:
                _run(connection, job)


def _run_bare(connection: sqlite3.Connection, job: _Job) -> Exception | None:
    try:
        _run(connection, job)
    except Exception as error:  # noqa: BLE001 - handed to the job's submitter; the thread must live on
        return error
    return None


def _run(connection: sqlite3.Connection, job: _Job) -> None:
    assert job.work is not None
    try:
        job.result = job.work(connection)
    except Exception as error:
        job.error = error
        raise


def _report(jobs: list[_Job]) -> None:
    """One wake-up of the event loop for the whole commit; there is hardly ever more than one loop."""
    for loop in {job.loop for job in jobs}:
        mine = [job for job in jobs if job.loop is loop]
        with contextlib.suppress(RuntimeError):  # the loop was closed, so no caller waits any more
            loop.call_soon_threadsafe(_tell, mine)


def _tell(jobs: list[_Job]) -> None:
    for job in jobs:
        # What the work returned was not stored if the commit failed.
        job.done(job.result if job.error is None else None, job.error)
