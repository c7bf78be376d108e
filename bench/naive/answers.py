"""Texts answered: 500 at once, and one alone; from the webhook until the carrier has the answer."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from statistics import median

from bench import shop
from bench.naive.ledger import Ledger
from bench.naive.sides import Side, cpu, quiet
from bench.naive.stage import Stage
from bench.naive.texting import text
from bench.options import Options
from bench.table import Paired, Row, percentile
from bench.wire import Wire

GOAL_RATE, GOAL_CPU, GOAL_ALONE = 0.5, 2.0, 2.5
_BLOCK = 15
"""Single texts that a median is taken of, before the other side's turn."""
_REST_SECONDS = 0.3
"""Receipts of one text are over before the next one begins."""
_ALONE = 8_000_000


async def measure_burst(stage: Stage, options: Options) -> list[Row]:
    rates: dict[str, list[float]] = {side.name: [] for side in stage.sides}
    spent: dict[str, list[float]] = {side.name: [] for side in stage.sides}
    for side in stage.sides:
        await _burst(stage.ledger, side, options.warm_up)
    for _ in range(options.rounds):
        for side in stage.sides:
            rate, milliseconds = await _burst(stage.ledger, side, options.burst)
            rates[side.name].append(rate)
            spent[side.name].append(milliseconds)
    rate, processor = (Paired(found["naive"], found["product"]) for found in (rates, spent))
    return [
        rate.row(f"burst of {options.burst}, texts answered", "embedded", "/s", f"≥ {GOAL_RATE}",
                 rate.ratio >= GOAL_RATE),
        processor.row("… processor per answered text, receipts included", "embedded", "ms", f"≤ {GOAL_CPU:.0f}",
                      processor.ratio <= GOAL_CPU),
    ]  # fmt: skip


async def _burst(ledger: Ledger, side: Side, count: int) -> tuple[float, float]:
    """Answered per second, and milliseconds of processor time for each, until nothing is left to do."""
    await quiet(side)
    await ledger.forget()
    before = cpu(side)
    texted = await text(side, count=count)
    await ledger.until(count)
    await ledger.reported()
    await quiet(side)
    took = max(await ledger.moments()) - texted.began
    return count / took, 1000 * (cpu(side) - before) / count


@dataclass
class _Alone:
    took: list[list[float]] = field(default_factory=list[list[float]])
    spent: list[float] = field(default_factory=list[float])


async def measure_alone(stage: Stage, options: Options) -> list[Row]:
    found = {side.name: _Alone() for side in stage.sides}
    customer = _ALONE
    for _ in range(1 + options.samples // _BLOCK):  # the first is for warmth
        for side in stage.sides:
            await quiet(side)
            idle, before, began = await _idle(side), cpu(side), time.monotonic()
            wire = Wire(side.port)
            took = [await _one(stage.ledger, side, wire, customer + n) for n in range(_BLOCK)]
            wire.close()
            await quiet(side)
            spent = cpu(side) - before - idle * (time.monotonic() - began)
            found[side.name].took.append(took)
            found[side.name].spent.append(1000 * spent / _BLOCK)
        customer += _BLOCK
    p50, slowest = (
        Paired(*([percentile(block, share) for block in found[name].took[1:]] for name in ("naive", "product")))
        for share in (0.5, 1)
    )
    processor = Paired(*(found[name].spent[1:] for name in ("naive", "product")))
    return [
        p50.row("one text alone, inbound → submitted, p50", "embedded", "ms", f"≤ {GOAL_ALONE}",
                p50.ratio <= GOAL_ALONE),
        slowest.row(f"… slowest of {_BLOCK}", "embedded", "ms", "–", None),
        processor.row("… processor per answered text, receipts included", "embedded", "ms", f"≤ {GOAL_CPU:.0f}",
                      processor.ratio <= GOAL_CPU),
    ]  # fmt: skip


async def _idle(side: Side) -> float:
    """Seconds of processor time per second in which nothing happens: servers have clocks too."""
    shares: list[float] = []
    for _ in range(3):
        before, began = cpu(side), time.monotonic()
        await asyncio.sleep(0.5)
        shares.append((cpu(side) - before) / (time.monotonic() - began))
    return median(shares)


async def _one(ledger: Ledger, side: Side, wire: Wire, customer: int) -> float:
    """Milliseconds from the webhook's first byte until the carrier has the whole send."""
    request = shop.inbound_webhook(customer).request(side.path, side.port)
    arrival = asyncio.create_task(ledger.arrival(shop.contact(customer)))
    await asyncio.sleep(0.02)  # the question is there before the text is
    began = time.monotonic()
    status = await wire.ask(request)
    if status != 200:
        raise SystemExit(f"{side.name}: a webhook was answered with {status}")
    took = await asyncio.wait_for(arrival, 30) - began
    await asyncio.sleep(_REST_SECONDS)
    return 1000 * took
