"""Books every entry of a period again by today's rate cards, where an older list of cards was used.

A row's revision contains the version of the list, so this may run beside the booking of new figures, run twice or stop
halfway: the newest figure with the newest list stands in the end.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from accounts.billing.domain.jobs import BillingJob
from accounts.billing.domain.ledger import LedgerRow, Terms, repriced_row
from accounts.billing.record_usage import UsageRecorder
from accounts.billing.store import BillingStore
from shared.database.paging import pages
from shared.database.protocol import Range

PAGE = 200


class Repricer:
    def __init__(self, store: BillingStore, recorder: UsageRecorder) -> None:
        self._store = store
        self._recorder = recorder

    async def run(self, job: BillingJob, heartbeat: Callable[[], Awaitable[None]]) -> dict[str, int]:
        terms = await self._recorder.terms(job.tenant_id)
        older = Range(lt=terms.cards.version)
        where = {"tenant_id": job.tenant_id, "day": Range(gte=job.first_day, lte=job.last_day), "price_list": older}
        counts: Counter[str] = Counter(looked_at=0, changed=0)
        async for page in pages(self._store.ledger, where, size=PAGE):
            await heartbeat()
            changed = await asyncio.gather(*(self._reprice(row, terms) for row in page))
            counts["looked_at"] += len(changed)
            counts["changed"] += sum(changed)
        return dict(counts)

    async def _reprice(self, row: LedgerRow, terms: Terms) -> bool:
        new = repriced_row(row, terms)
        was_newer = await self._store.ledger.put(new)
        if not was_newer and (now := await self._store.ledger.get(row["id"])) and now["contact"] != row["contact"]:
            return await self._reprice(now, terms)  # its number was erased meanwhile
        return was_newer and (new["amount_nano"], new["currency"]) != (row["amount_nano"], row["currency"])
