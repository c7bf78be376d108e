"""Webhooks accepted by the whole of either side: as many as can be, over 32 connections.

First while nobody answers them, then while every text is answered; and then at a modest pace, each timed, while the
backlog of answers is being worked off.
"""

from __future__ import annotations

from statistics import median

from bench.naive.sides import quiet
from bench.naive.stage import Stage
from bench.naive.texting import text
from bench.options import Options
from bench.table import Paired, Row, percentile

GOAL_RATIO, GOAL_P99 = 1.0, 250.0
_BUSY_RATE = 40


async def measure(stage: Stage, options: Options) -> list[Row]:
    return [await _unanswered(stage, options), *await _answered(stage, options)]


async def _unanswered(stage: Stage, options: Options) -> Row:
    rates: dict[str, list[float]] = {side.name: [] for side in stage.sides}
    for side in stage.sides:
        await side.answer(False)
        await text(side, count=options.warm_up)
    for _ in range(options.rounds):
        for side in stage.sides:
            await quiet(side)
            rates[side.name].append((await text(side, seconds=options.flood)).rate)
    for side in stage.sides:
        await quiet(side)
        await side.answer(True)
    return _row("webhook accepted, full load, none of it answered", rates)


async def _answered(stage: Stage, options: Options) -> list[Row]:
    rates: dict[str, list[float]] = {side.name: [] for side in stage.sides}
    busy: dict[str, list[list[float]]] = {side.name: [] for side in stage.sides}
    for side in stage.sides:
        await text(side, count=options.warm_up)
    for _ in range(options.rounds):
        for side in stage.sides:
            await quiet(side)
            await stage.ledger.forget()
            full = await text(side, seconds=options.flood)
            rates[side.name].append(full.rate)
            backlog = full.accepted - await stage.ledger.answered()
            slow = await text(side, seconds=options.flood, rate=_BUSY_RATE)
            left = full.accepted + slow.accepted - await stage.ledger.answered()
            if backlog > 0 and left > 0:
                busy[side.name].append(slow.milliseconds)
            await stage.ledger.until(full.accepted + slow.accepted)
            await stage.ledger.reported()
    row = _row("webhook accepted, full load, all of it answered", rates)
    return [row, *(_while_busy(busy, share) for share in (0.5, 0.99))]


def _row(what: str, rates: dict[str, list[float]]) -> Row:
    rate = Paired(rates["naive"], rates["product"])
    return rate.row(what, "embedded", "/s", f"≥ {GOAL_RATIO:.0f}", rate.ratio >= GOAL_RATIO)


def _while_busy(busy: dict[str, list[list[float]]], share: float) -> Row:
    """Naive may have worked off everything before the slow webhooks were over: then it was not saturated."""
    found = {name: [percentile(block, share) for block in blocks] for name, blocks in busy.items()}
    shown = {name: f"{median(values):,.0f} ms" if values else "not saturated" for name, values in found.items()}
    what = f"… at {_BUSY_RATE}/s while the rest is saturated, p{100 * share:.0f}"
    if share < 0.99:
        return Row(what, "embedded", shown["naive"], shown["product"])
    met = median(found["product"]) < GOAL_P99 if found["product"] else None
    return Row(what, "embedded", shown["naive"], shown["product"], goal=f"< {GOAL_P99:.0f} ms", met=met)
