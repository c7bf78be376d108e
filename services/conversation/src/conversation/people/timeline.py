"""A contact's timeline over all channels: messages, activities, consent, notes and changes, newest first.

Nothing is copied for it. Each collection is read along its own index from one position, and the pages are merged: all
are in the same order, by time and then by id, so the position of the last row shown is where each goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conversation.activities.domain.activity import values_of
from conversation.domain.thread.model import conversation_id
from conversation.inbox.listing import PageRequest
from conversation.people.domain import timeline_items as items
from conversation.people.domain.contact import Contact
from conversation.people.domain.timeline_position import position_of, text_of
from conversation.store import Threads
from shared.database.cursor import encode_cursor
from shared.database.protocol import Collection, Document, In, Page, Sort
from shared.http.paging import listing

Wire = dict[str, Any]
AT_ONCE = 1000
"""Conversations asked for in one read: SQLite binds at most 32,766 values."""
_NEWEST_FIRST = Sort("at", descending=True)


@dataclass(frozen=True)
class Source:
    """Some rows of one collection; each has `at` and `id`."""

    records: Collection
    where: dict[str, Any]
    item: Callable[[Document], Wire]


@dataclass(frozen=True)
class TimelineRecords:
    messages: Collection
    activities: Collection
    consent: Collection
    entries: Collection


class ContactTimeline:
    def __init__(self, records: TimelineRecords, threads: Threads) -> None:
        self._records = records
        self._threads = threads

    async def page(self, contact: Contact, wanted: PageRequest) -> dict[str, Any]:
        """Raises `Invalid("bad_cursor")`."""
        position = position_of(wanted.cursor) if wanted.cursor else None
        sources = await self._sources(contact)
        pages = await asyncio.gather(*(_read(source, position, wanted.limit) for source in sources))
        found: dict[str, tuple[datetime, str, Source, Document]] = {}
        for source, page in zip(sources, pages, strict=True):
            for row in page.items:
                found.setdefault(row["id"], (row["at"], row["id"], source, row))  # under two identifiers: once
        rows = sorted(found.values(), key=lambda one: one[:2], reverse=True)
        shown = rows[: wanted.limit]
        more = len(rows) > len(shown) or any(page.next_cursor for page in pages)
        cursor = text_of(shown[-1][0], shown[-1][1]) if more and shown else None
        return listing([source.item(row) for _, _, source, row in shown], cursor)

    async def _sources(self, contact: Contact) -> list[Source]:
        mine = {"tenant_id": contact.tenant_id}
        conversations = [*await self._conversations(contact), *contact.ids]  # its own id: entries of the contact itself
        sources = [
            Source(self._records.activities, {**mine, field: In(values)}, items.activity)
            for field, values in values_of(contact.held).items()
        ]
        if contact.phone_numbers:
            sources.append(Source(self._records.consent, {**mine, "contact": In(contact.phone_numbers)}, items.consent))
        for start in range(0, len(conversations), AT_ONCE):
            where = {**mine, "conversation_id": In(conversations[start : start + AT_ONCE])}
            sources += [
                Source(self._records.messages, where, items.message),
                Source(self._records.entries, where, items.entry),
            ]
        return sources

    async def _conversations(self, contact: Contact) -> list[str]:
        """Of all threads of the contact's numbers, also those that the threads no longer hold."""
        ids: list[str] = []
        leading = (*contact.ids, contact.was_in) if contact.was_in else contact.ids
        async for thread in self._threads.of_contact(contact.tenant_id, leading):
            if thread.contact in contact.phone_numbers:
                ids += [conversation_id(thread.id, ordinal) for ordinal in range(1, thread.periods + 1)]
        return ids


async def _read(source: Source, position: tuple[datetime, str] | None, limit: int) -> Page:
    cursor = None
    if position is not None:
        last = {"at": position[0], "id": position[1]}
        cursor = encode_cursor(source.records.spec, source.where, _NEWEST_FIRST, last)
    return await source.records.find(source.where, sort=_NEWEST_FIRST, limit=limit, cursor=cursor)
