"""What conversation itself keeps of a person, section by section, a page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conversation.activities.domain.activity import values_of
from conversation.domain.thread.model import Message
from conversation.domain.thread.wire import message_wire
from conversation.people.domain.contact import Contact
from conversation.queries import Queries
from conversation.resources import Resources
from conversation.timeline.domain.entry import TimelineEntry
from shared.database.paging import documents
from shared.database.protocol import Collection, In, Sort

Rows = AsyncIterator[dict[str, Any]]


@dataclass(frozen=True)
class OwnSections:
    resources: Resources
    queries: Queries
    conversations: Collection
    messages: Collection

    def of(self, contact: Contact) -> Mapping[str, Callable[[], Rows]]:
        return {
            "consent_entries": lambda: self._consent(contact),
            "conversations": lambda: self._conversations(contact),
            "messages": lambda: self._messages(contact),
            "activities": lambda: self._activities(contact),
            "timeline": lambda: self._timeline(contact),
        }

    async def _consent(self, contact: Contact) -> Rows:
        for number in contact.phone_numbers:
            for row in await self.queries.consent_entries(contact.tenant_id, number):
                yield _without(row, "revision", "tenant_id")

    async def _conversation_ids(self, contact: Contact) -> AsyncIterator[str]:
        """Of the threads of the contact's numbers. Another's may have its card until an unmerge has reached them."""
        leading = (*contact.ids, contact.was_in) if contact.was_in else contact.ids
        async for thread in self.resources.threads.of_contact(contact.tenant_id, leading):
            if thread.contact in contact.phone_numbers:
                for conversation in thread.every_conversation_id():
                    yield conversation

    async def _conversations(self, contact: Contact) -> Rows:
        async for id in self._conversation_ids(contact):
            record = await self.conversations.get(id)
            if record is not None:
                yield record["conversation"]

    async def _messages(self, contact: Contact) -> Rows:
        """With the addresses of their pictures and files."""
        async for id in self._conversation_ids(contact):
            where = {"tenant_id": contact.tenant_id, "conversation_id": id}
            async for row in documents(self.messages, where, Sort("at")):
                if "message" in row:
                    yield message_wire(Message.read(row["message"]))

    async def _activities(self, contact: Contact) -> Rows:
        seen: set[str] = set()
        for field, values in values_of(contact.held).items():
            where = {"tenant_id": contact.tenant_id, field: In(values)}
            async for row in documents(self.resources.activities.records, where, Sort("at")):
                if row["id"] not in seen:
                    seen.add(row["id"])
                    yield _without(row, "revision", "tenant_id")

    async def _timeline(self, contact: Contact) -> Rows:
        """By conversation, because one that was merged for a time has entries under another contact's id. The
        contact's own entries stand under its own."""
        async for id in self._timelines(contact):
            where = {"tenant_id": contact.tenant_id, "conversation_id": id}
            async for row in documents(self.resources.timeline.records, where, Sort("at")):
                yield TimelineEntry.read(row).plain(without=["tenant_id", "revision", "digest"])

    async def _timelines(self, contact: Contact) -> AsyncIterator[str]:
        for id in contact.ids:
            yield id
        async for id in self._conversation_ids(contact):
            yield id


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
