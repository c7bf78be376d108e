"""By which words a contact is found."""

from __future__ import annotations

from conversation.domain.contact_fields import pairs_of
from conversation.domain.search.terms import contact_terms
from conversation.labels.domain.label_list import label_keys
from conversation.people.domain.contact import Contact


def searched(contact: Contact) -> tuple[str, ...]:
    """Everything that is searched, what identifies the person first."""
    values = (
        contact.name,
        contact.company,
        *contact.phone_numbers,
        *contact.emails,
        *(id for _, id in contact.external_ids),
        *(value for _, value in pairs_of(contact.fields)),
        *(value for _, value in contact.facts),
    )
    return tuple(value for value in values if value)


def terms_of_contact(contact: Contact) -> list[str]:
    """Every value by the beginnings of its words, phone numbers also by their end."""
    return list(contact_terms(searched(contact), contact.phone_numbers)) if contact.stands_for is None else []


def label_terms_of(contact: Contact) -> list[str]:
    return label_keys(contact.labels) if contact.stands_for is None else []
