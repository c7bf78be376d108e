"""A file of the store, read in a thread.

Chunks come from the database through the event loop, on which the store's driver lives. The thread waits; the loop does
not.
"""

from __future__ import annotations

import asyncio

from campaigns.imports.reading.chunked_file import ChunkedFile
from shared.files import FileStore, StoredFile


class OpenedFile(ChunkedFile):
    """Made on the event loop, used in one thread at a time."""

    def __init__(self, files: FileStore, file: StoredFile) -> None:
        super().__init__(file.size)
        self._files = files
        self._file = file
        self._loop = asyncio.get_running_loop()

    def fetch(self, n: int) -> bytes:
        """Raises `NotFound("file_gone")` if the file was deleted meanwhile."""
        return asyncio.run_coroutine_threadsafe(self._files.chunk(self._file, n), self._loop).result()
