"""Webhooks beside connections that never send a whole request: how much slower they get."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bench.ground import Ground, scratch
from bench.naive.parley import Parley
from bench.naive.sides import outside_world, quiet
from bench.naive.texting import text
from bench.options import Options
from bench.table import Paired, Row

_IDLE, _BODIES = 1_000, 200
_BODY = b"POST /webhooks/telnyx/con_a.0123456789 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"
_ENDLESS = b"GET / HTTP/1.1\r\nHost: x\r\nX-Endless: "
_GOAL = 0.5


async def measure(ground: Ground, options: Options) -> list[Row]:
    if ground.rabbitmq:
        return []
    alone: list[float] = []
    beside: list[float] = []
    with scratch() as folder:
        async with outside_world(folder) as outside:
            parley = Parley(folder, outside, ai_mode="off")
            try:
                await parley.start()
                await text(parley, seconds=1.0)
                for _ in range(options.rounds):
                    await quiet(parley)
                    alone.append((await text(parley, seconds=options.seconds)).rate)
                    await quiet(parley)
                    async with _strangers(parley.port):
                        beside.append((await text(parley, seconds=options.seconds)).rate)
            finally:
                parley.stop()
    rates = Paired(alone, beside)
    what = f"webhooks beside {_IDLE:,} idle connections, {_BODIES} unfinished bodies, an endless header; floor: without"
    return [rates.row(what, ground.name, "/s", f"≥ {_GOAL}", rates.ratio >= _GOAL)]


@asynccontextmanager
async def _strangers(port: int) -> AsyncGenerator[None]:
    beginnings = [b""] * _IDLE + [_BODY] * _BODIES
    held = [asyncio.create_task(_hold(port, beginning)) for beginning in beginnings]
    held.append(asyncio.create_task(_hold(port, _ENDLESS, b"a" * 1_000)))
    await asyncio.sleep(1)
    try:
        yield
    finally:
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)


async def _hold(port: int, beginning: bytes, more: bytes = b"") -> None:
    """Opened again whenever it was closed."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(writer):
                writer.write(beginning)
                while more:
                    writer.write(more)
                    await writer.drain()
                await reader.read()
        await asyncio.sleep(0.5)
