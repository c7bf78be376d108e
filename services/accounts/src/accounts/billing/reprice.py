"""A re-pricing's run: every entry of a period that was booked by an older list of rate cards, booked by today's.

A row's revision holds the version of the list, so this may run beside the booking of new figures, twice, or halfway:
the newest figure with the newest list stands in the end.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from accounts.billing.domain.jobs import Job
from accounts.billing.domain.ledger import Row, Terms, repriced
from accounts.billing.record_usage import Booking
from accounts.billing.store import Billing
from shared.database.protocol import Range

PAGE = 200


class Repricing:
    def __init__(self, billing: Billing, booking: Booking) -> None:
        self._billing = billing
        self._booking = booking

    async def run(self, job: Job, beat: Callable[[], Awaitable[None]]) -> dict[str, int]:
        terms = await self._booking.terms(job.tenant_id)
        older = Range(lt=terms.cards.version)
        where = {"tenant_id": job.tenant_id, "day": Range(gte=job.first_day, lte=job.last_day), "price_list": older}
        counts: Counter[str] = Counter(looked_at=0, changed=0)
        cursor: str | None = None
        while True:
            await beat()
            page = await self._billing.ledger.find(where, limit=PAGE, cursor=cursor)
            changed = await asyncio.gather(*(self._again(row, terms) for row in page.items))
            counts["looked_at"] += len(changed)
            counts["changed"] += sum(changed)
            cursor = page.next_cursor
            if cursor is None:
                return dict(counts)

    async def _again(self, row: Row, terms: Terms) -> bool:
        new = repriced(row, terms)
        stood = await self._billing.ledger.put(new)
        return stood and (new["amount_nano"], new["currency"]) != (row["amount_nano"], row["currency"])
