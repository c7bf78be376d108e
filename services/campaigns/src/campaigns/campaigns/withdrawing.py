"""Pause and cancel: the decision is saved first, then sender records that nothing of it is wanted any more.

Only after that answer does the caller hear yes. If sender is away the decision stands all the same: the saved event
tells it later, and the worker feeds nothing more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from campaigns.campaigns.domain import lifecycle
from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.left_after_pause import LeftAfterPause
from campaigns.campaigns.looks import Looks
from shared.access.gate import Principal
from shared.aggregates import Cause, Decision
from shared.errors import NotFound, Unavailable
from shared.internal.client import InternalClient
from shared.service.alarm import Alarm

log = structlog.get_logger()
ENDPOINT = "withdraw-campaign"


@dataclass(frozen=True)
class Withdrawing:
    looks: Looks
    left: LeftAfterPause
    internal: InternalClient
    alarm: Alarm

    async def pause(self, who: Principal, campaign_id: str) -> Campaign:
        """Asked again while it is paused, it asks the sender again. Raises `Unavailable("pause_pending")`."""
        campaign = await self._decide(who, campaign_id, lifecycle.pause)
        await self._withdraw(campaign, campaign.feed, "pause_pending")
        return await self.looks.fresh(campaign)

    async def cancel(self, who: Principal, campaign_id: str) -> Campaign:
        now = self.looks.clock.now()
        campaign = await self._decide(who, campaign_id, lambda known: lifecycle.cancel(known, now))
        await self._withdraw(campaign, None, "cancel_pending")
        return await self.looks.fresh(campaign)

    async def _decide(
        self, who: Principal, campaign_id: str, decide: Callable[[Campaign], Decision[Campaign] | None]
    ) -> Campaign:
        cause = Cause.request(who.tenant_id)
        change = await self.looks.campaigns.change(who.tenant_id, campaign_id, cause, decide)
        self.alarm.ring()
        return change.state or await self.looks.campaigns.get(who.tenant_id, campaign_id)

    async def _withdraw(self, campaign: Campaign, up_to_feed: int | None, pending: str) -> None:
        body = {"tenant_id": campaign.tenant_id, "campaign_id": campaign.id, "up_to_feed": up_to_feed}
        try:
            answer = await self.internal.call("sender", ENDPOINT, body)
        except (Unavailable, NotFound) as error:
            detail = (
                f"The campaign is {campaign.state}, but the part that sends does not answer yet: texts that it holds "
                "may still leave for a moment. Ask again to be sure."
            )
            raise Unavailable(pending, detail, operator_detail=error.operator_detail) from None
        claimed = [(each["message_id"], each["contact"]) for each in answer["claimed"]]
        await self.left.note_claimed(campaign, claimed)
