"""Campaigns paused or cancelled: up to which feed nothing is wanted any more. Not tied to a lane, so kept by itself.

Read as a gate (at absorbing, before the claim and once more after it), and worked through the messages already waiting.
"""

from __future__ import annotations

from datetime import datetime

from shared.database.protocol import CollectionSpec, Database
from shared.events import SmsOutbound

SPEC = CollectionSpec("campaign_withdrawals", {"due_at": "datetime"}, (("due_at",),))
ALL_FEEDS = 2**40


class CampaignWithdrawals:
    def __init__(self, database: Database) -> None:
        self.rows = database.collection(SPEC)

    async def record(self, tenant_id: str, campaign_id: str, up_to_feed: int | None, now: datetime) -> None:
        """The highest feed stands, in whatever order they come. Waiting messages are due to be looked through."""
        feed = ALL_FEEDS if up_to_feed is None else up_to_feed
        row = {"tenant_id": tenant_id, "campaign_id": campaign_id, "due_at": now}
        await self.rows.put({"id": _key(tenant_id, campaign_id), "revision": 2 * feed, **row})

    async def looked_through(self, row: dict[str, object], revision: int) -> None:
        """Everything that waited has been withdrawn; a higher feed that came meanwhile stays due."""
        await self.rows.put({**row, "revision": revision + 1, "due_at": None})

    async def covers(self, tenant_id: str, order: SmsOutbound) -> bool:
        """Whether this message belongs to what a campaign has withdrawn."""
        if order.campaign_id is None:
            return False
        row = await self.rows.get(_key(tenant_id, order.campaign_id))
        return row is not None and (order.feed or 0) <= feed_of(row)


def feed_of(row: dict[str, int]) -> int:
    return row["revision"] // 2


def _key(tenant_id: str, campaign_id: str) -> str:
    return f"{tenant_id}|{campaign_id}"
