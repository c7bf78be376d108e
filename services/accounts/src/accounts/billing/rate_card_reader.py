"""A tenant's rate cards, read anew for every entry, but only once for all entries that ask at the same time.

An old list would give an old price, so nothing is cached. A caller that arrives during a read waits for the next read,
which all waiting callers share: its result is newer than their call.
"""

from __future__ import annotations

import asyncio

from accounts.billing.domain.rate_cards import RateCards
from shared.aggregates import Aggregates

CardsRead = asyncio.Task[RateCards | None]


class RateCardReader:
    def __init__(self, cards: Aggregates[RateCards]) -> None:
        self._cards = cards
        self._under_way: dict[str, CardsRead] = {}
        self._next: dict[str, CardsRead] = {}

    async def read(self, tenant_id: str) -> RateCards:
        pending = self._next.get(tenant_id)
        if pending is None:
            before = self._under_way.get(tenant_id)
            pending = self._next[tenant_id] = asyncio.create_task(self._read(tenant_id, before))
        # Shielded: a caller that is cancelled must not cancel the read for the others.
        return await asyncio.shield(pending) or RateCards(tenant_id=tenant_id)

    async def _read(self, tenant_id: str, before: CardsRead | None) -> RateCards | None:
        if before is not None:
            await asyncio.wait({before})
        self._under_way[tenant_id] = mine = self._next.pop(tenant_id)
        try:
            return await self._cards.get(tenant_id)
        finally:
            if self._under_way.get(tenant_id) is mine:
                del self._under_way[tenant_id]
