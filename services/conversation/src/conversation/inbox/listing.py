"""Pages of the list, latest activity first.

A cursor is a place in that order: the last conversation looked at. What was there and did not change is neither skipped
nor repeated, whatever arrives in between. A conversation that moves to the top while somebody pages is not on later
pages, unless it was on one before; a fresh list and live updates show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conversation.inbox.filters import Selection
from conversation.inbox.matches import Match, Matches
from conversation.inbox.search import Plan, Search
from conversation.people.store import CONTACT_SPEC
from conversation.store import CONVERSATION_SPEC, MESSAGE_SPEC
from shared.database.cursor import decode_cursor, encode_cursor
from shared.database.protocol import Collection, Database, Document, HasTerms, In, Sort

LATEST_FIRST = Sort("last_activity_at", descending=True)
MOST_LOOKED_AT = 2_000
"""Conversations that one page looks at. If too few of them pass, the page is short and the cursor goes on."""
_MOST_AT_ONCE = 200
_PLACE = {"tenant_id": ""}
"""A cursor fits every filter and plan: it names a place in the order of all conversations."""


@dataclass(frozen=True)
class PageRequest:
    limit: int
    cursor: str | None


@dataclass(frozen=True)
class InboxPage:
    records: list[Document]
    next_cursor: str | None
    matches: dict[str, Match]


_NOTHING = InboxPage([], None, {})


class Inbox:
    def __init__(self, database: Database) -> None:
        self._conversations: Collection = database.collection(CONVERSATION_SPEC)
        messages, contacts = database.collection(MESSAGE_SPEC), database.collection(CONTACT_SPEC)
        self._search = Search(self._conversations, messages, contacts)
        self._matches = Matches(messages, contacts)

    async def page(self, tenant_id: str, selection: Selection, wanted: PageRequest) -> InboxPage:
        """Raises `Invalid("bad_cursor")`."""
        place = _place_of(wanted.cursor)
        if selection.is_nothing:
            return _NOTHING
        plan = await self._search.plan(tenant_id, selection.parts) if selection.parts else Plan(None, ())
        if plan.ids is not None and not plan.ids:
            return _NOTHING
        records, next_cursor = await _Walk(self._conversations, self._search, tenant_id, selection, plan).page(
            wanted.limit, place
        )
        matches = await self._matches.of(tenant_id, records, selection.parts) if selection.parts else {}
        return InboxPage(records, next_cursor, matches)


@dataclass(frozen=True)
class _Walk:
    """Along the list, some hundred conversations at a time, until a page is full."""

    conversations: Collection
    search: Search
    tenant_id: str
    selection: Selection
    plan: Plan

    async def page(self, limit: int, place: Document | None) -> tuple[list[Document], str | None]:
        looks_closer = bool(self.selection.keeps or self.plan.checked)
        size = min(_MOST_AT_ONCE, 2 * limit) if looks_closer else limit
        found: list[Document] = []
        looked_at = 0
        while True:
            records, place = await self._next(min(size, MOST_LOOKED_AT - looked_at), place)
            looked_at += len(records)
            found += await self._passing(records)
            if len(found) > limit:
                return found[:limit], _cursor(found[limit - 1])
            if place is None or len(found) == limit or looked_at >= MOST_LOOKED_AT:
                return found, _cursor(place) if place else None
            size = _MOST_AT_ONCE

    async def _next(self, size: int, place: Document | None) -> tuple[list[Document], Document | None]:
        """The next ones, and the last of them if others follow."""
        where = self._where()
        cursor = encode_cursor(CONVERSATION_SPEC, where, LATEST_FIRST, place) if place else None
        page = await self.conversations.find(where, sort=LATEST_FIRST, limit=size, cursor=cursor)
        return page.items, page.items[-1] if page.next_cursor else None

    async def _passing(self, records: list[Document]) -> list[Document]:
        kept = [record for record in records if self.selection.takes(record)]
        return await self.search.passing(self.tenant_id, kept, self.plan)

    def _where(self) -> dict[str, Any]:
        where: dict[str, Any] = {"tenant_id": self.tenant_id}
        if self.selection.facets:
            where["facets"] = HasTerms(self.selection.facets)
        if self.plan.ids is not None:
            where["id"] = In(self.plan.ids)
        return where


def _cursor(last: Document) -> str:
    return encode_cursor(CONVERSATION_SPEC, _PLACE, LATEST_FIRST, last)


def _place_of(cursor: str | None) -> Document | None:
    if not cursor:
        return None
    position = decode_cursor(CONVERSATION_SPEC, _PLACE, LATEST_FIRST, cursor)
    return {LATEST_FIRST.field: position.values[0], "id": position.id}
