"""Texts that had been claimed when their campaign was paused or cancelled, so that they left or may have left.

Sender names them in its answer to the pause, and once more in the status of each.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from typing import Any

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.recipient import Recipient, recipient_id
from shared.database.paging import documents, pages
from shared.database.protocol import CollectionSpec, Database, In, Sort

SPEC = CollectionSpec("left_after_pause", {"tenant_id": "str", "campaign_id": "str"}, (("tenant_id", "campaign_id"),))


class LeftAfterPause:
    def __init__(self, database: Database) -> None:
        self._rows = database.collection(SPEC)

    async def note(self, recipient: Recipient, message_id: str) -> None:
        await self._rows.insert(_row(recipient.tenant_id, recipient.campaign_id, message_id, recipient.phone_number))

    async def note_claimed(self, campaign: Campaign, claimed: Sequence[tuple[str, str]]) -> None:
        """`claimed`: message id and phone number of each."""
        rows = [_row(campaign.tenant_id, campaign.id, message_id, number) for message_id, number in claimed]
        if rows:
            await self._rows.insert_many(rows)

    async def erase(self, tenant_id: str, phone_numbers: Collection[str], stand_in: Callable[[str], str]) -> int:
        """Each row of these numbers gets the stand-in; returns how many. A crash between the two loses the row, which
        the report can do without."""
        erased = 0
        async for page in pages(self._rows, {"tenant_id": tenant_id}, Sort("campaign_id")):
            found = [row for row in page if row["phone_number"] in phone_numbers]
            if found:
                erased += await self._rows.delete({"id": In([row["id"] for row in found])})
                await self._rows.insert_many([{**row, "phone_number": stand_in(row["phone_number"])} for row in found])
        return erased

    async def of(self, campaign: Campaign) -> AsyncIterator[dict[str, Any]]:
        where = {"tenant_id": campaign.tenant_id, "campaign_id": campaign.id}
        async for row in documents(self._rows, where):
            yield {name: row[name] for name in ("recipient_id", "phone_number", "message_id")}


def _row(tenant_id: str, campaign_id: str, message_id: str, phone_number: str) -> dict[str, Any]:
    return {
        "id": f"{tenant_id}|{message_id}",
        "tenant_id": tenant_id,
        "campaign_id": campaign_id,
        "recipient_id": recipient_id(campaign_id, phone_number),
        "phone_number": phone_number,
        "message_id": message_id,
    }
