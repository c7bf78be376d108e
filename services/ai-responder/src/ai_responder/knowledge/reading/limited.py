"""Reads a file in a process of its own (`child`), with an end to its time, memory and output."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress

from ai_responder.knowledge.domain.blocks import FileKind
from ai_responder.knowledge.reading import child
from ai_responder.knowledge.reading.content import Content, Refusal
from shared.errors import Invalid
from shared.values import Malformed

SECONDS = 90.0
MOST_OUTPUT = 32 * 1024**2
"""2,000,000 characters with their words, escaped."""
_PIECE = 64 * 1024


async def read_apart(pieces: AsyncIterator[bytes], kind: FileKind, seconds: float = SECONDS) -> Content:
    """Raises `Invalid` with the reason why the file cannot be read."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", child.__name__, kind,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env={},
    )  # fmt: skip
    try:
        async with asyncio.timeout(seconds):
            output, _ = await asyncio.gather(_output(process), _feed(process, pieces))
            await process.wait()
    except TimeoutError:
        raise Invalid("reading_takes_too_long", "Reading the file takes too long; split or simplify it.") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return _content(output)


async def _feed(process: asyncio.subprocess.Process, pieces: AsyncIterator[bytes]) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):  # it ended early; its answer says why
        async for piece in pieces:
            process.stdin.write(piece)
            await process.stdin.drain()
        process.stdin.close()


async def _output(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    found = bytearray()
    while piece := await process.stdout.read(_PIECE):
        found += piece
        if len(found) > MOST_OUTPUT:
            process.kill()
            raise Invalid("too_much_text", "The file has too much text; split it.")
    return bytes(found)


def _content(output: bytes) -> Content:
    """A process that was ended by its limits, or by a fault of a library, leaves nothing whole."""
    try:
        return Content.decode(output)
    except Malformed:
        refusal = _refusal(output)
    raise Invalid(refusal.code, refusal.detail)


def _refusal(output: bytes) -> Refusal:
    try:
        return Refusal.decode(output)
    except Malformed:
        detail = "The file is damaged, or reading it needs too much; save it anew, or split it."
        return Refusal(code="reading_failed", detail=detail)
