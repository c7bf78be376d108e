"""Customers' activities on other channels (voice, chat, e-mail), as other systems reported them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime

from conversation.domain.assistant.snapshot_budget import cut
from conversation.domain.thread.model import contact_id
from shared.database.paging import pages
from shared.database.protocol import Collection, In, Range, Sort
from shared.events import ContactActivity, Event
from shared.ids import derived_id

SHOWN = 5
LONGEST_BYTES = 1200
"""Of a summary: 300 characters of four bytes."""


class Activities:
    def __init__(self, records: Collection) -> None:
        self._records = records

    async def keep(self, event: Event[ContactActivity]) -> None:
        """File an activity. Filing it again changes nothing."""
        activity = event.data
        known = contact_id(event.tenant_id, activity.phone_number) if activity.phone_number else None
        document = {
            "id": derived_id("act", event.tenant_id, event.source, activity.activity_id),
            "revision": 1,
            "tenant_id": event.tenant_id,
            "contact_id": known,
            **activity.plain(without=["activity_id", "email"]),
            "email": activity.email.casefold() if activity.email else None,
        }
        await self._records.put(document)

    async def forget(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        """Delete activities from before this moment. Yields the number deleted after each page."""
        async for page in pages(self._records, {"tenant_id": tenant_id, "at": Range(lt=before)}, Sort("at")):
            yield await self._records.delete({"id": In([one["id"] for one in page])})

    async def latest(self, tenant_id: str, phone_number: str) -> tuple[str, ...]:
        """The latest activities, one line each, oldest first."""
        where = {"tenant_id": tenant_id, "phone_number": phone_number}
        page = await self._records.find(where, sort=Sort("at", descending=True), limit=SHOWN)
        return tuple(_line(document) for document in reversed(page.items))


def _line(document: dict[str, object]) -> str:
    when = f"{document['at']:%Y-%m-%d %H:%M} UTC"
    return f"{when}, {document['channel']}: {cut(str(document['summary']), LONGEST_BYTES)}"
