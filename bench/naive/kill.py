"""Two `kill -9` among 600 texts, at random moments: what was lost or doubled, and how long until all is settled."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from dataclasses import dataclass
from statistics import median

from bench import shop
from bench.naive import ledger
from bench.naive.sides import Side, quiet
from bench.naive.stage import Stage
from bench.options import Options
from bench.table import Row
from bench.wire import Wire

GOAL_SECONDS = 15.0
_KILLS = 2
_CONNECTIONS, _PAUSE_SECONDS = 16, 0.1
_LONGEST_SECONDS = 600.0
_FIRST = 7_000_000


@dataclass(frozen=True)
class _Outcome:
    lost: int
    doubled: int
    seconds: float
    """From the last kill until every customer has an answer and no text can leave any more."""
    rate: float


async def measure(stage: Stage, options: Options) -> list[Row]:
    found: dict[str, list[_Outcome]] = {side.name: [] for side in stage.sides}
    for turn in range(options.kills):
        for side in stage.sides:
            customers = [_FIRST + turn * options.texts + n for n in range(options.texts)]
            found[side.name].append(await _killed(stage, side, customers, random.Random(turn)))
    shown = {name: _shown(outcomes) for name, outcomes in found.items()}
    what = f"kill -9 {_KILLS} times among {options.texts} texts"
    lost, doubled = (sum(getattr(each, word) for each in found["product"]) for word in ("lost", "doubled"))
    seconds = median(each.seconds for each in found["product"])
    settled = Row(
        "… seconds from the last kill until all are settled", "embedded",
        *(f"{median(each.seconds for each in found[side.name]):.1f} s" for side in stage.sides),
        goal=f"≤ {GOAL_SECONDS:.0f} s", met=seconds <= GOAL_SECONDS,
    )  # fmt: skip
    return [
        Row(what, "embedded", shown["naive"], shown["product"], goal="0 / 0", met=lost + doubled == 0),
        settled,
    ]


def _shown(outcomes: list[_Outcome]) -> str:
    lost, doubled = ("+".join(str(getattr(each, word)) for each in outcomes) for word in ("lost", "doubled"))
    return f"{lost} lost, {doubled} doubled, {median(each.rate for each in outcomes):.0f}/s"


async def _killed(stage: Stage, side: Side, customers: list[int], chance: random.Random) -> _Outcome:
    """A kill comes when a third, and two thirds, of the customers have been answered, a random moment later."""
    await quiet(side)
    await stage.ledger.forget()
    began = killed = time.monotonic()
    texting = asyncio.create_task(_text(side, customers))
    for n in range(_KILLS):
        await stage.ledger.until(len(customers) * (n + 1) // (_KILLS + 1), _LONGEST_SECONDS)
        await asyncio.sleep(chance.uniform(0, 0.5))
        side.killed()
        killed = time.monotonic()
        await side.start()
    await texting
    settled = await _settled(stage, side, len(customers), killed + _LONGEST_SECONDS)
    counts = await stage.ledger.counts()
    last = max(settled, *(await stage.ledger.moments()))
    lost = ledger.lost(counts, [shop.contact(customer) for customer in customers])
    return _Outcome(lost, ledger.doubled(counts), last - killed, len(counts) / (last - began))


async def _settled(stage: Stage, side: Side, customers: int, until: float) -> float:
    """The moment when every customer had an answer, every report was taken, and no text could leave any more."""
    while time.monotonic() < until:
        if await stage.ledger.is_done(customers) and not await side.open_texts():
            break
        await asyncio.sleep(0.1)
    settled = time.monotonic()
    await quiet(side)  # a second SMS may come from what was delivered again
    await stage.ledger.reported()
    return settled


async def _text(side: Side, customers: list[int]) -> None:
    """As the carrier does: again and again, until it is answered with 200."""
    left = deque(shop.inbound_webhook(customer).request(side.path, side.port) for customer in customers)

    async def one() -> None:
        wire = Wire(side.port)
        while left:
            request = left.popleft()
            while not await _accepted(wire, request):
                wire.close()
                await asyncio.sleep(_PAUSE_SECONDS)
        wire.close()

    await asyncio.gather(*(one() for _ in range(_CONNECTIONS)))


async def _accepted(wire: Wire, request: bytes) -> bool:
    try:
        return await wire.ask(request) == 200
    except (OSError, asyncio.IncompleteReadError):
        return False
