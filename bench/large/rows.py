"""The section `large` of the bench: each row is the large tenant beside the small one, request by request in turns."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from bench import shop
from bench.ground import Ground, scratch
from bench.large.filling import CAKES, DAYS, FIRST_NAMES, TEXTS, Customer
from bench.large.side import Side, Start, Up
from bench.options import Options
from bench.outside import Outside
from bench.processes import trees
from bench.table import Paired, Row, percentile
from testkit.ports import free_port

SMALL = 50
"""One page of the list, so that both sides list as many."""
GOAL_MS = 150.0
"""At p95, whatever is asked: an inbox that answers later feels slow."""
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
    texts = options.conversations * TEXTS
    what = f"start to ready with {options.conversations:,} conversations, {texts:,} texts (floor: {SMALL})"
    seconds = Paired(*([start.seconds for start in side] for side in zip(*starts, strict=True)))
    megabytes = Paired(*([start.megabytes for start in side] for side in zip(*starts, strict=True)))
    return [
        seconds.row(what, "embedded", "s", "–", None),
        megabytes.row("… memory then (RSS)", "embedded", "MB", "–", None),
    ]


async def _requests(small: Side, large: Side, options: Options) -> list[Row]:
    async with small.up() as few, large.up() as many:
        sides = (few, many)
        times = options.samples * 2
        before = [trees.memory([side.pid]).proportional for side in sides]
        rows = [
            _row("… webhook accepted, p50", await _both(sides, _webhook, times), 0.5),
            _row("… open a conversation, p95", await _both(sides, await _open(sides), times), 0.95, GOAL_MS),
        ]
        for what, ask in (*_lists(), *_searches(options.conversations)):
            rows.append(_row(f"… {what}, p95", await _both(sides, ask, times), 0.95, GOAL_MS))
        grown = Paired(
            *([trees.memory([side.pid]).proportional - was] for side, was in zip(sides, before, strict=True))
        )
        return [*rows, grown.row("… memory that all this added (RSS)", "embedded", "MB", "–", None)]


def _lists() -> list[tuple[str, Ask]]:
    filters = {
        "list": "limit=50",
        "list, all": "state=all",
        "list, closed": "state=closed",
        "list, unread": "unread=true",
        "list, assigned": "assignee=usr_bench",
        "list, unassigned": "assignee=none",
        "list, label": "label=vip",
        "list, number": f"number={quote(shop.NUMBER)}",
        "list, assistant off": "ai_state=off",
        "list, assistant drafting (none)": "ai_state=drafting",
        "list, needs a person": "needs_person=true",
        "list, five filters": "state=open&unread=true&assignee=none&needs_person=true&ai_state=off",
    }
    return [(what, _asking(lambda _n, query=query: query)) for what, query in filters.items()]


def _searches(count: int) -> list[tuple[str, Ask]]:
    queries: dict[str, Callable[[int], str]] = {
        "search, one hit": lambda n: Customer(n * 7919 % count).order,
        "search, no hit": lambda n: f"nowhere{n}",
        "search, a number's end": lambda n: Customer(n * 7919 % count).phone_number[-4:],
        "search, a name and a day": lambda n: f"{FIRST_NAMES[n % 100]} {DAYS[n % 7]}",
        "search, two common words": lambda n: f"{CAKES[n % 11]} {DAYS[n % 7]}",
        "search, a word in every message": lambda _n: "please",
        "search, two words of every message": lambda _n: "please cake",
        "search, the beginning of a word": lambda n: CAKES[n % 11][:3],
        "search, a quoted phrase": lambda n: f'"{CAKES[n % 11]} cake for {DAYS[n % 7]}"',
    }
    found = [(what, _asking(lambda n, query=query: f"q={quote(query(n))}")) for what, query in queries.items()]
    narrowed = _asking(lambda _n: "q=please&label=vip&state=open")
    return [*found, ("search, a word in every message, by label", narrowed)]


def _asking(query: Callable[[int], str]) -> Ask:
    async def ask(side: Up, n: int) -> float:
        return await side.get(f"/api/conversations?{query(n)}")

    return ask


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


async def _open(sides: Sequence[Up]) -> Ask:
    """The conversation and its messages, of one after the other of the page."""
    ids: dict[Up, list[str]] = {}
    for side in sides:
        await side.get("/api/conversations?limit=50")
        ids[side] = [item["id"] for item in json.loads(side.body)["items"]]

    async def one(side: Up, n: int) -> float:
        path = f"/api/conversations/{ids[side][n % len(ids[side])]}"
        return await side.get(path) + await side.get(f"{path}/messages")

    return one
