"""Looks through the messages a campaign has waiting when some of its feeds are withdrawn.

A message that is being absorbed meanwhile is caught where it is absorbed, or at its gates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sender.domain.lane import Lane
from sender.domain.message import LIVE, Message
from sender.domain.withdraw import withdrawn
from sender.store import Messages, due_cause, message_of
from sender.withdrawals.by_campaign import CampaignWithdrawals, feed_of
from shared.clock import Clock
from shared.database.protocol import Document, In, Sort

PAGE = 100


@dataclass(frozen=True)
class CampaignWorker:
    messages: Messages
    campaigns: CampaignWithdrawals
    clock: Clock

    async def work(self, row: Document) -> None:
        """One withdrawal, to its end: those waiting end, those in flight say "too late"."""
        cursor: str | None = None
        where = {"tenant_id": row["tenant_id"], "campaign_id": row["campaign_id"], "status": In(sorted(LIVE))}
        while True:
            page = await self.messages.records.find(where, sort=Sort("created_at"), limit=PAGE, cursor=cursor)
            for record in page.items:
                await self._withdraw(message_of(record), feed_of(row))
            if page.next_cursor is None:
                break
            cursor = page.next_cursor
        await self.campaigns.looked_through(row, row["revision"])

    async def _withdraw(self, filed: Message, up_to_feed: int) -> None:
        if (filed.order.feed or 0) > up_to_feed:
            return
        now: datetime = self.clock.now()

        def decide(lane: Lane, message: Message) -> Lane:
            changed = withdrawn(message, "campaign_withdrawn", now) if message.live else message
            return lane if changed is message else lane.with_message(changed)

        await self.messages.change(filed, due_cause(filed, f"campaign|{up_to_feed}"), decide)
