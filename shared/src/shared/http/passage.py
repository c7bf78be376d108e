"""Carries open connections to the other process that serves the same port, with the bytes already read of each.

The kernel hands over the descriptor (SCM_RIGHTS); the bytes go along in a frame: a flag, their length, they themselves.
A full socket, or none at all while the other process starts again, means that the connection waits where it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

_HEAD = struct.Struct("!?I")
_READ_BYTES = 256 * 1024
_MOST_DESCRIPTORS = 64


@dataclass(frozen=True)
class Arrival:
    """A connection from the other process, between two requests."""

    connection: socket.socket
    beginning: bytes
    """What was read of its next request."""
    mixed: bool
    """It has carried requests for both processes, so it will again."""


class Parked(Protocol):
    """A connection that waits for the other process."""

    def go_on(self) -> None:
        """Try again to pass."""
        ...


class Passage:
    """One process's end. `adopt` gets each connection that arrives."""

    def __init__(self) -> None:
        self.adopt: Callable[[Arrival], None] = lambda arrival: arrival.connection.close()
        self._end: socket.socket | None = None
        self._unsent = b""
        self._read = bytearray()
        self._descriptors: deque[int] = deque()
        self._parked: dict[Parked, None] = {}

    def open(self, end: socket.socket) -> None:
        """Begin with a fresh socket to the other process; a former one is of its predecessor."""
        self.close()
        end.setblocking(False)
        self._end = end
        asyncio.get_running_loop().add_reader(end.fileno(), self._on_readable, end)
        self._let_go_on()

    def close(self) -> None:
        end, self._end = self._end, None
        self._unsent, self._read = b"", bytearray()
        if end is not None:
            loop = asyncio.get_running_loop()
            loop.remove_reader(end.fileno())
            loop.remove_writer(end.fileno())
            end.close()
        while self._descriptors:
            os.close(self._descriptors.popleft())

    def send(self, descriptor: int, beginning: bytes, *, mixed: bool) -> bool:
        """Whether the connection is on its way. Then the caller closes its own descriptor silently.

        False: not now; `park` it, or keep it.
        """
        if self._end is None or self._unsent:
            return False
        frame = _HEAD.pack(mixed, len(beginning)) + beginning
        try:
            sent = socket.send_fds(self._end, [frame], [descriptor])
        except BlockingIOError:
            self._wait_for_room()
            return False
        except OSError:  # the other process is gone; the next one opens a new passage
            self.close()
            return False
        self._unsent = frame[sent:]
        if self._unsent:
            self._wait_for_room()
        return True

    def park(self, one: Parked) -> None:
        self._parked[one] = None

    def unpark(self, one: Parked) -> None:
        self._parked.pop(one, None)

    def _let_go_on(self) -> None:
        parked, self._parked = self._parked, {}
        for one in parked:
            one.go_on()

    def _wait_for_room(self) -> None:
        if self._end is not None:
            asyncio.get_running_loop().add_writer(self._end.fileno(), self._on_room)

    def _on_room(self) -> None:
        end = self._end
        if end is None:
            return
        try:
            self._unsent = self._unsent[end.send(self._unsent) :] if self._unsent else b""
        except BlockingIOError:
            return
        except OSError:
            self.close()
            return
        if not self._unsent:
            asyncio.get_running_loop().remove_writer(end.fileno())
            self._let_go_on()

    def _on_readable(self, end: socket.socket) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(end, _READ_BYTES, _MOST_DESCRIPTORS)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", list[int]()
        if not data:
            if end is self._end:
                self.close()
            return
        self._read += data
        self._descriptors.extend(descriptors)
        for arrival in self._whole():
            self.adopt(arrival)

    def _whole(self) -> list[Arrival]:
        found: list[Arrival] = []
        while len(self._read) >= _HEAD.size:
            mixed, length = _HEAD.unpack_from(self._read)
            if len(self._read) < _HEAD.size + length:
                break
            beginning = bytes(self._read[_HEAD.size : _HEAD.size + length])
            del self._read[: _HEAD.size + length]
            with contextlib.suppress(OSError):
                found.append(Arrival(socket.socket(fileno=self._descriptors.popleft()), beginning, mixed))
        return found
