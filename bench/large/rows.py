"""The section `large` of the bench: each row is the large tenant beside the small one, request by request in turns."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from bench import trees
from bench.ground import Ground, scratch
from bench.large.filling import DAYS, FIRST_NAMES, Customer
from bench.large.side import Side, Start, Up
from bench.options import Options
from bench.outside import Outside
from bench.table import Paired, Row, percentile
from testkit.ports import free_port

SMALL = 50
"""One page of the list, so that both sides list as many."""
ONE_HIT_MS, TWO_WORDS_MS = 3.0, 10.0
_WARM_UP = 20
_REST_SECONDS = 0.05
"""The text of one webhook is filed before the next one arrives."""

Ask = Callable[[Up, int], Awaitable[float]]
"""The n-th request of a kind; returns milliseconds."""


async def measure(ground: Ground, options: Options) -> list[Row]:
    if ground.rabbitmq:
        return []  # what grows is the database
    outside, port = Outside(), free_port()
    await outside.open(port)
    try:
        with scratch() as folder:
            small, large = Side(folder / "small", port), Side(folder / "large", port)
            await small.prepare(SMALL)
            await large.prepare(options.conversations)
            return [*await _starts(small, large, options), *await _requests(small, large, options)]
    finally:
        await outside.close()


async def _starts(small: Side, large: Side, options: Options) -> list[Row]:
    starts: list[tuple[Start, Start]] = [(await small.start(), await large.start()) for _ in range(options.starts)]
    what = f"start to ready with {options.conversations:,} conversations (floor: {SMALL})"
    seconds = Paired(*([start.seconds for start in side] for side in zip(*starts, strict=True)))
    megabytes = Paired(*([start.megabytes for start in side] for side in zip(*starts, strict=True)))
    return [
        seconds.row(what, "embedded", "s", "–", None),
        megabytes.row("… memory then (RSS)", "embedded", "MB", "–", None),
    ]


async def _requests(small: Side, large: Side, options: Options) -> list[Row]:
    count = options.conversations
    async with small.up() as few, large.up() as many:
        sides = (few, many)
        times = options.samples * 2
        rows = [
            _row("… webhook accepted, p50", await _both(sides, _webhook, times), 0.5),
            _row("… list page, p50", await _both(sides, _list, times), 0.5),
            _row("… open a conversation, p50", await _both(sides, await _open(sides), times), 0.5),
            _row("… search, one hit, p95", await _both(sides, _one_hit(count), times), 0.95, ONE_HIT_MS),
            _row("… search, a name and a day, p95", await _both(sides, _name_and_day, times), 0.95, TWO_WORDS_MS),
            _row("… search, a word of all and a day, p95", await _both(sides, _of_all_and_day, times), 0.95),
        ]
        weights = Paired(*([trees.memory([side.pid]).proportional] for side in sides))
        return [*rows, weights.row("… memory after all this (RSS)", "embedded", "MB", "–", None)]


@dataclass(frozen=True)
class Asked:
    milliseconds: list[float]
    cpu: float
    """Milliseconds of the server's processor time per request: what a noisy neighbour does not change."""


async def _both(sides: Sequence[Up], ask: Ask, times: int) -> list[Asked]:
    for n in range(_WARM_UP):
        for side in sides:
            await ask(side, n)
    before = [trees.cpu_seconds([side.pid]) for side in sides]
    took: list[list[float]] = [[] for _ in sides]
    for n in range(_WARM_UP, _WARM_UP + times):
        for side, milliseconds in zip(sides, took, strict=True):
            milliseconds.append(await ask(side, n))
    cpu = [1000 * (trees.cpu_seconds([side.pid]) - spent) / times for side, spent in zip(sides, before, strict=True)]
    return [Asked(*side) for side in zip(took, cpu, strict=True)]


def _row(what: str, asked: list[Asked], share: float, goal: float | None = None) -> Row:
    small, large = ([percentile(side.milliseconds, share)] for side in asked)
    wanted, met = (f"≤ {goal:.0f} ms", large[0] <= goal) if goal else ("–", None)
    row = Paired(small, large).row(what, "embedded", "ms", wanted, met)
    cpu = [f", {side.cpu:.1f} ms CPU" for side in asked]
    return replace(row, floor=row.floor + cpu[0], product=row.product + cpu[1])


async def _webhook(side: Up, n: int) -> float:
    took = await side.webhook(n)
    await asyncio.sleep(_REST_SECONDS)
    return took


async def _list(side: Up, _n: int) -> float:
    return await side.get("/api/conversations?limit=50")


async def _open(sides: Sequence[Up]) -> Ask:
    """The conversation and its messages, of one after the other of the page."""
    ids: dict[Up, list[str]] = {}
    for side in sides:
        await _list(side, 0)
        ids[side] = [item["id"] for item in json.loads(side.body)["items"]]

    async def one(side: Up, n: int) -> float:
        path = f"/api/conversations/{ids[side][n % len(ids[side])]}"
        return await side.get(path) + await side.get(f"{path}/messages")

    return one


def _one_hit(count: int) -> Ask:
    async def search(side: Up, n: int) -> float:
        return await side.get(f"/api/conversations?q={Customer(n * 7919 % count).order}")

    return search


async def _name_and_day(side: Up, n: int) -> float:
    return await side.get(f"/api/conversations?q={FIRST_NAMES[n % 100]}%20{DAYS[n % 7]}")


async def _of_all_and_day(side: Up, n: int) -> float:
    return await side.get(f"/api/conversations?q=order%20{DAYS[n % 7]}")
