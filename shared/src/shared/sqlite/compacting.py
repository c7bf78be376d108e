"""Rewrites a SQLite file after something was deleted for good: deleted rows would stay in its free pages otherwise.

A rewrite (VACUUM) holds up writers for some seconds per GB, so it waits for a quiet moment, and a large file is left to
the operator (`make vacuum`). Then the write-ahead log is emptied, which holds copies of old pages.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import structlog

from shared.sqlite.writer import Closed, Writer

log = structlog.get_logger()

LARGEST_BYTES = 512 * 1024 * 1024
"""Rewritten in two seconds or three; until then writers wait, and the carrier's webhooks go to ingress's own file."""
QUIET_SECONDS = 0.5
QUIET_COMMITS = 3
LONGEST_WAIT_SECONDS = 600.0
_TRUNCATE_TRIES = 20


class Compactor:
    def __init__(self, path: Path, writer: Writer) -> None:
        self._path = path
        self._writer = writer
        self._wanted = False
        self._task: asyncio.Task[None] | None = None

    def order(self) -> None:
        """Once soon, however many ask until it begins."""
        self._wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        with contextlib.suppress(Closed):
            while self._wanted:
                await self._until_quiet()
                self._wanted = False
                await self._compact()

    async def _until_quiet(self) -> None:
        waited = 0.0
        while waited < LONGEST_WAIT_SECONDS:
            before = self._writer.commits
            await asyncio.sleep(QUIET_SECONDS)
            waited += QUIET_SECONDS
            if self._writer.commits - before <= QUIET_COMMITS:
                return

    async def _compact(self) -> None:
        size = await asyncio.to_thread(lambda: self._path.stat().st_size)
        if size > LARGEST_BYTES:
            log.warning("compacting_left_to_operator", file=self._path.name, bytes=size, how="make vacuum")
            return
        try:
            await self._writer.run(compact, bare=True)
            await self._truncate()
            log.info("file_compacted", file=self._path.name, bytes_before=size)
        except sqlite3.Error as error:  # no room for the copy, say: what is deleted stays deleted all the same
            log.warning("compacting_failed", file=self._path.name, error=str(error))

    async def _truncate(self) -> None:
        """A reader in the middle of a look holds it up, for the moment that it takes."""
        for _ in range(_TRUNCATE_TRIES):
            if await self._writer.run(truncate_log, bare=True):
                return
            await asyncio.sleep(QUIET_SECONDS)


def compact(connection: sqlite3.Connection) -> None:
    """Rewrite the file. The copy is made on disk: in memory it would take as much as the file."""
    connection.execute("PRAGMA temp_store = FILE")
    try:
        connection.execute("VACUUM")
    finally:
        connection.execute("PRAGMA temp_store = MEMORY")


def truncate_log(connection: sqlite3.Connection) -> bool:
    """Write the log into the file and empty it. False if a reader still needs it."""
    (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
