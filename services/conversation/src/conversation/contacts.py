"""Contacts: one record per tenant and number, changed by revision.

A thread keeps a copy of the card for its decisions. After a change the record is due (`spread_at`) until every thread
has the new card and `contact.changed` is published, where it `announces`. Names that come with a text are not
announced: a campaign of 100,000 would tell campaigns 100,000 times what it has said itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from conversation.domain.contact_fields import pairs_of, with_fields
from conversation.domain.thread.model import Card, contact_id
from conversation.domain.thread.search_terms import terms_of
from shared.database.protocol import Collection, Document
from shared.errors import Conflict, NotFound
from shared.events import ContactChanged
from shared.service.alarm import Alarm

RACES = 10
Changes = Mapping[str, Any]


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
        raise _too_many_changes()

    async def change(self, tenant_id: str, id: str, decide: Callable[[Document], Changes], now: datetime) -> None:
        """Change the contact as `decide` says of its present record, and announce it."""
        for _ in range(RACES):
            document = await self.get(tenant_id, id)
            if await self._save(document, {**decide(document), "announces": True}, now):
                return
        raise _too_many_changes()

    async def set_fields(
        self, tenant_id: str, phone_number: str, fields: Mapping[str, str | None], at: datetime, now: datetime
    ) -> None:
        """Values of that moment, whether the contact is known or not; newer ones stay. Announced if it changes any."""
        id = contact_id(tenant_id, phone_number)
        for _ in range(RACES):
            document = await self.records.get(id) or _blank(tenant_id, id, phone_number)
            rows = with_fields(fields_of(document), fields, at)
            unchanged = rows == fields_of(document)
            if unchanged or await self._save(document, {"fields": rows, "announces": True}, now):
                return
        raise _too_many_changes()

    async def spread_done(self, document: Document) -> None:
        """Every thread has this revision now. A newer revision stays due."""
        done = {"revision": document["revision"] + 1, "spread_at": None, "announces": False}
        await self.records.put({**document, **done})

    async def _save(self, document: Document, changes: Changes, now: datetime) -> bool:
        changed = {**document, **changes, "revision": document["revision"] + 1, "spread_at": now}
        changed["terms"] = terms_of(card_of(changed), "")
        changed["label_terms"] = [label.casefold() for label in labels_of(changed)]
        saved = await self.records.put(changed)
        self._spreading.ring()
        return saved


def card_of(document: Document) -> Card:
    """What a thread has to know. The assistant reads the fields as facts."""
    facts = dict(document["facts"]) | dict(pairs_of(fields_of(document)))
    return Card(
        id=document["id"],
        phone_number=document["phone_number"],
        name=document["name"],
        company=document["company"],
        facts=tuple(facts.items()),
        revision=document["revision"],
    )


def changed_event(document: Document) -> ContactChanged:
    return ContactChanged(
        contact_id=document["id"],
        revision=document["revision"],
        phone_numbers=(document["phone_number"],),
        name=document["name"],
        company=document["company"],
        timezone=document.get("timezone"),
        fields=tuple(pairs_of(fields_of(document))),
        labels=tuple(labels_of(document)),
    )


def fields_of(document: Document) -> list[list[Any]]:
    return document.get("fields") or []  # a record of an earlier version has none


def labels_of(document: Document) -> list[str]:
    return document.get("labels") or []


def _blank(tenant_id: str, id: str, phone_number: str) -> Document:
    return {
        "id": id, "revision": 0, "tenant_id": tenant_id, "phone_number": phone_number, "name": None, "company": None,
        "facts": [], "timezone": None, "fields": [], "labels": [], "terms": [], "label_terms": [], "spread_at": None,
    }  # fmt: skip


def _too_many_changes() -> Conflict:
    return Conflict("conflict", "too many requests are changing this contact; try again")
