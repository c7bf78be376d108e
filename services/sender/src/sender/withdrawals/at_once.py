"""A campaign's withdrawal that is in force when its request is answered, and what had been claimed before.

A worker saves its claim, files the message as `submitting`, reads the withdrawals and only then begins the request
(`sending/gates.py`, `LastLook`). So once the withdrawal is recorded, a text can leave only if its worker has read
before, and then its record says `submitting` already. The withdrawal is recorded first and the records are read
afterwards: no claimed text is missed. Those whose worker reads later are about to end unsent; a short wait tells them
apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from sender.alarms import Alarms
from sender.domain.message import IN_FLIGHT, Message
from sender.store import Messages, message_of
from sender.withdrawals.by_campaign import CampaignWithdrawals
from shared.clock import Clock
from shared.database.paging import documents
from shared.database.protocol import In, Sort

LOOK_EVERY_SECONDS = 0.1


@dataclass(frozen=True)
class CampaignStop:
    messages: Messages
    campaigns: CampaignWithdrawals
    clock: Clock
    alarms: Alarms
    looks: int = 30
    """How often it looks whether they have ended: for 3 s. A carrier answers in less than a second, mostly; callers
    wait 5 s for our answer."""

    async def withdraw(self, tenant_id: str, campaign_id: str, up_to_feed: int | None) -> list[Message]:
        """Record it; then the messages that had been claimed and have left since, or may still leave."""
        await self.campaigns.record(tenant_id, campaign_id, up_to_feed, self.clock.now())
        self.alarms.withdrawn_campaigns.ring()
        return await self._settled(await self._in_flight(tenant_id, campaign_id, up_to_feed))

    async def _in_flight(self, tenant_id: str, campaign_id: str, up_to_feed: int | None) -> list[Message]:
        where = {"tenant_id": tenant_id, "campaign_id": campaign_id, "status": In(sorted(IN_FLIGHT))}
        found = [message_of(record) async for record in documents(self.messages.records, where, Sort("created_at"))]
        return [message for message in found if up_to_feed is None or (message.order.feed or 0) <= up_to_feed]

    async def _settled(self, claimed: list[Message]) -> list[Message]:
        """Those of them that did not end unsent, as far as is known after a short wait."""
        for _ in range(self.looks):
            if not _is_open(claimed):
                break
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            claimed = [await self.messages.get(each.tenant_id, each.id) or each for each in claimed]
        return [message for message in claimed if not message.unsent and message.status != "queued"]


def _is_open(messages: Iterable[Message]) -> bool:
    return any(message.status == "submitting" for message in messages)
