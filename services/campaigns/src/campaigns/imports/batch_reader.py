"""Reads an import's batches beside the event loop: small files in a thread, large ones in a process of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from campaigns.imports.batches import Batch, batches
from campaigns.imports.domain.model import Import
from campaigns.imports.reading.stored_file import OpenedFile
from campaigns.imports.reading_process.parent import read_elsewhere
from shared.files import FileStore

T = TypeVar("T")
OWN_PROCESS_BYTES = 1_000_000
"""From this size on a process of its own, which takes half a second to start: some 20,000 rows. Parsing numbers holds
the interpreter's lock, so a thread would slow down all that this process does, and adding rows would wait for it."""


class Threads:
    """Two threads for all imports of this process: they take turns, and the process's other threads stay free."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2, "imports")

    async def run(self, job: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, job)


class BatchReader:
    """Made on the event loop; `next` and `close` run in a thread."""

    def __init__(self, files: FileStore, known: Import) -> None:
        self._source = OpenedFile(files, known.file)
        self._known = known
        self._batches: Generator[Batch] | None = None

    def next(self) -> Batch | None:
        """None at the end. Raises `Invalid` for a file that turns out to be damaged."""
        if self._batches is None:
            read = read_elsewhere if self._known.file.size >= OWN_PROCESS_BYTES else batches
            self._batches = read(self._source, self._known)
        return next(self._batches, None)

    def close(self) -> None:
        if self._batches is not None:
            self._batches.close()
