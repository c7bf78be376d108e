"""What the two ends of a link say to each other: frames of commands over one local socket.

A frame is its length and a list of commands, each a tuple that begins with a word. Everything that one turn of the
event loop has to say goes in one frame, so the other end reads it at once and one commit serves all of it.
"""

from __future__ import annotations

import asyncio
import marshal
import struct
from collections.abc import Callable
from typing import Any, TypeAlias, cast

from shared.broker.protocol import Message

Command: TypeAlias = tuple[Any, ...]

_LENGTH = struct.Struct("!I")


def packed(message: Message) -> Command:
    headers = dict(message.headers) if message.headers else None
    return (message.routing_key, message.body, message.event_id, message.tenant_id, message.partition_key, headers)


def unpacked(fields: Command) -> Message:
    key, body, event_id, tenant_id, partition_key, headers = fields
    return Message(key, body, event_id, tenant_id, partition_key, headers or {})


class Wire(asyncio.Protocol):
    """One end. `on_command` is called for each command in order, `on_lost` once."""

    def __init__(self, on_command: Callable[[Command], None], on_lost: Callable[[], None]) -> None:
        self._on_command = on_command
        self._on_lost = on_lost
        self._transport: asyncio.WriteTransport | None = None
        self._unsaid: list[Command] = []
        self._read = bytearray()

    def say(self, command: Command) -> None:
        """Sent at the end of this turn of the loop, together with what else is said in it. After the end: dropped."""
        if not self._unsaid:
            asyncio.get_running_loop().call_soon(self.flush)
        self._unsaid.append(command)

    def flush(self) -> None:
        unsaid, self._unsaid = self._unsaid, []
        if unsaid and self._transport is not None:
            # Both ends run the same interpreter, forked from one process: marshal's format cannot differ between them.
            frame = marshal.dumps(unsaid)
            self._transport.write(_LENGTH.pack(len(frame)) + frame)

    def close(self) -> None:
        self.flush()
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        self._read += data
        start = 0
        while len(self._read) - start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._read, start)
            end = start + _LENGTH.size + length
            if len(self._read) < end:
                break
            for command in marshal.loads(memoryview(self._read)[start + _LENGTH.size : end]):  # noqa: S302 - the peer is our own fork
                self._on_command(command)
            start = end
        del self._read[:start]

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._on_lost()
