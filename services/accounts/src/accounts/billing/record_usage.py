"""From `usage.recorded` to a priced row of the ledger: a look at the rate cards and at what is booked, then one
conditional write."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, tzinfo
from functools import lru_cache

from accounts.billing.domain.ledger import Terms, ledger_row, row_id
from accounts.billing.rate_card_reader import PriceLists
from accounts.billing.store import Billing
from shared.events import Event, UsageRecorded

ZONE_SECONDS = 30.0
"""How long a tenant's time zone is remembered: it only says which day an entry is listed under."""


class Booking:
    def __init__(self, billing: Billing) -> None:
        self._billing = billing
        self._lists = PriceLists(billing.cards)
        self._zones: dict[str, tuple[str, float]] = {}

    async def on_usage_recorded(self, event: Event[UsageRecorded]) -> None:
        booked = await self._billing.ledger.get(row_id(event.tenant_id, event.data.ledger_key))
        await self._billing.ledger.put(ledger_row(event, await self.terms(event.tenant_id), booked))

    async def terms(self, tenant_id: str) -> Terms:
        """What is booked by right now."""
        zone = zone_named(await self.zone_name(tenant_id))
        return Terms(await self._lists.of(tenant_id), self._billing.default_card, zone)

    async def zone_name(self, tenant_id: str) -> str:
        now = self._billing.books.clock.monotonic()
        name, until = self._zones.get(tenant_id, ("", 0.0))
        if now >= until:
            tenant = await self._billing.books.tenants.get(tenant_id)
            name = tenant.facts.timezone if tenant else "UTC"
            self._zones[tenant_id] = (name, now + ZONE_SECONDS)
        return name


@lru_cache(maxsize=1024)
def zone_named(name: str) -> tzinfo:
    """UTC for a name this machine's data does not know: an entry must never be refused for its zone."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
