"""Counts a campaign: for its API, for its worker, and after changes."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.look import SOON
from campaigns.campaigns.domain.recording import Seen, record
from campaigns.campaigns.domain.stages import Stages, read_stages
from campaigns.campaigns.store import Campaigns, Recipients
from campaigns.counting.domain.contact import campaign_key
from shared.aggregates import Cause
from shared.clock import Clock
from shared.database.protocol import Collection

_COUNTS_AT_MOST = 3


@dataclass(frozen=True)
class Looks:
    campaigns: Campaigns
    recipients: Recipients
    rows: Collection
    """Replies and opt-outs of contacts, by campaign."""
    clock: Clock

    async def seen(self, campaign: Campaign) -> Seen:
        mine = {"campaign_key": campaign_key(campaign.tenant_id, campaign.id)}
        return Seen(
            revision=campaign.revision,
            stages=await self._stages(campaign),
            replied=await self.rows.count({**mine, "replied": True}),
            opted_out=await self.rows.count({**mine, "opted_out": True}),
            now=self.clock.now(),
        )

    async def _stages(self, campaign: Campaign) -> Stages:
        """A count that goes on while recipients change may miss one. While a campaign runs nobody joins or leaves it,
        so another total than before means to count once more."""
        stages = read_stages(await self.recipients.stages(campaign))
        known = campaign.figures.counts.total
        for _ in range(_COUNTS_AT_MOST - 1):
            if campaign.state != "running" or stages.counts.total == known:
                break
            stages = read_stages(await self.recipients.stages(campaign))
        return stages

    async def fresh(self, campaign: Campaign) -> Campaign:
        """The campaign with the figures of this moment."""
        return campaign.but(figures=(await self.seen(campaign)).figures)

    async def refresh(self, tenant_id: str, campaign_id: str) -> bool:
        """Count, and publish what has changed. False if this service has no such campaign.

        Raises `Conflict` if the campaign was changed meanwhile.
        """
        known = await self.campaigns.aggregates.get(campaign_id)
        if known is None or known.tenant_id != tenant_id:
            return False
        if known.state == "deleted" or self._is_looked_at_soon(known):
            return True
        seen = await self.seen(known)
        cause = Cause.due(tenant_id, f"count|{campaign_id}|{known.revision}", campaign_id)
        await self.campaigns.change(tenant_id, campaign_id, cause, lambda campaign: record(campaign, seen))
        return True

    def _is_looked_at_soon(self, campaign: Campaign) -> bool:
        """The worker counts a running campaign at each look."""
        due_at, soon = campaign.due_at, self.clock.now() + 2 * SOON
        return campaign.state == "running" and due_at is not None and due_at <= soon
