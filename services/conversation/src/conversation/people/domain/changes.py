"""Changes of a contact's identifiers: it asks for one, has it for certain, is refused it, or gives it up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from conversation.people.domain.contact import NOBODY, Contact, HeldIdentifier, empty_record
from conversation.people.domain.identifiers import MOST_OF_A_KIND, Identifier
from shared.errors import Invalid

Key = tuple[str, str]


def key_of(identifier: Identifier) -> Key:
    return (identifier.kind, identifier.value)


def begun(blank: Contact, wanted: Sequence[Identifier], token: str, now: datetime) -> Contact:
    """A new contact that nobody sees until its identifiers are certain."""
    check_number_of(wanted)
    return with_claims(blank.but(stands_for=NOBODY, creating=True, announces=True, created_at=now), wanted, token)


def with_claims(contact: Contact, wanted: Iterable[Identifier], token: str) -> Contact:
    """The contact with these identifiers asked for, as far as it does not have them."""
    known = {key_of(row) for row in contact.rows}
    new = [
        HeldIdentifier(kind=one.kind, value=one.value, token=token, claiming=True)
        for one in wanted
        if key_of(one) not in known
    ]
    return contact.but(identifiers=(*contact.rows, *new))


def settled(contact: Contact, taken: Collection[Key], told: Mapping[Key, int]) -> Contact:
    """Every claim has been tried; of these identifiers another contact is the owner. `told`: of a number that belonged
    to another contact once, the highest revision that was told of it.

    A contact that is being made needs all of them: otherwise it is not made.
    """
    if contact.creating and taken:
        return empty_record(contact)
    rows = tuple(
        row.but(claiming=False, offset=told.get(key_of(row), row.offset))
        for row in contact.rows
        if not (row.claiming and key_of(row) in taken)
    )
    certain = with_rows(contact, rows)
    return certain.but(stands_for=None, creating=False) if contact.creating else certain


def with_rows(contact: Contact, rows: tuple[HeldIdentifier, ...]) -> Contact:
    """With exactly these; the first number that is certain is the primary one."""
    numbers = (row.value for row in rows if row.kind == "phone" and not row.claiming)
    return contact.but(identifiers=rows, phone_number=next(numbers, None), spread_again=True)


def arranged(contact: Contact, wanted: Sequence[Identifier]) -> Contact:
    """With the identifiers of this list that the contact has, in this order; the others are given up."""
    present = {key_of(row): row for row in contact.rows}
    return with_rows(contact, tuple(present[key_of(one)] for one in wanted if key_of(one) in present))


def check_number_of(identifiers: Sequence[Identifier]) -> None:
    """Raises `Invalid`."""
    if not identifiers:
        raise Invalid("no_identifier", "a contact needs a phone number, an e-mail address or an external id")
    for kind in ("phone", "email", "external"):
        if sum(one.kind == kind for one in identifiers) > MOST_OF_A_KIND:
            detail = f"a contact has at most {MOST_OF_A_KIND} phone numbers, as many e-mail addresses and external ids"
            raise Invalid("too_many_identifiers", detail)
