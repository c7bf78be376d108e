"""A contact's record: who a person is on every channel. Changed by revision, one save per decision.

A record of another contact that was merged into this one stays as it was and points here (`stands_for`), so that the
merge can be undone. A number that was added later has a record of its own under the id that the number gives; it points
to the contact as well. So a number always leads to its contact by one look.
"""

from __future__ import annotations

from typing import Literal

from conversation.domain.contact_fields import pairs_of
from conversation.domain.thread.model import Card, contact_id
from conversation.people.domain.identifiers import Identifier, Kind
from shared.values import Moment, Value

NOBODY = ""
"""What the record of an identifier stands for that belongs to no contact any more."""
FieldRow = tuple[str, str | None, Moment]


class HeldIdentifier(Identifier, omit_defaults=True):
    """An identifier as a contact's record has it. `claiming`: asked for, not yet certain. `releasing`: given up."""

    state: Literal["held", "claiming", "releasing"] = "held"
    token: str = ""
    """Names the request for it, so that a late release does not release what was claimed again since."""


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
    by: str = ""
    identifiers: tuple[Identifier, ...] = ()
    filled: tuple[str, ...] = ()
    """`name`, `company`, `timezone`, `fields.<key>`, `facts.<key>` or `labels.<label>`."""
    conflicts: tuple[Conflict, ...] = ()


class MergeUnderWay(Value, omit_defaults=True):
    """A decided merge or unmerge that is not finished yet."""

    merge_id: str
    other_id: str
    at: Moment
    by: str = ""
    undo: bool = False


class Contact(Value):
    """A contact, as stored beside the fields it is found by."""

    id: str
    tenant_id: str
    revision: int = 0
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
    creating: bool = False
    """Its identifiers are not certain yet: nobody sees it."""
    merges: tuple[Merge, ...] = ()
    under_way: MergeUnderWay | None = None
    announces: bool = False
    spread_at: Moment | None = None
    spread_again: bool = False

    @property
    def held(self) -> tuple[HeldIdentifier, ...]:
        """Its identifiers, the primary number first."""
        rows = tuple(one for one in self.identifiers if one.state == "held")
        first = self.phone_number
        if first and not any((one.kind, one.value) == ("phone", first) for one in rows):
            return (HeldIdentifier(kind="phone", value=first), *rows)  # a record from before there were others
        return tuple(sorted(rows, key=lambda one: (one.kind, one.value) != ("phone", first)))

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
    def ids(self) -> tuple[str, ...]:
        """Its own id and every other that leads here: of its numbers and of what was merged into it."""
        numbers = (contact_id(self.tenant_id, number) for number in self.phone_numbers)
        return tuple(dict.fromkeys((self.id, *numbers, *(id for merge in self.merges for id in merge.ids))))


def empty_record(record: Contact, revision: int) -> Contact:
    """What is left under the id of a record that stands for nobody any more."""
    return Contact(id=record.id, tenant_id=record.tenant_id, revision=revision, stands_for=NOBODY)


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
        revision=contact.revision,
        others=tuple(
            Identifier(kind=one.kind, value=one.value)
            for one in contact.held
            if (one.kind, one.value) != ("phone", number)
        ),
    )
