"""What the two sides say to each other: messages with their length before them.

The service begins with the import. The process asks for pieces of the file as it needs them and sends batches; the
pipe holds little, so it is one batch ahead at most.
"""

from __future__ import annotations

import struct
from typing import IO

import msgspec

from campaigns.imports.batches import Batch
from shared.values import Value

_LENGTH = struct.Struct(">I")


class Wanted(Value, tag="wanted"):
    """The n-th MiB of the file, from 0. The answer is its bytes as they are."""

    n: int


class Ended(Value, tag="ended"):
    """There is no row left."""


class Damaged(Value, tag="damaged"):
    """The file cannot be read further: an `Invalid`."""

    code: str
    detail: str


Message = Wanted | Batch | Ended | Damaged
_ENCODER = msgspec.msgpack.Encoder()
_DECODER: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def send(pipe: IO[bytes], body: bytes) -> None:
    pipe.write(_LENGTH.pack(len(body)))
    pipe.write(body)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """Raises `EOFError` if the other side has ended."""
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return _exactly(pipe, length)


def encoded(message: Message) -> bytes:
    return _ENCODER.encode(message)


def decoded(body: bytes) -> Message:
    return _DECODER.decode(body)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    body = pipe.read(size)
    if len(body) < size:
        raise EOFError("the other side has ended")
    return body
