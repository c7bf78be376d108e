"""Requests that make, change, merge and unmerge contacts. Each decides on one record, then completes what follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from conversation.domain.contact_fields import with_fields
from conversation.people.claims import Claims
from conversation.people.domain.changes import arranged, begun, check_number_of, key_of, with_claims
from conversation.people.domain.contact import Contact, MergeUnderWay
from conversation.people.domain.identifiers import Identifier
from conversation.people.domain.merging import check_merge, give_back, undoing
from conversation.people.finishing import Finishing
from conversation.people.store import RACES, People, too_many_changes
from conversation.store import Threads
from conversation.timeline.domain.entry import Actor
from shared.clock import Clock
from shared.errors import Invalid, NotFound, Refused
from shared.http.idempotency import RequestKey, require_same
from shared.ids import new_id

CREATE = "contacts"
Change = Callable[[Contact], Contact]
Arrange = Callable[[Contact], Sequence[Identifier]]


@dataclass(frozen=True)
class NewContact:
    """A contact as requested, its identifiers in their one spelling."""

    identifiers: Sequence[Identifier]
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    """name, company, timezone, labels."""
    fields: dict[str, str] = field(default_factory=dict[str, str])
    fingerprint: str = ""


@dataclass(frozen=True)
class ContactRequests:
    people: People
    claims: Claims
    finishing: Finishing
    threads: Threads
    clock: Clock

    async def create(self, tenant_id: str, new: NewContact, key: RequestKey) -> Contact:
        """Raises `Refused("identifier_taken")`, and `Invalid` for another body with the same key."""
        check_number_of(new.identifiers)
        id = key.id_for("cct", tenant_id, CREATE)
        for _ in range(RACES):
            record = await self.people.record(id)
            if record is not None and record.request:
                require_same(record.request, new.fingerprint)
                await self.finishing.finish(record)
                return await self.people.get(tenant_id, id)
            await self._refuse_taken(tenant_id, new.identifiers, id)
            saved = await self.people.save(self._blank(tenant_id, id, record, new), self.clock.now())
            if saved is not None:
                made = await self.finishing.finish(saved)
                if made.stands_for is not None:
                    await self._refuse_taken(tenant_id, new.identifiers, id)
                    continue  # its owner has given it up since
                return made
        raise too_many_changes()

    def _blank(self, tenant_id: str, id: str, record: Contact | None, new: NewContact) -> Contact:
        """`record`: what an earlier attempt with this key has left."""
        now = self.clock.now()
        contact = Contact(
            id=id,
            tenant_id=tenant_id,
            revision=record.revision if record else 0,
            fields=with_fields((), new.fields, now),
            request=new.fingerprint,
            **new.values,
        )
        return begun(contact, new.identifiers, new_id("clm"), now)

    async def change(self, tenant_id: str, id: str, change: Change, arrange: Arrange | None) -> Contact:
        """Change the contact. `arrange` says which identifiers it is to have, in which order.

        Raises `Refused("identifier_taken")` and `Refused("number_in_use")`; then nothing is changed.
        """
        if arrange is not None:
            await self._add_identifiers(tenant_id, id, arrange)

        def decide(contact: Contact) -> Contact | None:
            changed = arranged(change(contact), arrange(contact)) if arrange else change(contact)
            return changed if changed != contact else None

        return await self.people.change(tenant_id, id, decide, self.clock.now())

    async def _add_identifiers(self, tenant_id: str, id: str, arrange: Arrange) -> None:
        for _ in range(RACES):
            contact = await self.finishing.finish(await self.people.get(tenant_id, id))
            wanted = list(arrange(contact))
            check_number_of(wanted)
            keep, present = {key_of(one) for one in wanted}, {key_of(row) for row in contact.rows}
            await self._refuse_removal(contact, [row.value for row in contact.rows if key_of(row) not in keep])
            new = [one for one in wanted if key_of(one) not in present]
            if not new:
                return
            await self._refuse_taken(tenant_id, new, contact.id)
            await self.people.save(with_claims(contact, new, new_id("clm")), self.clock.now())
        raise too_many_changes()

    async def merge(self, tenant_id: str, ids: tuple[str, str], merge_id: str, by: Actor) -> tuple[Contact, str]:
        """The surviving contact and the id of the merge. Merging what is one contact already changes nothing."""
        if ids[0] == ids[1]:
            raise Invalid("same_contact", "a contact cannot be merged with itself; name another in `other_id`")
        for _ in range(RACES):
            both = [await self.finishing.finish(await self.people.get(tenant_id, id)) for id in ids]
            survivor, other = sorted(both, key=lambda one: one.id)
            if survivor.id == other.id:
                return survivor, _merge_of(survivor, ids)
            check_merge(survivor, other)
            way = MergeUnderWay(merge_id=merge_id, other_id=other.id, at=self.clock.now(), by=by)
            saved = await self.people.save(survivor.but(under_way=way), self.clock.now())
            if saved is not None:
                await self.finishing.finish(saved)
        raise too_many_changes()

    async def unmerge(self, tenant_id: str, id: str, merge_id: str, by: Actor) -> tuple[Contact, Contact]:
        """The contact and the one that was merged into it. Raises `NotFound` and `Refused("merged_since")`."""
        for _ in range(RACES):
            contact = await self.finishing.finish(await self.people.get(tenant_id, id))
            merge = next((one for one in contact.merges if one.merge_id == merge_id), None)
            if merge is None:
                other = await self._parted(contact, id, merge_id)
                return (contact, other) if contact.id < other.id else (other, contact)
            other = await self.people.record(merge.other_id)
            if other is None:
                raise NotFound("not_found", "the merged contact has been erased")
            back = give_back(contact, other, undoing(merge, self.clock.now(), by))
            saved = await self.people.save(back, self.clock.now())
            if saved is not None:
                await self.finishing.finish(saved)
                return await self.people.get(tenant_id, contact.id), await self.people.get(tenant_id, other.id)
        raise too_many_changes()

    async def _parted(self, contact: Contact, id: str, merge_id: str) -> Contact:
        """The other contact of a merge that an earlier request has undone."""
        for undone_id, other_id in contact.undone:
            if undone_id == merge_id:
                return await self.people.get(contact.tenant_id, other_id)
        asked = await self.people.record(id)
        inside = [asked, *[await self.people.record(merge.other_id) for merge in contact.merges]]
        if any(one and any(merge.merge_id == merge_id for merge in one.merges) for one in inside):
            detail = "this contact was merged into another one since; undo that merge first"
            raise Refused("merged_since", detail)
        raise NotFound("not_found", "this contact has no such merge")

    async def _refuse_taken(self, tenant_id: str, wanted: Sequence[Identifier], own_id: str) -> None:
        for identifier in wanted:
            claim = await self.claims.look(tenant_id, identifier)
            if claim and claim.owner and claim.owner.id != own_id:
                detail = f"{identifier.shown} belongs to contact {claim.owner.id}; change that one, or merge the two"
                raise Refused("identifier_taken", detail)

    async def _refuse_removal(self, contact: Contact, values: Sequence[str]) -> None:
        for row in contact.rows:
            if row.kind != "phone" or row.value not in values:
                continue
            if not row.token:
                detail = f"{row.value} is the number this contact was first known by, so it stays"
                raise Refused("number_in_use", detail)
            if await self._has_threads(contact, row.value):
                detail = f"{row.value} has conversations, which show this contact, so it stays"
                raise Refused("number_in_use", detail)

    async def _has_threads(self, contact: Contact, phone_number: str) -> bool:
        async for thread in self.threads.of_contact(contact.tenant_id, contact.ids):
            if thread.contact == phone_number:
                return True
        return False


def _merge_of(survivor: Contact, ids: tuple[str, str]) -> str:
    """The latest merge that made these two one. Raises `Invalid`: both are ids of the contact alone."""
    for merge in reversed(survivor.merges):
        if set(ids) & set(merge.ids):
            return merge.merge_id
    raise Invalid("same_contact", "both ids lead to the same contact")
