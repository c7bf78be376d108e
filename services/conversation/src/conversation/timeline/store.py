"""The collection of filed timeline entries."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime

from conversation.timeline.domain.entry import TIMELINE, TimelineEntry
from shared.database.paging import pages
from shared.database.protocol import Collection, CollectionSpec, In, Range, Sort

TIMELINE_SPEC = CollectionSpec(
    TIMELINE,
    {"tenant_id": "str", "contact_id": "str", "conversation_id": "str", "at": "datetime"},
    (("tenant_id", "conversation_id", "at"), ("tenant_id", "contact_id", "at"), ("tenant_id", "at")),
)


class TimelineEntries:
    """Entries of conversations and contacts, as decisions of threads filed them."""

    def __init__(self, records: Collection) -> None:
        self.records = records

    async def get(self, tenant_id: str, id: str) -> TimelineEntry | None:
        document = await self.records.get(id)
        return TimelineEntry.read(document) if document and document["tenant_id"] == tenant_id else None

    async def forget(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        """Delete entries from before this moment: notes are words, and changes name people."""
        async for page in pages(self.records, {"tenant_id": tenant_id, "at": Range(lt=before)}, Sort("at")):
            yield await self.records.delete({"id": In([one["id"] for one in page])})
