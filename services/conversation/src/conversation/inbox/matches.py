"""Shows for each hit where it was found: the newest text that has most of what was asked, or else the contact."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from conversation.domain.search.highlight import holds, holds_all, snippet
from conversation.domain.search.query import Part
from conversation.inbox.search import NEWEST_FIRST
from conversation.people.domain.search import searched
from conversation.people.store import contact_of
from shared.database.protocol import Collection, Document, HasTerms, In

Match = dict[str, Any]
_ROUNDS = 2
_PER_CONVERSATION = 3
"""Hits read for each conversation of a page at once; a conversation with more may crowd out others, which follow."""


class Matches:
    def __init__(self, messages: Collection, contacts: Collection) -> None:
        self._messages = messages
        self._contacts = contacts

    async def of(self, tenant_id: str, records: Sequence[Document], parts: Sequence[Part]) -> dict[str, Match]:
        """By conversation. One whose text was deleted meanwhile has none."""
        found = {record["id"]: match for record in records if (match := _in_last_message(record, parts))}
        for some in _attempts(parts):
            missing = [record["id"] for record in records if record["id"] not in found]
            for id, message in (await self._newest(tenant_id, missing, some)).items():
                found[id] = _in_message(message, parts)
        rest = [record for record in records if record["id"] not in found]
        return found | await self._in_contacts(rest, parts)

    async def _newest(self, tenant_id: str, ids: list[str], parts: Sequence[Part]) -> dict[str, Document]:
        """The newest text of each that has all these parts."""
        where = {"tenant_id": tenant_id, "terms": HasTerms([term for part in parts for term in part.terms])}
        newest: dict[str, Document] = {}
        missing = ids
        for _ in range(_ROUNDS):
            if not missing:
                return newest
            limit = _PER_CONVERSATION * len(missing)
            page = await self._messages.find({**where, "conversation_id": In(missing)}, sort=NEWEST_FIRST, limit=limit)
            for one in page.items:
                if _has_exactly(one, parts):
                    newest.setdefault(one["conversation_id"], one)
            if page.next_cursor is None:
                return newest
            missing = [id for id in missing if id not in newest]
        pages = await asyncio.gather(
            *(self._messages.find({**where, "conversation_id": id}, sort=NEWEST_FIRST, limit=10) for id in missing)
        )
        for page in pages:
            for one in page.items:
                if _has_exactly(one, parts):
                    newest.setdefault(one["conversation_id"], one)
        return newest

    async def _in_contacts(self, records: Sequence[Document], parts: Sequence[Part]) -> dict[str, Match]:
        ids = sorted({record["contact_id"] for record in records})
        if not ids:
            return {}
        page = await self._contacts.find({"id": In(ids)}, limit=len(ids))
        by_id = {one["id"]: _in_contact(one, parts) for one in page.items}
        return {record["id"]: by_id[record["contact_id"]] for record in records if record["contact_id"] in by_id}


def _attempts(parts: Sequence[Part]) -> list[tuple[Part, ...]]:
    """All of them in one text is best, then each by itself."""
    alone = [(part,) for part in parts]
    return [tuple(parts), *alone] if len(parts) > 1 else alone


def _has_exactly(record: Document, parts: Sequence[Part]) -> bool:
    return all(holds(_text(record), part) for part in parts if part.is_exact)


def _in_last_message(conversation: Document, parts: Sequence[Part]) -> Match | None:
    """The list has its beginning already; often it is the one."""
    last = conversation["conversation"]["last_message"]
    if last is None or not holds_all(last["text"], parts):
        return None
    shown = snippet(last["text"], parts)
    return _match(last["id"], last["created_at"], shown.text, shown.highlights)


def _in_message(record: Document, parts: Sequence[Part]) -> Match:
    shown = snippet(_text(record), parts)
    return _match(record["id"], record["at"], shown.text, shown.highlights)


def _in_contact(record: Document, parts: Sequence[Part]) -> Match:
    """The value that has most of what was asked."""
    values = searched(contact_of(record)) or ("",)
    shown = max((snippet(value, parts, prefix_from=1) for value in values), key=lambda one: len(one.highlights))
    return _match(None, None, shown.text, shown.highlights)


def _match(message_id: str | None, at: Any, text: str, highlights: Sequence[tuple[int, int]]) -> Match:
    spans = [{"start": start, "end": end} for start, end in highlights]
    return {"message_id": message_id, "at": at, "snippet": text, "highlights": spans}


def _text(record: Document) -> str:
    return record["message"].get("text", "")
