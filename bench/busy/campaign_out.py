"""A whole campaign against what sender alone does: the same texts as ready events, on the same installation.

The campaign's side begins with its start, its recipients known. So what is compared is feeding, rendering and counting.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench import shop
from bench.ground import Ground, scratch
from bench.naive.ledger import Ledger
from bench.naive.out import contacts, events
from bench.naive.parley import ADMIN, Parley
from bench.naive.sides import outside_world, quiet
from bench.options import Options
from bench.table import Paired, Row

GOAL = 0.5
_ROWS_AT_ONCE = 1000

Send = Callable[[list[str]], Awaitable[float]]
"""Sends to all of them; returns the moment at which it began."""


async def measure(ground: Ground, options: Options) -> list[Row]:
    if ground.rabbitmq:
        return []
    with scratch() as folder:
        async with outside_world(folder) as outside:
            product = Parley(folder, outside, "bench.naive.fed", ai_mode="off")
            try:
                await product.start()
                return [await _compared(_Sides(product, Ledger(outside)), options)]
            finally:
                product.stop()


async def _compared(sides: _Sides, options: Options) -> Row:
    await sides.at_any_hour()
    for send in (sides.alone, sides.campaign):
        await sides.rate(send, options.warm_up)
    alone: list[float] = []
    campaign: list[float] = []
    for _ in range(options.rounds):
        alone.append(await sides.rate(sides.alone, options.campaign))
        campaign.append(await sides.rate(sides.campaign, options.campaign))
    pair = Paired(alone, campaign)
    what = f"campaign to {options.campaign:,}, beside the same texts as events"
    return pair.row(what, "embedded", "/s", f"≥ {GOAL}", pair.ratio >= GOAL)


@dataclass(frozen=True)
class _Sides:
    product: Parley
    ledger: Ledger

    async def at_any_hour(self) -> None:
        async with self.product.http(ADMIN) as http:
            hours = {"quiet_hours": {"opens": 0, "closes": 24}}
            answer = await http.patch(f"/api/accounts/tenants/{self.product.tenant_id}", json=hours)
            answer.raise_for_status()

    async def rate(self, send: Send, size: int) -> float:
        """Texts a second, from the beginning until the carrier has the last one."""
        await quiet(self.product)
        await self.ledger.forget()
        began = await send(contacts(size))
        await self.ledger.until(size)
        took = max(await self.ledger.moments()) - began
        await self.ledger.reported()
        return size / took

    async def alone(self, to: list[str]) -> float:
        began = time.monotonic()
        await events(self.product, to, "bulk")
        return began

    async def campaign(self, to: list[str]) -> float:
        async with self.product.http() as http:
            body = {
                "name": "bench",
                "text": "Your order is ready, {name|dear customer}.",
                "from_numbers": [shop.NUMBER],
            }
            made = (await http.post("/api/campaigns", json=body)).raise_for_status().json()
            path = f"/api/campaigns/{made['id']}"
            for start in range(0, len(to), _ROWS_AT_ONCE):
                rows = [{"phone_number": each, "name": "Ann"} for each in to[start : start + _ROWS_AT_ONCE]]
                added = (await http.post(f"{path}/recipients", json={"recipients": rows})).raise_for_status().json()
                if added["accepted"] != len(rows):
                    raise SystemExit(f"{added}")
            began = time.monotonic()
            (await http.post(f"{path}/start")).raise_for_status()
            return began
