"""A tenant's rate cards, read anew for every entry, but only once for all entries that ask at the same time.

An old list would give an old price, so nothing is remembered. Whoever asks while a reading is under way waits for the
next one, which all of them share: what they get was read after they asked.
"""

from __future__ import annotations

import asyncio

from accounts.billing.domain.rate_cards import RateCards
from shared.aggregates import Aggregates

Reading = asyncio.Task[RateCards | None]


class PriceLists:
    def __init__(self, cards: Aggregates[RateCards]) -> None:
        self._cards = cards
        self._under_way: dict[str, Reading] = {}
        self._next: dict[str, Reading] = {}

    async def of(self, tenant_id: str) -> RateCards:
        reading = self._next.get(tenant_id)
        if reading is None:
            before = self._under_way.get(tenant_id)
            reading = self._next[tenant_id] = asyncio.create_task(self._read(tenant_id, before))
        # One who gives up must not take the answer from the others.
        return await asyncio.shield(reading) or RateCards(tenant_id=tenant_id)

    async def _read(self, tenant_id: str, before: Reading | None) -> RateCards | None:
        if before is not None:
            await asyncio.wait({before})
        self._under_way[tenant_id] = mine = self._next.pop(tenant_id)
        try:
            return await self._cards.get(tenant_id)
        finally:
            if self._under_way.get(tenant_id) is mine:
                del self._under_way[tenant_id]
