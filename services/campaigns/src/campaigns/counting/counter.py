"""Counts the campaigns that have changed, half a second later, and publishes new figures.

Marks of one campaign that are found together cause one count and are deleted after it. A mark filed after the count
began stays for the next round, so every change is counted.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable

import structlog

from campaigns.counting.domain.contact import campaign_key
from campaigns.counting.domain.tally import Tally, record_count
from campaigns.counting.store import Tallies, count
from shared.aggregates import Cause
from shared.clock import Clock
from shared.database.protocol import Collection, In, Range, Sort
from shared.errors import Conflict, ParleyError

log = structlog.get_logger()

EVERY_SECONDS = 0.5
MARKS_AT_ONCE = 1000

CountOurs = Callable[[str, str], Awaitable[bool]]
"""Counts a campaign of this service (tenant, id); False: another service made this id, so it has a tally."""


class CampaignCounter:
    def __init__(
        self, tallies: Tallies, rows: Collection, marks: Collection, clock: Clock, count_ours: CountOurs
    ) -> None:
        self._tallies = tallies
        self._rows = rows
        self._marks = marks
        self._clock = clock
        self._count_ours = count_ours

    async def run(self) -> None:
        while True:
            try:
                while await self.once() >= MARKS_AT_ONCE:
                    pass
            except ParleyError as error:
                log.warning("counting_failed", code=error.code)
            await asyncio.sleep(EVERY_SECONDS)

    async def once(self) -> int:
        """Count the campaigns with due marks; returns how many marks were read."""
        due = {"due_at": Range(lte=self._clock.now())}
        page = await self._marks.find(due, sort=Sort("due_at"), limit=MARKS_AT_ONCE)
        marks: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for mark in page.items:
            marks[mark["tenant_id"], mark["campaign_id"]].append(mark["id"])
        for (tenant_id, campaign_id), ids in marks.items():
            try:
                if not await self._count_ours(tenant_id, campaign_id):
                    await self._count(tenant_id, campaign_id)
            except Conflict:
                continue  # another process counted it; the marks stay for the next round
            await self._marks.delete({"id": In(ids)})
        return len(page.items)

    async def _count(self, tenant_id: str, campaign_id: str) -> None:
        key = campaign_key(tenant_id, campaign_id)
        known = await self._tallies.get(key)
        seen, now = known.revision if known else 0, self._clock.now()
        fresh = Tally(
            id=key,
            tenant_id=tenant_id,
            campaign_id=campaign_id,
            revision=seen,
            counts=await count(self._rows, key),
            first_seen_at=now,
            updated_at=now,
        )
        cause = Cause.due(tenant_id, f"count|{key}|{seen}", key)
        await self._tallies.change(key, cause, lambda tally: record_count(tally, seen, fresh, now))
