"""The records of contacts, found by id or by identifier. Every change is one save by revision.

After a change the record is due (`spread_at`) until its identifiers are claimed, a merge under way is finished, every
thread has the new card and `contact.changed` is published, where it `announces`. Names that come with a text are not
announced: a campaign of 100,000 would tell campaigns 100,000 times what it has said itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from conversation.domain.contact_fields import with_fields
from conversation.domain.thread.model import Card, contact_id
from conversation.people.domain.contact import NOBODY, Contact, card_of, empty_record
from conversation.people.domain.identifiers import Identifier, claim_id
from conversation.people.domain.search import label_terms_of, terms_of_contact
from shared.database.protocol import Collection, CollectionSpec, Document, In
from shared.errors import Conflict, NotFound
from shared.service.alarm import Alarm

RACES = 10
MOST_STEPS = 100
"""From a record to the contact that answers for it: as many merges as one contact may hold, and more."""
CONTACT_SPEC = CollectionSpec(
    "contacts",
    {
        "tenant_id": "str",
        "phone_number": "str",
        "stands_for": "str",
        "terms": "terms",
        "label_terms": "terms",
        "spread_at": "datetime",
    },
    (
        ("tenant_id", "stands_for"),
        ("tenant_id", "stands_for", "terms"),
        ("tenant_id", "stands_for", "label_terms"),
        ("spread_at",),
    ),
)
CLAIM_SPEC = CollectionSpec("contact_claims", {"tenant_id": "str", "contact_id": "str"}, (("tenant_id", "contact_id"),))
Decide = Callable[[Contact], Contact | None]


class People:
    def __init__(self, records: Collection, claims: Collection, spreading: Alarm) -> None:
        self.records = records
        self.claims = claims
        """Of e-mail addresses and external ids: `{id, revision, tenant_id, contact_id, token}`."""
        self._spreading = spreading

    async def get(self, tenant_id: str, id: str) -> Contact:
        """The contact of this id, or the one it was merged into. Raises `NotFound`, for another tenant's too."""
        contact = await self._answering(await self._record(id))
        if contact is None or contact.tenant_id != tenant_id:
            raise NotFound("not_found", "no contact has this id")
        return contact

    async def by_number(self, tenant_id: str, phone_number: str) -> Contact | None:
        return await self._answering(await self._record(contact_id(tenant_id, phone_number)))

    async def by_identifier(self, tenant_id: str, identifier: Identifier) -> Contact | None:
        """The contact that has this identifier, in its one spelling (`email_value`, `external_value`, E.164)."""
        if identifier.kind == "phone":
            return await self.by_number(tenant_id, identifier.value)
        claim = await self.claims.get(claim_id(tenant_id, identifier))
        if claim is None or not claim["contact_id"]:
            return None
        found = await self._answering(await self._record(claim["contact_id"]))
        return found if found and identifier.value in found.values(identifier.kind) else None

    async def card(self, tenant_id: str, phone_number: str) -> Card:
        """The card for a thread of this number; a blank one for an unknown contact."""
        id = contact_id(tenant_id, phone_number)
        record = await self._record(id)
        contact = await self._answering(record)
        if contact is None:
            return Card(id=id, phone_number=phone_number, revision=record.revision if record else 0)
        return card_of(contact, phone_number)

    async def fill(self, tenant_id: str, phone_number: str, known: dict[str, str | None], now: datetime) -> Card | None:
        """Create the contact if needed and fill in unknown fields; known ones stay. Returns None without hints."""
        hints = {key: value for key, value in known.items() if value}
        if not hints:
            return None
        for _ in range(RACES):
            contact = await self._of_number(tenant_id, phone_number, now)
            news = {key: value for key, value in hints.items() if not getattr(contact, key)}
            if not news:
                return card_of(contact, phone_number)
            await self.save(contact.but(**news), now)
        raise too_many_changes()

    async def change(self, tenant_id: str, id: str, decide: Decide, now: datetime) -> Contact:
        """Change the contact as `decide` says of its present record, and announce it. None: it is so already."""
        for _ in range(RACES):
            contact = await self.get(tenant_id, id)
            changed = decide(contact)
            if changed is None:
                return contact
            if saved := await self.save(changed.but(announces=True), now):
                return saved
        raise too_many_changes()

    async def set_fields(
        self, tenant_id: str, phone_number: str, fields: Mapping[str, str | None], at: datetime, now: datetime
    ) -> None:
        """Values of that moment, whether the contact is known or not; newer ones stay. Announced if it changes any."""
        for _ in range(RACES):
            contact = await self._of_number(tenant_id, phone_number, now)
            rows = with_fields(contact.fields, fields, at)
            if rows == contact.fields or await self.save(contact.but(fields=rows, announces=True), now):
                return
        raise too_many_changes()

    async def save(self, contact: Contact, now: datetime) -> Contact | None:
        """Save it as the next revision of the record that was read; None if it has changed meanwhile."""
        saved = contact.but(revision=contact.revision + 1, spread_at=now)
        if not await self.records.put(document_of(saved)):
            return None
        self._spreading.ring()
        return saved

    async def begin_again(self, tenant_id: str, phone_number: str, now: datetime) -> Card:
        """The card of somebody who was erased and is back: a new, blank contact, unless it has begun already."""
        for _ in range(RACES):
            contact = await self.by_number(tenant_id, phone_number)
            if contact is not None:
                return card_of(contact, phone_number)
            await self.save(await self._of_number(tenant_id, phone_number, now), now)
        raise too_many_changes()

    async def spread_done(self, contact: Contact) -> None:
        """Every thread has this revision now. A newer revision stays due."""
        done = contact.but(revision=contact.revision + 1, spread_at=None, announces=False)
        await self.records.put(document_of(done))

    async def erase_documents(self, contact: Contact) -> None:
        """Empty every record that leads to the contact, and delete the claims of its identifiers. The ids and revisions
        stay, so that nothing that comes late brings a person back; a new text from a number begins a new contact."""
        revision = contact.revision
        for id in contact.ids:
            record = await self._record(id)
            if record is not None and record.tenant_id == contact.tenant_id:
                revision = max(revision, record.revision) + 1
                await self.records.put(document_of(empty_record(record, revision)))
        await self.claims.delete({"tenant_id": contact.tenant_id, "contact_id": In(contact.ids)})

    async def _of_number(self, tenant_id: str, phone_number: str, now: datetime) -> Contact:
        """The number's contact; a blank one that is not saved yet if there is none. Of somebody who was erased it goes
        on from the revision of the empty record."""
        record = await self._record(contact_id(tenant_id, phone_number))
        return await self._answering(record) or Contact(
            id=contact_id(tenant_id, phone_number), tenant_id=tenant_id, phone_number=phone_number, created_at=now,
            revision=record.revision if record else 0,
        )  # fmt: skip

    async def _record(self, id: str) -> Contact | None:
        document = await self.records.get(id)
        return contact_of(document) if document else None

    async def _answering(self, record: Contact | None) -> Contact | None:
        """The contact that answers for this record; None if nobody does."""
        for _ in range(MOST_STEPS):
            if record is None or record.stands_for is None:
                return record
            if record.stands_for == NOBODY:
                return None
            record = await self._record(record.stands_for)
        return None


def contact_of(document: Document) -> Contact:
    return Contact.read(document)


def document_of(contact: Contact) -> Document:
    return {
        **contact.plain(),
        "terms": terms_of_contact(contact),
        "label_terms": label_terms_of(contact),
    }


def too_many_changes() -> Conflict:
    return Conflict("conflict", "too many requests are changing this contact; try again")
