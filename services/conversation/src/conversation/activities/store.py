"""The collection of activities, and the latest of a person for the assistant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime

from conversation.activities.domain.activity import Activity, values_of
from conversation.domain.assistant.snapshot_budget import cut
from conversation.people.domain.identifiers import Identifier
from shared.database.paging import pages
from shared.database.protocol import Collection, CollectionSpec, Document, In, Range, Sort

ACTIVITY_SPEC = CollectionSpec(
    "activities",
    {"tenant_id": "str", "phone_number": "str", "email": "str", "external_id": "str", "at": "datetime"},
    (
        ("tenant_id", "phone_number", "at"),
        ("tenant_id", "email", "at"),
        ("tenant_id", "external_id", "at"),
        ("tenant_id", "at"),
    ),
)
SHOWN = 5
LONGEST_BYTES = 1200
"""Of a summary: 300 characters of four bytes."""
_LATEST_FIRST = Sort("at", descending=True)


class Activities:
    def __init__(self, records: Collection) -> None:
        self.records = records

    async def keep(self, activity: Activity) -> Activity:
        """File an activity and return what is filed: the first report, if this is not it."""
        if await self.records.put(activity.plain()):
            return activity
        document = await self.records.get(activity.id)
        return Activity.read(document) if document else activity

    async def forget(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        """Delete activities from before this moment. Yields the number deleted after each page."""
        async for page in pages(self.records, {"tenant_id": tenant_id, "at": Range(lt=before)}, Sort("at")):
            yield await self.records.delete({"id": In([one["id"] for one in page])})

    async def latest(self, tenant_id: str, phone_number: str, others: Sequence[Identifier] = ()) -> tuple[str, ...]:
        """The person's latest activities under any of these identifiers, one line each, oldest first. If only the
        number is known, this takes one read."""
        known = values_of([Identifier(kind="phone", value=phone_number), *others])
        found = await asyncio.gather(*(self._newest(tenant_id, field, values) for field, values in known.items()))
        by_id = {document["id"]: document for documents in found for document in documents}
        newest = sorted(by_id.values(), key=lambda one: (one["at"], one["id"]))[-SHOWN:]
        return tuple(_line(document) for document in newest)

    async def _newest(self, tenant_id: str, field: str, values: Sequence[str]) -> list[Document]:
        where = {"tenant_id": tenant_id, field: In(values) if values[1:] else values[0]}
        return (await self.records.find(where, sort=_LATEST_FIRST, limit=SHOWN)).items


def _line(document: Document) -> str:
    when = f"{document['at']:%Y-%m-%d %H:%M} UTC"
    return f"{when}, {document['channel']}: {cut(str(document['summary']), LONGEST_BYTES)}"
