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
from conversation.people.domain.contact import Contact, card_of, empty_record, text_born
from conversation.people.domain.identifiers import Identifier, claim_id
from conversation.people.domain.search import label_terms_of, terms_of_contact
from shared.clock import Clock
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
        ("tenant_id", "terms"),
        ("tenant_id", "label_terms"),
        ("spread_at",),
    ),
)
CLAIM_SPEC = CollectionSpec("contact_claims", {"tenant_id": "str", "contact_id": "str"}, (("tenant_id", "contact_id"),))
Decide = Callable[[Contact], Contact | None]


class People:
    def __init__(self, records: Collection, claims: Collection, spreading: Alarm, clock: Clock) -> None:
        self.records = records
        self.claims = claims
        """Of e-mail addresses and external ids: `{id, revision, tenant_id, contact_id, token}`."""
        self._spreading = spreading
        self._clock = clock

    async def get(self, tenant_id: str, id: str) -> Contact:
        """The contact of this id, or the one it was merged into. Raises `NotFound`, for another tenant's too."""
        contact = await self.answering(id)
        if contact is None or contact.tenant_id != tenant_id:
            raise NotFound("not_found", "no contact has this id")
        return contact

    async def by_number(self, tenant_id: str, phone_number: str) -> Contact | None:
        return (await self._at(tenant_id, phone_number))[0]

    async def by_identifier(self, tenant_id: str, identifier: Identifier) -> Contact | None:
        """The contact that has this identifier, in its one spelling (`email_value`, `external_value`, E.164)."""
        if identifier.kind == "phone":
            return await self.by_number(tenant_id, identifier.value)
        claim = await self.claims.get(claim_id(tenant_id, identifier))
        found = await self.answering(claim["contact_id"]) if claim else None
        return found if found and identifier.value in found.values(identifier.kind) else None

    async def card(self, tenant_id: str, phone_number: str) -> Card:
        """The card for a thread of this number; a blank one for an unknown contact."""
        contact, home = await self._at(tenant_id, phone_number)
        if contact is not None:
            return card_of(contact, phone_number)
        if home is None:
            return Card(id=contact_id(tenant_id, phone_number), phone_number=phone_number)
        begun = await self.begun(tenant_id, phone_number)  # the record that a thread files would not replace it
        return card_of(begun, phone_number)

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
        """Values of that moment, whether the contact is known or not; newer ones stay. Announced if it changes any.

        A contact that begins with them is as old as they are: so an erasure that they missed by a moment finds them.
        """
        for _ in range(RACES):
            contact = await self._of_number(tenant_id, phone_number, min(at, now))
            rows = with_fields(contact.fields, fields, at)
            if rows == contact.fields or await self.save(contact.but(fields=rows, announces=True), now):
                return
        raise too_many_changes()

    async def save(self, contact: Contact, now: datetime) -> Contact | None:
        """Save it as the next revision of the record that was read, due for whatever follows from it. None if it has
        changed meanwhile."""
        saved = await self.put(contact.but(spread_at=now))
        if saved is not None:
            self._spreading.ring()
        return saved

    async def put(self, contact: Contact) -> Contact | None:
        """As `save`, and nothing follows."""
        saved = contact.but(revision=contact.revision + 1)
        return saved if await self.records.put(document_of(saved)) else None

    async def begun(self, tenant_id: str, phone_number: str) -> Contact:
        """The number's contact, begun if there is none, also where the number belonged to another contact before."""
        for _ in range(RACES):
            contact, home = await self._at(tenant_id, phone_number)
            if contact is None:
                last = await self.last_of(home)
                told = told_under(home, last) if home else 0
                now = self._clock.now()
                contact = await self.save(text_born(tenant_id, phone_number, now, home, told), now)
            if contact is not None:
                return contact
        raise too_many_changes()

    async def erase_documents(self, contact: Contact) -> None:
        """Empty every record that leads to the contact, and delete the claims of its identifiers. The ids and revisions
        stay, so that nothing that comes late brings a person back; a new text from a number begins a new contact."""
        for id in contact.ids:
            for _ in range(RACES):
                record = await self.record(id)
                if record is None or record.tenant_id != contact.tenant_id or await self.put(empty_record(record)):
                    break
        await self.claims.delete({"tenant_id": contact.tenant_id, "contact_id": In(contact.ids)})

    async def answering(self, id: str) -> Contact | None:
        """The contact of this id, or the one that it leads to, of any tenant."""
        last = await self.last_of(await self.record(id))
        return last if last is not None and last.stands_for is None else None

    async def record(self, id: str) -> Contact | None:
        """What stands under this id: a contact, or what leads to one."""
        document = await self.records.get(id)
        return contact_of(document) if document else None

    async def last_of(self, record: Contact | None) -> Contact | None:
        """The record that it leads to: a contact, one in the making, or what is left of one; None: there is none."""
        path = await self.path_of(record)
        return path[-1] if path else None

    async def path_of(self, record: Contact | None) -> list[Contact]:
        """From this record to the one that it leads to; empty if that is gone."""
        path: list[Contact] = []
        while record is not None and len(path) < MOST_STEPS:
            path.append(record)
            if not record.stands_for:
                return path
            record = await self.record(record.stands_for)
        return []

    async def _of_number(self, tenant_id: str, phone_number: str, now: datetime) -> Contact:
        """The number's contact; a blank one that is not saved yet if there is none."""
        contact, home = await self._at(tenant_id, phone_number)
        if contact is not None:
            return contact
        told = told_under(home, await self.last_of(home)) if home else 0
        return text_born(tenant_id, phone_number, now, home, told)

    async def _at(self, tenant_id: str, phone_number: str) -> tuple[Contact | None, Contact | None]:
        """The number's contact, and the record under the id that the number gives: mostly the same."""
        home = await self.record(contact_id(tenant_id, phone_number))
        last = await self.last_of(home)
        if home is None or last is None:
            return None, home
        number = Identifier(kind="phone", value=phone_number)
        leads = home.stands_for is None or bool(home.merged_as) or last.has_token(number, home.token)
        return (last if leads and (last.stands_for is None or last.creating) else None), home


def told_under(home: Contact, last: Contact | None) -> int:
    """The highest revision that may have been told under the id of this record."""
    return home.shown + (last.shown if last and last.id != home.id else 0)


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
