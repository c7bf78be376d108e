"""A tenant, number or price list changed at accounts: update the copy, then wake the messages that waited for it."""

from __future__ import annotations

from dataclasses import dataclass

from sender.budget.store import BudgetLedger
from sender.directory import AccountsDirectory
from sender.pacing.daily_cap_waker import DailyCapWaker
from shared.events import DEFAULT_PRICES, Event, NumberChanged, PricesChanged, TenantChanged


@dataclass(frozen=True)
class DirectoryHandlers:
    directory: AccountsDirectory
    ledger: BudgetLedger
    daily_caps: DailyCapWaker

    async def on_tenant_changed(self, event: Event[TenantChanged]) -> None:
        """The spend cap may have been raised."""
        await self.directory.tenants.on_event(event)
        await self.ledger.call(event.data.tenant_id)

    async def on_number_changed(self, event: Event[NumberChanged]) -> None:
        """The number's daily cap may have been raised."""
        await self.directory.numbers.on_event(event)
        await self.daily_caps.call(event.data)

    async def on_prices_changed(self, event: Event[PricesChanged]) -> None:
        """Messages may have become cheaper. The installation's own prices concern every tenant without a card."""
        await self.ledger.prices.copy.on_event(event)
        tenant_id = event.data.tenant_id
        if tenant_id == DEFAULT_PRICES:
            await self.ledger.call_all()
        else:
            await self.ledger.call(tenant_id)
