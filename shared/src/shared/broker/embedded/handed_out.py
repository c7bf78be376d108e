"""Remembers across `kill -9` which messages consumers held, without a disk sync per delivery.

A memory-mapped table with one 8-byte slot per unsettled delivery. What a process wrote into a shared mapping stays in
the page cache when the process dies. That is the case that matters: a message that kills its consumer must come back
marked as redelivered, and be counted. After a power cut the marks may be missing; the messages are not.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

_SLOT = struct.Struct("<q")
_GROW_BYTES = 64 * 1024


def marks_of(journal: Path) -> Path:
    """Where the marks of the broker in this file are kept."""
    return journal.with_name(journal.name + ".handed-out")


class HandedOut:
    def __init__(self, path: Path) -> None:
        self._file = path.open("r+b" if path.exists() else "w+b")
        size = path.stat().st_size
        if size < _GROW_BYTES:
            self._extend(size, _GROW_BYTES)
            size = _GROW_BYTES
        self._map = mmap.mmap(self._file.fileno(), 0)
        self._free = list(range(0, size - size % _SLOT.size, _SLOT.size))

    def left_behind(self) -> list[int]:
        """Sequence numbers an earlier process held when it died. To be called before the first `mark`."""
        return [seq for (seq,) in _SLOT.iter_unpack(self._map[: len(self._free) * _SLOT.size]) if seq]

    def forget_all(self) -> None:
        self._map[:] = bytes(len(self._map))

    def mark(self, seq: int) -> int:
        """Returns the slot to clear when the delivery is settled."""
        if not self._free:
            self._grow()
        slot = self._free.pop()
        _SLOT.pack_into(self._map, slot, seq)
        return slot

    def clear(self, slot: int) -> None:
        _SLOT.pack_into(self._map, slot, 0)
        self._free.append(slot)

    def close(self) -> None:
        self._map.close()
        self._file.close()

    def _grow(self) -> None:
        size = len(self._map)
        self._extend(size, size + _GROW_BYTES)
        self._map.close()
        self._map = mmap.mmap(self._file.fileno(), 0)
        self._free.extend(range(size, size + _GROW_BYTES, _SLOT.size))

    def _extend(self, size: int, wanted: int) -> None:
        # Written, not truncated to size: a hole that finds the disk full later would kill us by SIGBUS.
        self._file.seek(size)
        self._file.write(bytes(wanted - size))
        self._file.flush()
