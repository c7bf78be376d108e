"""Which contact an identifier belongs to: one document per identifier, under an id that its value gives.

A claim counts only while the record of its contact names its token. So the contact's record is saved first, then the
claims; whatever a crash leaves behind between the two is either completed from the record or counts no more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from conversation.people.domain.contact import Contact, HeldIdentifier
from conversation.people.domain.identifiers import Identifier, claim_id
from conversation.people.store import RACES, People, document_of, told_under, too_many_changes


@dataclass(frozen=True)
class Claim:
    """What the store has of an identifier. `last`: the record to which it leads, whether it counts or not."""

    revision: int
    last: Contact | None
    counts: bool
    is_in_doubt: bool = False
    """A merge is under way, after which it counts or does not."""
    told: int = 0
    """The highest revision that was told under this number's id."""

    @property
    def owner(self) -> Contact | None:
        return self.last if self.counts else None


class Claims:
    def __init__(self, people: People) -> None:
        self._people = people

    async def look(self, tenant_id: str, identifier: Identifier) -> Claim | None:
        """None: nobody has ever had it."""
        if identifier.kind == "phone":
            home = await self._people.record(claim_id(tenant_id, identifier))
            if home is None:
                return None
            path = await self._people.path_of(home)
            claim = _claim(home.revision, path, identifier, home.token)
            is_contact = home.stands_for is None or bool(home.merged_as)
            return replace(claim, counts=is_contact or claim.counts, told=told_under(home, claim.last))
        document = await self._people.claims.get(claim_id(tenant_id, identifier))
        if document is None:
            return None
        path = await self._people.path_of(await self._people.record(document["contact_id"]))
        return _claim(document["revision"], path, identifier, document["token"])

    async def take(self, contact: Contact, row: HeldIdentifier) -> Claim:
        """Claim it for this contact, whose record must name the row's token already. Returns the claim that counts now:
        the contact's own or another's; or one in doubt, to be asked again after its merge is finished."""
        for _ in range(RACES):
            claim = await self.look(contact.tenant_id, row)
            if claim and (claim.counts or claim.is_in_doubt):
                return claim
            revision, told = (claim.revision + 1, claim.told) if claim else (1, 0)
            if await self._write(contact, row, revision, told):
                return Claim(revision, contact, counts=True, told=told)
        raise too_many_changes()

    async def _write(self, contact: Contact, row: HeldIdentifier, revision: int, told: int) -> bool:
        id = claim_id(contact.tenant_id, row)
        if row.kind == "phone":
            alias = Contact(
                id=id,
                tenant_id=contact.tenant_id,
                revision=revision,
                offset=told,
                stands_for=contact.id,
                token=row.token,
            )
            return await self._people.records.put(document_of(alias))
        owner = {"tenant_id": contact.tenant_id, "contact_id": contact.id, "token": row.token}
        return await self._people.claims.put({"id": id, "revision": revision, **owner})


def _claim(revision: int, path: list[Contact], identifier: Identifier, token: str) -> Claim:
    if not path:
        return Claim(revision, None, counts=False)
    last = path[-1]
    counts = last.has_token(identifier, token)
    merging = last.under_way.other_id if last.under_way else None
    return Claim(revision, last, counts, not counts and merging in [one.id for one in path[:-1]])
