"""Processor time of one text: the real all-in-one in processes of its own, without a counting layer."""

from __future__ import annotations

import asyncio
import time

from bench import shop
from bench.cost.carrier import Carrier, Report, receipt
from bench.ground import Ground
from bench.latency.rows import product
from bench.processes import trees
from bench.wire import Wire
from testkit.ports import free_port

_WARM_UP = 10
_IDLE_SECONDS = 4.0
_REST_SECONDS = 0.9
"""Records, live frames and the emptying of outboxes of one text are over before the next one begins."""
_STEP_SECONDS = 0.1
_PATIENCE_SECONDS = 20.0


async def milliseconds_per_text(texts: int) -> float:
    """User and system time of all threads of all processes, without what they need when idle."""
    carrier, port = Carrier(), free_port()
    await carrier.open(port)
    try:
        async with product(Ground(), port) as (pid, at, path):
            wire = Wire(at)
            for n in range(_WARM_UP):
                await _answer(carrier, wire, at, path, 900_000 + n)
            idle = await _idle_share(pid)
            started, before = time.monotonic(), trees.cpu_seconds([pid])
            for n in range(texts):
                await _answer(carrier, wire, at, path, n)
            spent = trees.cpu_seconds([pid]) - before - idle * (time.monotonic() - started)
            wire.close()
    finally:
        await carrier.close()
    return 1000 * spent / texts


async def _idle_share(pid: int) -> float:
    started, before = time.monotonic(), trees.cpu_seconds([pid])
    await asyncio.sleep(_IDLE_SECONDS)
    return (trees.cpu_seconds([pid]) - before) / (time.monotonic() - started)


async def _answer(carrier: Carrier, wire: Wire, port: int, path: str, n: int) -> None:
    reports: tuple[Report, Report] = ("message_sent", "message_finalized")
    await _post(wire, port, path, shop.inbound_webhook(n))
    order = await asyncio.wait_for(carrier.taken.get(), _PATIENCE_SECONDS)
    for report in reports:
        await asyncio.sleep(_STEP_SECONDS)
        await _post(wire, port, *receipt(order, report))
    await asyncio.sleep(_REST_SECONDS)


async def _post(wire: Wire, port: int, path: str, webhook: shop.Webhook) -> None:
    status = await wire.ask(webhook.request(path, port))
    if status != 200:
        raise SystemExit(f"a webhook was answered with {status}")
