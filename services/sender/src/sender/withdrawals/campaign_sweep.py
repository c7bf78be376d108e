"""Looks through the messages a campaign has waiting when some of its feeds are withdrawn.

A message that is being absorbed meanwhile is caught where it is absorbed, or at its gates.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from sender.domain.lane import Lane
from sender.domain.message import LIVE, Message
from sender.domain.withdraw import withdraw_message
from sender.store import Messages, due_cause, message_of
from sender.withdrawals.by_campaign import CampaignWithdrawals, feed_of
from shared.clock import Clock
from shared.database.paging import documents
from shared.database.protocol import Document, In, Sort
from shared.errors import ParleyError

log = structlog.get_logger()


@dataclass(frozen=True)
class CampaignSweep:
    messages: Messages
    campaigns: CampaignWithdrawals
    void_tickets: Callable[[str], Awaitable[None]]
    """Of a number: those who waited for its pace give back their turns."""
    clock: Clock

    async def work(self, row: Document) -> None:
        """One withdrawal, to its end: those waiting end, those in flight say "too late"."""
        where = {"tenant_id": row["tenant_id"], "campaign_id": row["campaign_id"], "status": In(sorted(LIVE))}
        numbers = set[str]()
        async for record in documents(self.messages.records, where, Sort("created_at")):
            message = message_of(record)
            if (message.order.feed or 0) > feed_of(row):
                continue
            if message.order.number not in numbers:
                # At once, since a campaign that is resumed in a moment comes with its next feed.
                numbers.add(message.order.number)
                await self._void_tickets(message.order.number)
            await self._withdraw(message, feed_of(row))
        await self.campaigns.looked_through(row, row["revision"])

    async def _void_tickets(self, number: str) -> None:
        """Without it the campaign only goes on later, so its failure holds up no withdrawal."""
        try:
            await self.void_tickets(number)
        except ParleyError as error:
            log.warning("tickets_not_voided", number=number, code=error.code, detail=error.operator_detail)

    async def _withdraw(self, filed: Message, up_to_feed: int) -> None:
        now: datetime = self.clock.now()

        def decide(lane: Lane, message: Message) -> Lane:
            changed = withdraw_message(message, "campaign_withdrawn", now) if message.live else message
            return lane if changed is message else lane.with_message(changed)

        await self.messages.change(filed, due_cause(filed, f"campaign|{up_to_feed}"), decide)
