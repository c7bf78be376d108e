"""What customers did by voice, chat and e-mail: kept as told, found by whom it concerns."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime

from conversation.domain.thread.model import contact_id
from shared.database.protocol import Collection, In, Range, Sort
from shared.events import ContactActivity, Event
from shared.ids import derived_id
from shared.service.retention import pages_of

SHOWN = 5
LONGEST = 300


class Activities:
    def __init__(self, records: Collection) -> None:
        self._records = records

    async def keep(self, event: Event[ContactActivity]) -> None:
        """Filing it again changes nothing."""
        told = event.data
        known = contact_id(event.tenant_id, told.phone_number) if told.phone_number else None
        document = {
            "id": derived_id("act", event.tenant_id, event.source, told.activity_id),
            "revision": 1,
            "tenant_id": event.tenant_id,
            "contact_id": known,
            **told.model_dump(include={"channel", "at", "phone_number", "external_id", "name", "summary", "link"}),
            "email": told.email.casefold() if told.email else None,
        }
        await self._records.put(document)

    async def forget(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        """Remove what was done before this moment; yields how many after each page."""
        async for page in pages_of(self._records, {"tenant_id": tenant_id, "at": Range(lt=before)}, "at"):
            yield await self._records.delete({"id": In([one["id"] for one in page])})

    async def lately(self, tenant_id: str, phone_number: str) -> tuple[str, ...]:
        """The latest activities, one line each, oldest first."""
        where = {"tenant_id": tenant_id, "phone_number": phone_number}
        page = await self._records.find(where, sort=Sort("at", descending=True), limit=SHOWN)
        return tuple(_line(document) for document in reversed(page.items))


def _line(document: dict[str, object]) -> str:
    when = f"{document['at']:%Y-%m-%d %H:%M} UTC"
    return f"{when}, {document['channel']}: {str(document['summary'])[:LONGEST]}"
