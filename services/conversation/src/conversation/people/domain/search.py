"""By which words a contact is found."""

from __future__ import annotations

from conversation.domain.thread.model import Card
from conversation.domain.thread.search_terms import terms_of, words_of
from conversation.people.domain.contact import Contact


def terms_of_contact(contact: Contact) -> list[str]:
    """Names and e-mail addresses by the beginnings of their words, numbers by beginning or end, external ids whole."""
    if contact.stands_for is not None:
        return []
    names = Card(id="", phone_number="", name=contact.name, company=contact.company)
    terms = set(terms_of(names, ""))
    for number in contact.phone_numbers:
        terms.update(terms_of(Card(id="", phone_number=number), ""))
    for email in contact.emails:
        terms.update(word[:length] for word in words_of(email) for length in range(1, len(word) + 1))
    for _, id in contact.external_ids:
        terms.update(words_of(id))
    return sorted(terms)


def label_terms_of(contact: Contact) -> list[str]:
    return [label.casefold() for label in contact.labels] if contact.stands_for is None else []
