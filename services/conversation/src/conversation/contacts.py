"""Contacts: one record per tenant and number, changed by revision.

A thread keeps a copy of the card for its decisions. After a change the record is due (`spread_at`) until every thread
has the new card.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from conversation.domain.thread.model import Card, contact_id
from conversation.domain.thread.search_terms import terms_of
from shared.database.protocol import Collection, Document
from shared.errors import Conflict, NotFound
from shared.service.alarm import Alarm

RACES = 10


class Contacts:
    def __init__(self, records: Collection, spreading: Alarm) -> None:
        self.records = records
        self._spreading = spreading

    async def card(self, tenant_id: str, phone_number: str) -> Card:
        """The contact's card; a blank one for an unknown contact."""
        document = await self.records.get(contact_id(tenant_id, phone_number))
        return (
            card_of(document) if document else Card(id=contact_id(tenant_id, phone_number), phone_number=phone_number)
        )

    async def get(self, tenant_id: str, id: str) -> Document:
        document = await self.records.get(id)
        if document is None or document["tenant_id"] != tenant_id:
            raise NotFound("not_found", "no contact has this id")
        return document

    async def fill(self, tenant_id: str, phone_number: str, known: dict[str, str | None], now: datetime) -> Card | None:
        """Create the contact if needed and fill in unknown fields; known ones stay. Returns None without hints."""
        hints = {key: value for key, value in known.items() if value}
        if not hints:
            return None
        id = contact_id(tenant_id, phone_number)
        for _ in range(RACES):
            document = await self.records.get(id) or _blank(tenant_id, id, phone_number)
            news = {key: value for key, value in hints.items() if not document[key]}
            if not news:
                return card_of(document)
            await self._save(document, news, now)
        raise Conflict("conflict", "too many requests are changing this contact; try again")

    async def change(self, tenant_id: str, id: str, changes: dict[str, Any], now: datetime) -> Document:
        for _ in range(RACES):
            document = await self.get(tenant_id, id)
            if await self._save(document, changes, now):
                return {**document, **changes}
        raise Conflict("conflict", "too many requests are changing this contact; try again")

    async def spread_done(self, document: Document) -> None:
        """Every thread has this revision now. A newer revision stays due."""
        await self.records.put({**document, "revision": document["revision"] + 1, "spread_at": None})

    async def _save(self, document: Document, changes: dict[str, Any], now: datetime) -> bool:
        changed = {**document, **changes, "revision": document["revision"] + 1, "spread_at": now}
        changed["terms"] = terms_of(card_of(changed), "")
        saved = await self.records.put(changed)
        self._spreading.ring()
        return saved


def card_of(document: Document) -> Card:
    return Card(
        id=document["id"],
        phone_number=document["phone_number"],
        name=document["name"],
        company=document["company"],
        facts=tuple((key, value) for key, value in document["facts"]),
        revision=document["revision"],
    )


def _blank(tenant_id: str, id: str, phone_number: str) -> Document:
    return {
        "id": id, "revision": 0, "tenant_id": tenant_id, "phone_number": phone_number, "name": None, "company": None,
        "facts": [], "terms": [], "spread_at": None,
    }  # fmt: skip
