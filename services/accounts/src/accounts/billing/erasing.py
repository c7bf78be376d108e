"""An erased person in the bill: quantities, prices and days stay, the number becomes a stand-in (docs/privacy.md).

The stand-in keeps the country, because texts are priced by it. It is the same for all entries of the person, so a
statement by customer still adds up.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from accounts.billing.domain.ledger import erased_row
from accounts.billing.store import BillingStore
from shared.database.paging import delete_if, pages
from shared.database.protocol import Collection, Document, Sort
from shared.erasure import ErasedPerson
from shared.internal.kept import KeptIn, Rows, of_tenant

_EXPORTED = ("kind", "quantity", "used_at", "day", "number", "contact", "message_id", "amount_nano", "currency")


@dataclass(frozen=True)
class BillErasure:
    store: BillingStore

    async def ledger(self, person: ErasedPerson) -> int:
        erased = 0
        async for page in pages(self.store.ledger, {"tenant_id": person.tenant_id}, Sort("used_at")):
            for row in page:
                if row["contact"] in person.phone_numbers:
                    erased += await self.store.ledger.put(erased_row(row, person.stand_in(row["contact"])))
        return erased

    async def differences(self, person: ErasedPerson) -> int:
        """What a reconciliation found about the person's messages: it is made anew by its next run."""
        erased = 0
        async for run in self._runs(person.tenant_id):
            erased += await delete_if(
                self.store.differences, {"run": run}, Sort("kind"), lambda row: row["contact"] in person.phone_numbers
            )
        return erased

    async def _runs(self, tenant_id: str) -> AsyncIterator[str]:
        async for page in pages(self.store.jobs, {"tenant_id": tenant_id}):
            for document in page:
                yield self.store.jobs.state_of(document).run_key


def kept_usage(ledger: Collection) -> Rows:
    """What the bill says of a person, for an export."""
    return Rows(ledger, of_tenant, Sort("used_at"), _shown)


def _shown(row: Document, asked: KeptIn) -> dict[str, Any] | None:
    return {name: row[name] for name in _EXPORTED} if row["contact"] in asked.phone_numbers else None
