"""Which conversations have every part of a query, in their messages or their contact.

At most 2,000 hits of each part are counted. Parts that have fewer leave a known set of conversations, whatever else
is asked. What more have is common, so it is checked in the conversations that the list passes anyway, some hundred at a
time. So a rare word costs its hits, and a word in every message costs one page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from conversation.domain.search.highlight import holds
from conversation.domain.search.query import Part
from conversation.people.domain.search import searched
from conversation.people.store import contact_of
from shared.database.protocol import Collection, Document, HasTerms, In, Sort

MOST_HITS = 2_000
"""About as many conversations have to be looked at for a page of what is one hit more frequent in 100,000."""
MOST_TEXTS = 2_000
"""Read for a quoted phrase in some hundred conversations: what contains its words."""
NEWEST_FIRST = Sort("at", descending=True)


@dataclass(frozen=True)
class Places:
    """Where a part was found. None: in too many to list."""

    conversations: frozenset[str] | None
    contacts: frozenset[str] | None


@dataclass(frozen=True)
class Plan:
    ids: tuple[str, ...] | None
    """Only these conversations can have every part; None: any can."""
    checked: tuple[tuple[Part, Places], ...]
    """Parts that each conversation has to be checked for."""


class Search:
    """`contacts`, `conversations` and `messages`: the filed records."""

    def __init__(self, conversations: Collection, messages: Collection, contacts: Collection) -> None:
        self._conversations = conversations
        self._messages = messages
        self._contacts = contacts

    async def plan(self, tenant_id: str, parts: Sequence[Part]) -> Plan:
        places = await asyncio.gather(*(self._places(tenant_id, part) for part in parts))
        known = await asyncio.gather(*(self._conversations_of(tenant_id, one) for one in places))
        complete = [ids for ids in known if ids is not None]
        checked = [
            (part, one) for part, one, ids in zip(parts, places, known, strict=True) if ids is None or part.is_exact
        ]
        ids = tuple(sorted(complete[0].intersection(*complete[1:]))) if complete else None
        return Plan(ids, tuple(checked))

    async def passing(self, tenant_id: str, records: list[Document], plan: Plan) -> list[Document]:
        """Those of these conversations that have the parts that need a check."""
        for part, places in plan.checked:
            if records:
                found = await self._having(tenant_id, records, part, places)
                records = [record for record in records if record["id"] in found]
        return records

    async def _places(self, tenant_id: str, part: Part) -> Places:
        asked = HasTerms(part.terms)
        of_contacts = {"tenant_id": tenant_id, "stands_for": None, "terms": asked}
        conversations, contacts = await asyncio.gather(
            self._messages.count_few_by({"tenant_id": tenant_id, "terms": asked}, "conversation_id", MOST_HITS),
            self._contacts.count_few_by(of_contacts, "id", MOST_HITS),
        )
        return Places(_names(conversations), _names(contacts))

    async def _conversations_of(self, tenant_id: str, places: Places) -> frozenset[str] | None:
        if places.conversations is None or places.contacts is None:
            return None
        if not places.contacts:
            return places.conversations
        mine = {"tenant_id": tenant_id, "contact_id": In(sorted(places.contacts))}
        more = _names(await self._conversations.count_few_by(mine, "id", MOST_HITS))
        return None if more is None else places.conversations | more

    async def _having(self, tenant_id: str, records: list[Document], part: Part, places: Places) -> set[str]:
        found = await self._by_message(tenant_id, [record["id"] for record in records], part, places)
        others = [record for record in records if record["id"] not in found]
        contacts = await self._by_contact({record["contact_id"] for record in others}, part, places)
        return found | {record["id"] for record in others if record["contact_id"] in contacts}

    async def _by_message(self, tenant_id: str, ids: list[str], part: Part, places: Places) -> set[str]:
        if places.conversations is not None:
            ids = [id for id in ids if id in places.conversations]
            if not part.is_exact:
                return set(ids)
        if not ids:
            return set()
        where: dict[str, Any] = {"tenant_id": tenant_id, "conversation_id": In(ids), "terms": HasTerms(part.terms)}
        if not part.is_exact:
            return set(await self._messages.count_by(where, "conversation_id"))
        page = await self._messages.find(where, sort=NEWEST_FIRST, limit=MOST_TEXTS)
        return {one["conversation_id"] for one in page.items if holds(one["message"].get("text", ""), part)}

    async def _by_contact(self, ids: Iterable[str], part: Part, places: Places) -> set[str]:
        if places.contacts is not None:
            ids = places.contacts.intersection(ids)
            if not part.is_exact:
                return set(ids)
        wanted = sorted(ids)
        if not wanted:
            return set()
        page = await self._contacts.find({"id": In(wanted)}, limit=len(wanted))
        return {one["id"] for one in page.items if _has(one, part)}


def _names(counted: dict[Any, int] | None) -> frozenset[str] | None:
    return None if counted is None else frozenset(counted)


def _has(contact: Document, part: Part) -> bool:
    if not set(part.terms) <= set(contact["terms"]):
        return False
    return not part.is_exact or any(holds(value, part) for value in searched(contact_of(contact)))
