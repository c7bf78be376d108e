"""A live conversation beside a campaign: how long a text waits for its answer, and how many campaign texts pass it.

One tenant's recipients all wait in sender at once, as many as its number sends in 100 s. A customer of another tenant
writes meanwhile, then one of the same tenant, to the very number that the campaign uses.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bench import shop
from bench.busy.campaign import Campaign
from bench.cost.carrier import Carrier
from bench.cost.installation import OpenShop, Parley, open_shop, parley
from bench.cost.texts import delivered_with
from bench.ground import Ground, scratch
from bench.options import Options
from bench.table import Paired, Row, percentile

OTHER_NUMBER = "+17735550003"
RECIPIENTS_PER_OUT = 5
"""5,000, unless the bench is to be quick."""
SLOWER = 5.0
PASSED = 50.0
"""Of the campaign: what its number sends in a second."""
_PATIENCE_SECONDS = 60.0
_WARM_UP = 5


async def measure(ground: Ground, options: Options) -> list[Row]:
    carrier, recipients = Carrier(), RECIPIENTS_PER_OUT * options.out
    with scratch() as folder:
        async with parley(folder, carrier, broker_url=ground.rabbitmq) as installation:
            busy = await open_shop(installation.http)
            other = await open_shop(installation.http, number=OTHER_NUMBER)
            async with _watched(carrier) as watch:
                talks = [_Talk(installation, watch, other, OTHER_NUMBER), _Talk(installation, watch, busy, shop.NUMBER)]
                alone = [await talk.answers(options.samples) for talk in talks]
                campaign = Campaign(installation.broker, busy.tenant_id)
                await campaign.feed(recipients)
                beside = [await talk.answers(options.samples) for talk in talks]
    whose = ("another tenant's text", "a text to the campaign's own number")
    return [
        row
        for what, before, meanwhile in zip(whose, alone, beside, strict=True)
        for row in _rows(f"{what} answered, beside a campaign of {recipients:,}", ground, before, meanwhile)
    ]


def _rows(what: str, ground: Ground, before: list[_Answer], meanwhile: list[_Answer]) -> list[Row]:
    sides = [[answer.milliseconds for answer in side] for side in (before, meanwhile)]
    p50, p99 = (Paired(*([percentile(side, share)] for side in sides)) for share in (0.5, 0.99))
    passed = percentile([answer.passed_by for answer in meanwhile], 0.5)
    return [
        p50.row(f"{what}; floor: without, p50", ground.name, "ms", f"≤ {SLOWER:.0f}", p50.ratio <= SLOWER),
        p99.row("… p99", ground.name, "ms", "–", None),
        Row("… campaign texts that passed it", ground.name, product=f"{passed:.0f}", goal=f"≤ {PASSED:.0f}",
            met=passed <= PASSED),
    ]  # fmt: skip


@dataclass(frozen=True)
class _Answer:
    milliseconds: float
    passed_by: float
    """Campaign texts that the carrier got between the webhook and the answer."""


@dataclass
class _Watch:
    carrier: Carrier
    awaited: dict[str, asyncio.Future[None]] = field(default_factory=dict[str, "asyncio.Future[None]"])
    others: int = 0

    async def run(self) -> None:
        while True:
            order = await self.carrier.taken.get()
            answer = self.awaited.pop(order["to"], None)
            if answer is None:
                self.others += 1
            elif not answer.done():
                answer.set_result(None)


@asynccontextmanager
async def _watched(carrier: Carrier) -> AsyncGenerator[_Watch]:
    watch = _Watch(carrier)
    watching = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


@dataclass
class _Talk:
    """Customers of one number, one after the other."""

    installation: Parley
    watch: _Watch
    opened: OpenShop
    number: str
    asked: int = 0

    async def answers(self, count: int) -> list[_Answer]:
        return [await self._answer() for _ in range(_WARM_UP + count)][_WARM_UP:]

    async def _answer(self) -> _Answer:
        self.asked += 1
        customer, webhook = shop.contact(self.asked), shop.inbound_webhook(self.asked, self.number)
        came = self.watch.awaited[customer] = asyncio.get_running_loop().create_future()
        others, started = self.watch.others, time.perf_counter()
        while await delivered_with(self.installation, self.opened.webhooks, webhook) != 200:
            pass  # 503: it was not taken in time, and the carrier delivers it again
        await asyncio.wait_for(came, _PATIENCE_SECONDS)
        return _Answer(1000 * (time.perf_counter() - started), self.watch.others - others)
