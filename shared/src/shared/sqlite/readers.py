"""Threads that read one SQLite file side by side; with a write-ahead log they never wait for the writer."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from shared.sqlite.writer import Closed

T = TypeVar("T")
_READERS = 3


class Readers:
    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._pool = ThreadPoolExecutor(_READERS, thread_name_prefix="sqlite-reader")

    async def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Raises what the job raises, or `Closed`."""
        try:
            future = asyncio.get_running_loop().run_in_executor(self._pool, self._read, job)
        except RuntimeError as error:  # how a pool says that it was shut down
            raise Closed from error
        return await future

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
