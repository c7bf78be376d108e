"""Who replied or opted out after which campaign: the figures of an erased person stay, under a stand-in.

Consent stays as well, without words: a new campaign need not ask sender to learn that this number has opted out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from campaigns.campaigns.store import Campaigns
from campaigns.counting.domain.contact import Contact, campaign_key, contact_id
from campaigns.counting.marks import Marks
from campaigns.counting.store import Contacts, Tallies
from campaigns.erasing.aliases import Aliases
from shared.aggregates import Cause, Decision
from shared.database.paging import pages
from shared.database.protocol import Collection, In, Sort
from shared.erasure import ErasedPerson


def anonymous(known: Contact | None, stand_in: str) -> Decision[Contact] | None:
    if known is None or known.phone_number == stand_in:
        return None
    return Decision(known.but(phone_number=stand_in, revision=known.revision + 1))


@dataclass(frozen=True)
class TallyErasure:
    contacts: Contacts
    campaigns: Campaigns
    tallies: Tallies
    """Of campaigns of other services."""
    rows: Collection
    marks: Marks
    aliases: Aliases

    async def people(self, person: ErasedPerson) -> int:
        erased = 0
        for number in person.phone_numbers:
            id, stand_in = contact_id(person.tenant_id, number), person.stand_in(number)
            if await self.contacts.get(id) is None:
                continue
            await self.aliases.note(contact_id(person.tenant_id, stand_in), id)
            cause = Cause.due(person.tenant_id, f"erase|{person.erasure_id}|{id}", person.erasure_id)
            change = await self.contacts.change(id, cause, lambda known, to=stand_in: anonymous(known, to))
            erased += change.fresh
        return erased

    async def results(self, person: ErasedPerson) -> int:
        """Rows have the number in their id: each is filed anew under the stand-in, then deleted."""
        erased = 0
        async for keys in self._campaign_keys(person.tenant_id):
            for number in person.phone_numbers:
                erased += await self._of_number(person, number, keys)
        return erased

    async def _of_number(self, person: ErasedPerson, number: str, keys: list[str]) -> int:
        stand_in = person.stand_in(number)
        page = await self.rows.find({"id": In([f"{key}|{number}" for key in keys])}, limit=len(keys))
        for row in page.items:
            await self.rows.put({**row, "id": f"{row['campaign_key']}|{stand_in}", "contact": stand_in})
        ids = [row["id"] for row in page.items]
        erased = await self.rows.delete({"id": In(ids)}) if ids else 0
        for row in page.items:
            await self.marks.note(person.tenant_id, row["campaign_id"])
        return erased

    async def _campaign_keys(self, tenant_id: str) -> AsyncIterator[list[str]]:
        async for page in pages(self.tallies.store, {"tenant_id": tenant_id}, Sort("first_seen_at")):
            yield [document["id"] for document in page]
        async for page in pages(self.campaigns.aggregates.store, {"tenant_id": tenant_id}, Sort("listed_at")):
            yield [campaign_key(tenant_id, document["id"]) for document in page]
