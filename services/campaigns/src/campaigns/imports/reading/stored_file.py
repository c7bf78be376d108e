"""A file of the store as Python's libraries read one: with `read` and `seek`, from a thread.

Chunks come from the database through the event loop, on which the store's driver lives. The thread waits; the loop does
not.
"""

from __future__ import annotations

import asyncio
import io
from collections import OrderedDict

from shared.files import CHUNK_BYTES, FileStore, StoredFile

_CHUNKS_KEPT = 6
"""A workbook's directory lies at its end, its strings and its sheet apart: each has a place."""


class OpenedFile(io.BufferedIOBase):
    """Made on the event loop, used in one thread at a time."""

    def __init__(self, files: FileStore, file: StoredFile) -> None:
        self._files = files
        self._file = file
        self._loop = asyncio.get_running_loop()
        self._position = 0
        self._chunks: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = (0, self._position, self._file.size)[whence]
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        """As many bytes as asked for, fewer only at the end."""
        left = max(0, self._file.size - self._position)
        left = left if size is None or size < 0 else min(size, left)
        pieces: list[bytes] = []
        while left:
            n, start = divmod(self._position, CHUNK_BYTES)
            piece = self._chunk(n)[start : start + left]
            pieces.append(piece)
            self._position += len(piece)
            left -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _chunk(self, n: int) -> bytes:
        if n in self._chunks:
            self._chunks.move_to_end(n)
            return self._chunks[n]
        chunk = asyncio.run_coroutine_threadsafe(self._files.chunk(self._file, n), self._loop).result()
        self._chunks[n] = chunk
        if len(self._chunks) > _CHUNKS_KEPT:
            self._chunks.popitem(last=False)
        return chunk
