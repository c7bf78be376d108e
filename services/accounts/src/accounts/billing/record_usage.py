"""From `usage.recorded` to a priced row of the ledger: reads the rate cards and writes once; twice where a row is there
already."""

from __future__ import annotations

import asyncio
import zoneinfo
from datetime import UTC, tzinfo
from functools import lru_cache

from cachetools import TTLCache

from accounts.billing.domain.ledger import LedgerRow, Terms, ledger_row, row_id
from accounts.billing.rate_card_reader import RateCardReader
from accounts.billing.store import BillingStore
from accounts.metrics import CARRIER_COST, CHARGED, USAGE
from shared.events import Event, UsageEntry, UsageRecorded
from shared.money import NANO

ZONE_SECONDS = 30.0
"""How long a tenant's time zone is cached. It only decides the day under which an entry is listed."""
ZONES_CACHED = 10_000


class UsageRecorder:
    def __init__(self, store: BillingStore) -> None:
        self._store = store
        self._cards = RateCardReader(store.cards)
        self._zones = TTLCache[str, str](ZONES_CACHED, ZONE_SECONDS, timer=store.clock.monotonic)

    async def on_usage_recorded(self, event: Event[UsageRecorded]) -> None:
        """Every line for itself: after a crash between two of them the repeat books the rest.

        Most are new, so they are inserted without a look at what they may replace."""
        terms, used = await self.terms(event.tenant_id), event.data.entries()
        new = [ledger_row(event, entry, terms, None) for entry in used]
        fresh = set(await self._store.ledger.insert_many(new))
        for entry, row in zip(used, new, strict=True):
            if row["id"] in fresh:
                _count(entry, row)
        known = [entry for entry in used if row_id(event.tenant_id, entry.ledger_key) not in fresh]
        booked = await asyncio.gather(*(self._store.ledger.get(row_id(event.tenant_id, e.ledger_key)) for e in known))
        rows = [ledger_row(event, entry, terms, row) for entry, row in zip(known, booked, strict=True)]
        await asyncio.gather(*(self._store.ledger.put(row) for row in rows))

    async def terms(self, tenant_id: str) -> Terms:
        """The rate cards and time zone by which this tenant's usage is booked now."""
        zone = zone_named(await self.zone_name(tenant_id))
        return Terms(await self._cards.read(tenant_id), self._store.default_card, zone)

    async def zone_name(self, tenant_id: str) -> str:
        name = self._zones.get(tenant_id)
        if name is None:
            tenant = await self._store.tenant_store.tenants.get(tenant_id)
            name = self._zones[tenant_id] = tenant.facts.timezone if tenant else "UTC"
        return name


def _count(used: UsageEntry, row: LedgerRow) -> None:
    USAGE.labels(used.kind).inc(used.quantity)
    if row["amount_nano"] > 0:
        CHARGED.labels(row["currency"]).inc(row["amount_nano"] / NANO)
    if used.carrier_cost and used.carrier_cost.nano > 0:
        CARRIER_COST.labels(used.carrier_cost.currency).inc(used.carrier_cost.nano / NANO)


@lru_cache(maxsize=1024)
def zone_named(name: str) -> tzinfo:
    """UTC for an unknown name: an entry must never be refused because of its zone."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
