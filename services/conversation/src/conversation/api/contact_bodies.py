"""What a request about a contact asks for, in the one spelling of each identifier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from conversation.api.contact_schemas import ContactIn, ContactPatch
from conversation.domain.contact_fields import with_fields
from conversation.people.domain.contact import Contact
from conversation.people.domain.identifiers import Identifier, email_value, external_value
from conversation.people.requests import Arrange, NewContact
from shared.control_characters import refuse_control_characters
from shared.http.idempotency import digest
from shared.phone import to_e164

_IDENTIFIERS = frozenset({"phone_number", "phone_numbers", "email", "emails", "external_ids"})
_CARD = frozenset({"name", "company", "timezone"})


def new_contact(body: ContactIn, region: str) -> NewContact:
    """Raises `Invalid`."""
    identifiers = [_phone(body.phone_number, region)] if body.phone_number else []
    identifiers += [_email(body.email)] if body.email else []
    identifiers += [_external(system, id) for system, id in body.external_ids.items()]
    for text in (body.name, body.company, *body.fields, *body.fields.values(), *body.labels):
        refuse_control_characters(text or "")
    values = {"name": body.name, "company": body.company, "timezone": body.timezone, "labels": tuple(body.labels)}
    return NewContact(identifiers, values, body.fields, digest(body.model_dump()))


def check_texts(body: ContactPatch) -> None:
    """Raises `Invalid("control_character")`."""
    pairs = (*body.fields.items(), *body.facts.items())
    for text in (body.name, body.company, *body.labels, *(text for pair in pairs for text in pair)):
        refuse_control_characters(text or "")


def changed_as_asked(body: ContactPatch, now: datetime, contact: Contact) -> Contact:
    """All but the identifiers."""
    asked = body.model_fields_set - _IDENTIFIERS
    changes = body.model_dump(include=set(asked & _CARD))
    if "facts" in asked:
        changes["facts"] = tuple(body.facts.items())
    if "fields" in asked:
        changes["fields"] = with_fields(contact.fields, body.fields, now)
    if "labels" in asked:
        changes["labels"] = tuple(body.labels)
    return contact.but(**changes)


def arrangement(body: ContactPatch, region: str) -> Arrange | None:
    """Which identifiers the contact is to have, given those it has; None if the request names none."""
    if not body.model_fields_set & _IDENTIFIERS:
        return None

    def arrange(contact: Contact) -> Sequence[Identifier]:
        wanted = [*_numbers(body, contact, region), *_emails(body, contact), *_externals(body, contact)]
        return list({(one.kind, one.value): one for one in wanted}.values())

    return arrange


def _numbers(body: ContactPatch, contact: Contact, region: str) -> list[Identifier]:
    present = contact.phone_numbers

    def read(text: str) -> Identifier:  # a short code that has written to us is no number that one could add
        return Identifier(kind="phone", value=text) if text in present else _phone(text, region)

    texts = present if body.phone_numbers is None else body.phone_numbers
    first = [body.phone_number] if body.phone_number else []
    return [read(text) for text in (*first, *texts)]


def _emails(body: ContactPatch, contact: Contact) -> list[Identifier]:
    texts = contact.emails if body.emails is None else body.emails
    first = [body.email] if body.email else []
    return [_email(text) for text in (*first, *texts)]


def _externals(body: ContactPatch, contact: Contact) -> list[Identifier]:
    asked = {system.strip(): id for system, id in body.external_ids.items()}
    kept = [one for one in contact.held if one.kind == "external" and one.pair[0] not in asked]
    return [*kept, *(_external(system, id) for system, id in asked.items() if id is not None)]


def _phone(text: str, region: str) -> Identifier:
    return Identifier(kind="phone", value=to_e164(text, region))


def _email(text: str) -> Identifier:
    return Identifier(kind="email", value=email_value(text))


def _external(system: str, id: str) -> Identifier:
    return Identifier(kind="external", value=external_value(system, id))
