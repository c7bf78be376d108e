"""STOP webhook → opt-out recorded where sending looks for it, while a campaign is sent.

The floor is one broker hop and one write, through the same broker, in the same process and under the same load.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from bench import shop
from bench.busy.campaign import Campaign
from bench.cost.carrier import Carrier
from bench.cost.installation import OpenShop, Parley, open_shop, parley
from bench.cost.tally import uncounted
from bench.cost.texts import delivered_with
from bench.ground import Ground, scratch
from bench.options import Options
from bench.table import Paired, Row, percentile
from sender.sending.suppression import SPEC
from shared.broker.protocol import Delivery, Message, Subscription
from shared.database.protocol import Collection, CollectionSpec
from shared.database.sqlite.database import EmbeddedDatabase
from shared.ids import new_id

GOAL = 3.0
_FLOOR = Subscription("floor.stop.v1", ("floor.stop",))
_ROWS = CollectionSpec("stops", {"tenant_id": "str"})
_LOOK_SECONDS = 0.001
_PATIENCE_SECONDS = 60.0
_WARM_UP = 5


async def measure(ground: Ground, options: Options) -> list[Row]:
    carrier = Carrier()
    with scratch() as folder:
        async with parley(folder, carrier, broker_url=ground.rabbitmq) as installation:
            opened = await open_shop(installation.http, ai_mode="off")
            floor = await _Floor.open(installation, folder)
            try:
                campaign = Campaign(installation.broker, opened.tenant_id)
                async with campaign.under_way():
                    samples = [
                        (await floor.take(n), await _stop(installation, opened, n))
                        for n in range(_WARM_UP + options.samples)
                    ]
            finally:
                await floor.close()
    sides = list(zip(*samples[_WARM_UP:], strict=True))
    p50, p99 = (Paired(*([percentile(side, share)] for side in sides)) for share in (0.5, 0.99))
    what = f"STOP webhook → opt-out recorded, beside a campaign ({campaign.fed:,} texts), p50"
    return [
        p50.row(what, ground.name, "ms", "–", None),
        p99.row("… p99", ground.name, "ms", f"≤ {GOAL:.0f}", p99.ratio <= GOAL),
    ]


class _Floor:
    """Publishes, consumes, writes one row."""

    def __init__(self, installation: Parley, database: EmbeddedDatabase) -> None:
        self._broker, self._database = installation.broker, database
        self._rows: Collection = database.collection(_ROWS)
        self._written: asyncio.Future[float] | None = None

    @classmethod
    async def open(cls, installation: Parley, folder: Path) -> _Floor:
        floor = cls(installation, EmbeddedDatabase(folder / "floor.sqlite"))
        await floor._database.start()
        await floor._broker.start([_FLOOR])
        await floor._broker.subscribe(_FLOOR.queue, floor._write)
        return floor

    async def take(self, n: int) -> float:
        """Milliseconds."""
        self._written = asyncio.get_running_loop().create_future()
        started = time.perf_counter()
        await self._broker.publish(Message("floor.stop", b"x" * 800, new_id("evt"), "ten_floor", str(n)))
        return 1000 * (await asyncio.wait_for(self._written, _PATIENCE_SECONDS) - started)

    async def _write(self, delivery: Delivery) -> None:
        await self._rows.insert({"id": new_id("row"), "tenant_id": "ten_floor"})
        if self._written is not None:
            self._written.set_result(time.perf_counter())
        await delivery.ack()

    async def close(self) -> None:
        await self._database.close()


async def _stop(installation: Parley, opened: OpenShop, n: int) -> float:
    """Milliseconds from the webhook until the row is there."""
    rows, id = installation.database_of("sender").collection(SPEC), f"{opened.tenant_id}|{shop.contact(n)}"
    started = time.perf_counter()
    webhook = shop.inbound_webhook(n, text="STOP")
    while await delivered_with(installation, opened.webhooks, webhook) != 200:
        pass  # 503: it was not taken in time, and the carrier delivers it again
    with uncounted():
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while await rows.get(id) is None:  # noqa: ASYNC110 - another service's store tells no one
                await asyncio.sleep(_LOOK_SECONDS)
    return 1000 * (time.perf_counter() - started)
