"""What a forecast is computed from besides the recipients: prices, earlier campaigns, the numbers and their pace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.pool import pool_of
from campaigns.campaigns.store import BY_STAGE, Campaigns, Recipients
from campaigns.copies import Copies
from campaigns.counting.domain.contact import LEFT
from campaigns.counting.store import Tallies
from campaigns.forecasts.domain.finish import Capacity, capacity_of
from campaigns.forecasts.domain.forecast import OptOutHistory
from campaigns.forecasts.domain.pricing import PerPart, PriceSources, card_in_force, past_per_part
from campaigns.settings import Settings
from shared.database.protocol import Prefix, Sort
from shared.errors import Unavailable
from shared.events import DEFAULT_PRICES, Money, PricesChanged, TenantChanged
from shared.local_time.zones import zone_of

EARLIER_CAMPAIGNS = 50
"""The latest of them say how many people opt out."""
PRICED_CAMPAIGNS, PRICED_TEXTS = 5, 200
"""The latest campaigns say what a part costs, so many texts of each."""
_NEWEST_TALLY = Sort("first_seen_at", descending=True)
_NEWEST_CAMPAIGN = Sort("listed_at", descending=True)


@dataclass(frozen=True)
class ForecastSources:
    campaigns: Campaigns
    recipients: Recipients
    tallies: Tallies
    copies: Copies
    settings: Settings

    async def prices(self, tenant_id: str, at: datetime) -> PriceSources:
        own = await self._prices_of(tenant_id)
        default = None if own and own.at(at) else await self._prices_of(DEFAULT_PRICES)
        fee = PerPart(self.settings.campaigns_carrier_fee_nano_low, self.settings.campaigns_carrier_fee_nano_high)
        return PriceSources(
            card=card_in_force(own, default, at),
            past=await self._past_costs(tenant_id),
            fee=fee,
            estimate=self.settings.sender_estimate_nano_per_part,
        )

    async def _prices_of(self, tenant_id: str) -> PricesChanged | None:
        try:
            return await self.copies.prices.get(tenant_id)
        except Unavailable:
            if not self.copies.prices.complete:
                raise
            return None  # all that had prices when the copy was filled, or got some since, are in it

    async def opt_outs(self, tenant_id: str, but: str) -> OptOutHistory:
        """Of all campaigns but this one."""
        page = await self.tallies.find({"tenant_id": tenant_id}, sort=_NEWEST_TALLY, limit=EARLIER_CAMPAIGNS)
        texted = opted_out = 0
        for document in page.items:
            tally = self.tallies.state_of(document)
            if tally.campaign_id != but:
                texted += sum(n for status, n in tally.counts.by_status.items() if status in LEFT)
                opted_out += tally.counts.opted_out
        return OptOutHistory(texted=texted, opted_out=opted_out)

    async def capacity(self, campaign: Campaign, tenant: TenantChanged) -> Capacity:
        pool = pool_of(await self.copies.numbers.chosen(campaign.tenant_id, campaign.from_numbers), campaign.tenant_id)
        running = {"tenant_id": campaign.tenant_id, "campaign_state": "running"}
        others = await self.campaigns.aggregates.store.count(running) - (campaign.state == "running")
        pace = self.settings.sender_account_parts_per_second
        return capacity_of(list(pool.numbers), pace, zone_of(tenant.timezone), others)

    async def _past_costs(self, tenant_id: str) -> PerPart | None:
        finished = {"tenant_id": tenant_id, "campaign_state": "finished"}
        page = await self.campaigns.aggregates.find(finished, sort=_NEWEST_CAMPAIGN, limit=PRICED_CAMPAIGNS)
        charged: list[tuple[int, Money]] = []
        for document in page.items:
            charged += await self._charged(tenant_id, document["id"])
        return past_per_part(charged)

    async def _charged(self, tenant_id: str, campaign_id: str) -> list[tuple[int, Money]]:
        where = {"tenant_id": tenant_id, "campaign_id": campaign_id, "stage": Prefix("delivered|")}
        page = await self.recipients.aggregates.find(where, sort=BY_STAGE, limit=PRICED_TEXTS)
        texted = [self.recipients.aggregates.state_of(document) for document in page.items]
        return [(each.parts, each.cost) for each in texted if each.parts and each.cost]
