"""What campaigns knows of many people at once: the texts they got from campaigns, and whether they opted out."""

from __future__ import annotations

from collections.abc import Iterable

from campaigns.counting.domain.contact import Contact, contact_id
from campaigns.counting.store import Contacts
from shared.database.protocol import In

AT_ONCE = 500
"""Contacts per read; each document holds up to 100 texts."""


class KnownContacts:
    def __init__(self, contacts: Contacts) -> None:
        self._contacts = contacts

    async def of(self, tenant_id: str, phone_numbers: Iterable[str]) -> dict[str, Contact]:
        """By phone number; people without any campaign text, reply or opt-out are not in it. One read per 500."""
        number_of = {contact_id(tenant_id, phone_number): phone_number for phone_number in phone_numbers}
        ids = list(number_of)
        found: dict[str, Contact] = {}
        for start in range(0, len(ids), AT_ONCE):
            page = await self._contacts.find({"id": In(ids[start : start + AT_ONCE])}, limit=AT_ONCE)
            for document in page.items:
                found[number_of[document["id"]]] = self._contacts.state_of(document)
        return found
