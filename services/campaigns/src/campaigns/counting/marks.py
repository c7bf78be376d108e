"""Marks of campaigns that have to be counted again: at most two a second for one campaign, however much changes.

A mark is due at the end of its half second. If that time is still ahead after a save, no other mark is needed: the
count begins later and so includes that save.
"""

from __future__ import annotations

from datetime import UTC, datetime

from campaigns.counting.domain.contact import campaign_key
from shared.clock import Clock
from shared.database.protocol import Collection, CollectionSpec

SPEC = CollectionSpec("stirred", {"due_at": "datetime"}, (("due_at",),))
PER_SECOND = 2
_REMEMBERED = 10_000


class Marks:
    def __init__(self, rows: Collection, clock: Clock) -> None:
        self.rows = rows
        self._clock = clock
        self._filed: dict[str, datetime] = {}

    async def note(self, tenant_id: str, campaign_id: str) -> None:
        """Something of this campaign was saved before this call."""
        key, now = campaign_key(tenant_id, campaign_id), self._clock.now()
        known = self._filed.get(key)
        if known is not None and known > now:
            return
        slot = int(now.timestamp() * PER_SECOND) + 1
        due_at = datetime.fromtimestamp(slot / PER_SECOND, UTC)
        await self.rows.insert(
            {"id": f"{key}|{slot}", "tenant_id": tenant_id, "campaign_id": campaign_id, "due_at": due_at}
        )
        if len(self._filed) >= _REMEMBERED:
            self._filed.clear()
        self._filed[key] = due_at
