"""A contact's record: who a person is on every channel. Changed by revision, one save per decision.

A record of another contact that was merged into this one stays as it was and points here (`stands_for`), so that the
merge can be undone. A number that was added later has a record of its own under the id that the number gives; it points
to the contact as well. So a number always leads to its contact by one look.
"""

from __future__ import annotations

from datetime import datetime

from conversation.domain.contact_fields import pairs_of
from conversation.domain.thread.model import Card, contact_id
from conversation.people.domain.identifiers import Identifier, Kind
from conversation.timeline.domain.entry import SYSTEM, Actor
from shared.values import Moment, Value

NOBODY = ""
"""What the record of an identifier stands for that belongs to no contact any more."""
FieldRow = tuple[str, str | None, Moment]


class HeldIdentifier(Identifier, omit_defaults=True):
    """An identifier as a contact's record has it."""

    token: str = ""
    """Names the request for it. A claim counts only while the contact's record has its token, so a claim that was left
    behind by a crash, or written late, counts no more than none. Empty: the number that gave the record its id."""
    claiming: bool = False
    """Asked for, and not yet certain."""
    offset: int = 0
    """Added to the contact's revision wherever others compare it under this number's thread or id (`Contact.shown`)."""


class Conflict(Value, omit_defaults=True):
    """A value of the other contact that the survivor did not take, because it has its own."""

    what: str
    """`name`, `company`, `timezone`, or `fields.<key>`."""
    kept: str
    left: str


class Merge(Value, omit_defaults=True):
    """Another contact was merged into this one, and this is what came from it."""

    merge_id: str
    other_id: str
    ids: tuple[str, ...] = ()
    """Every id that led to the other contact."""
    at: Moment
    by: Actor = SYSTEM
    offset: int = 0
    """What was told of the other contact had revisions up to this one."""
    identifiers: tuple[Identifier, ...] = ()
    filled: tuple[str, ...] = ()
    """`name`, `company`, `timezone`, `fields.<key>`, `facts.<key>` or `labels.<label>`."""
    conflicts: tuple[Conflict, ...] = ()


class MergeUnderWay(Value, omit_defaults=True):
    """A decided merge or unmerge that is not finished yet."""

    merge_id: str
    other_id: str
    at: Moment
    by: Actor = SYSTEM
    undo: bool = False
    offset: int = 0
    """Of the merge that is undone."""


class Contact(Value):
    """A contact, as stored beside the fields it is found by."""

    id: str
    tenant_id: str
    revision: int = 0
    """Of the record: one more with each save."""
    offset: int = 0
    phone_number: str | None = None
    """The primary one."""
    identifiers: tuple[HeldIdentifier, ...] = ()
    name: str | None = None
    company: str | None = None
    timezone: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    fields: tuple[FieldRow, ...] = ()
    labels: tuple[str, ...] = ()
    created_at: Moment | None = None
    """None: made by a version that did not note it."""
    stands_for: str | None = None
    """The contact that answers for this record; None: it is a contact itself; `NOBODY`: nobody."""
    token: str = ""
    """Of a record that only leads from a number to its contact: the token of that claim."""
    merged_as: str = ""
    """Of a contact that was merged into another: the id of that merge."""
    creating: bool = False
    """Its identifiers are not certain yet: nobody sees it."""
    request: str = ""
    """Fingerprint of the request that made it, to refuse another body with the same Idempotency-Key."""
    merges: tuple[Merge, ...] = ()
    under_way: MergeUnderWay | None = None
    undone: tuple[tuple[str, str], ...] = ()
    """Its latest merges that were undone, each with the other contact: a repeated request is answered so."""
    was_in: str | None = None
    """The contact that it was part of until a moment ago: threads may still have that card."""
    announces: bool = False
    spread_at: Moment | None = None
    spread_again: bool = False
    """What leads here has changed: a thread that began in that moment is looked at once more, a little later."""

    @property
    def rows(self) -> tuple[HeldIdentifier, ...]:
        """All identifiers, the primary number first; also of a record from before there were others."""
        first = self.phone_number
        if first and not any((one.kind, one.value) == ("phone", first) for one in self.identifiers):
            return (HeldIdentifier(kind="phone", value=first), *self.identifiers)
        return self.identifiers

    @property
    def held(self) -> tuple[HeldIdentifier, ...]:
        return tuple(one for one in self.rows if not one.claiming)

    def has_token(self, identifier: Identifier, token: str) -> bool:
        """Whether a claim with this token counts."""
        wanted = (identifier.kind, identifier.value, token)
        return bool(token) and any((one.kind, one.value, one.token) == wanted for one in self.rows)

    def values(self, kind: Kind) -> tuple[str, ...]:
        return tuple(one.value for one in self.held if one.kind == kind)

    @property
    def phone_numbers(self) -> tuple[str, ...]:
        return self.values("phone")

    @property
    def emails(self) -> tuple[str, ...]:
        return self.values("email")

    @property
    def external_ids(self) -> tuple[tuple[str, str], ...]:
        return tuple(one.pair for one in self.held if one.kind == "external")

    @property
    def shown(self) -> int:
        """The revision that others compare. A number or an id may come to another contact, whose record was saved less
        often; with an offset each receiver still sees rising revisions."""
        return self.revision + self.offset

    @property
    def leads(self) -> dict[str, int]:
        """Every id that leads here with its offset: its own, those of its numbers and of what was merged into it."""
        found = {self.id: 0}
        for row in self.held:
            if row.kind == "phone":
                found.setdefault(contact_id(self.tenant_id, row.value), row.offset)
        for merge in self.merges:
            for id in merge.ids:
                found.setdefault(id, merge.offset)
        return found

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self.leads)

    def offset_of(self, phone_number: str) -> int:
        return next((row.offset for row in self.held if (row.kind, row.value) == ("phone", phone_number)), 0)


def empty_record(record: Contact) -> Contact:
    """What is left under the id of a record that stands for nobody any more."""
    return Contact(
        id=record.id, tenant_id=record.tenant_id, revision=record.revision, offset=record.offset, stands_for=NOBODY
    )


def text_born(tenant_id: str, phone_number: str, now: datetime, home: Contact | None, told: int) -> Contact:
    """A blank contact under the id that its number gives. `home`: the record that was there and leads to nobody.
    `told`: the highest revision that was told under that id."""
    return Contact(
        id=contact_id(tenant_id, phone_number),
        tenant_id=tenant_id,
        revision=home.revision if home else 0,
        offset=told,
        phone_number=phone_number,
        created_at=now,
    )


def card_of(contact: Contact, phone_number: str | None = None) -> Card:
    """What the thread of this number has to know. The assistant reads the fields as facts."""
    number = phone_number or contact.phone_number or ""
    facts = dict(contact.facts) | dict(pairs_of(contact.fields))
    return Card(
        id=contact.id,
        phone_number=number,
        name=contact.name,
        company=contact.company,
        facts=tuple(facts.items()),
        revision=contact.shown + contact.offset_of(number),
        others=tuple(
            Identifier(kind=one.kind, value=one.value)
            for one in contact.held
            if (one.kind, one.value) != ("phone", number)
        ),
    )
