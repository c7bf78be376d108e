"""A stored file as Python's libraries read one, with `read` and `seek`, out of its chunks."""

from __future__ import annotations

import io
from abc import abstractmethod
from collections import OrderedDict

from shared.files import CHUNK_BYTES

_CHUNKS_KEPT = 6
"""A workbook's directory lies at its end, its strings and its sheet apart: each has a place."""


class ChunkedFile(io.BufferedIOBase):
    """For one thread at a time."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._position = 0
        self._chunks: OrderedDict[int, bytes] = OrderedDict()

    @abstractmethod
    def fetch(self, n: int) -> bytes:
        """The n-th MiB, from 0."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = (0, self._position, self._size)[whence]
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        """As many bytes as asked for, fewer only at the end."""
        left = max(0, self._size - self._position)
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
        chunk = self._chunks[n] = self.fetch(n)
        if len(self._chunks) > _CHUNKS_KEPT:
            self._chunks.popitem(last=False)
        return chunk
