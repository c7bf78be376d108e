"""Contacts as the HTTP API shows them, with the consent of each of their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversation.domain.contact_fields import pairs_of
from conversation.domain.search.query import parse
from conversation.inbox.listing import PageRequest
from conversation.people.domain.contact import Contact, Merge
from conversation.people.store import People, contact_of
from conversation.queries import Queries
from shared.database.protocol import HasTerms, Page
from shared.events import ConsentEntry, standing_opt_outs
from shared.http.paging import listing

Wire = dict[str, Any]
Entries = tuple[ConsentEntry, ...]


class ContactQueries:
    def __init__(self, people: People, queries: Queries) -> None:
        self.people = people
        self.queries = queries

    async def one(self, tenant_id: str, id: str) -> Wire:
        """Raises `NotFound`."""
        return await self.out(await self.people.get(tenant_id, id))

    async def out(self, contact: Contact) -> Wire:
        return contact_out(contact, await self.queries.consent_of(contact.tenant_id, set(contact.phone_numbers)))

    async def listed(self, tenant_id: str, q: str | None, wanted: PageRequest) -> Wire:
        where: dict[str, Any] = {"tenant_id": tenant_id}
        if q:
            terms = [term for part in parse(q) for term in part.terms]
            where["terms"] = HasTerms(terms or [q])  # records that only point elsewhere have none
        else:
            where["stands_for"] = None
        page: Page = await self.people.records.find(where, limit=wanted.limit, cursor=wanted.cursor)
        found = [contact_of(document) for document in page.items]
        consent = await self.queries.consent_of(tenant_id, {number for one in found for number in one.phone_numbers})
        return listing([contact_out(one, consent) for one in found], page.next_cursor)


def contact_out(contact: Contact, consent: Mapping[str, Entries]) -> Wire:
    primary = consent.get(contact.phone_number or "", ())
    return {
        "id": contact.id,
        "phone_numbers": list(contact.phone_numbers),
        "phone_number": contact.phone_number,
        "emails": list(contact.emails),
        "external_ids": dict(contact.external_ids),
        "name": contact.name,
        "company": contact.company,
        "facts": dict(contact.facts),
        "timezone": contact.timezone,
        "fields": dict(pairs_of(contact.fields)),
        "labels": list(contact.labels),
        "consent": {number: consent_out(consent.get(number, ())) for number in contact.phone_numbers},
        "opted_out": bool(standing_opt_outs(primary)),
        "merges": [_merge_out(merge) for merge in contact.merges],
        "created_at": contact.created_at,
        "revision": contact.shown,
    }


def _merge_out(merge: Merge) -> Wire:
    conflicts = [conflict.plain() for conflict in merge.conflicts]
    return {
        "merge_id": merge.merge_id, "other_id": merge.other_id, "at": merge.at,
        "by": merge.by.user_id or merge.by.key_id or "", "conflicts": conflicts,
    }  # fmt: skip


def consent_out(entries: Entries) -> Wire:
    """`none`: nothing was ever said; the number may be texted, as with `in`."""
    out = bool(standing_opt_outs(entries))
    state = "out" if out else "in" if any(entry.state == "in" for entry in entries) else "none"
    return {"opted_out": out, "state": state, "at": entries[-1].effective_at if entries else None}
