"""Completes what a contact's record has decided and a crash or a slow request has left: claims, merges, unmerges.

Each step is one save and may be repeated. Requests call it and answer afterwards; the loop over records that are due
calls it for what a crash interrupted.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from conversation.people.claims import Claims
from conversation.people.domain.changes import Key, key_of, settled
from conversation.people.domain.contact import NOBODY, Contact, MergeUnderWay
from conversation.people.domain.identifiers import claim_id
from conversation.people.domain.merging import absorb, entry_of, merged_away, restored
from conversation.people.store import RACES, People, too_many_changes
from shared.clock import Clock
from shared.database.protocol import Collection

log = structlog.get_logger()


class Finishing:
    def __init__(self, people: People, claims: Claims, timeline: Collection, clock: Clock) -> None:
        self._people = people
        self._claims = claims
        self._timeline = timeline
        self._clock = clock

    async def finish(self, contact: Contact) -> Contact:
        """The record with nothing under way. Raises `Conflict` after many lost races."""
        for _ in range(RACES):
            if any(row.claiming for row in contact.rows):
                contact = await self._settle(contact)
            elif contact.under_way:
                contact = await (self._undo if contact.under_way.undo else self._merge)(contact, contact.under_way)
            else:
                return contact
        raise too_many_changes()

    async def _settle(self, contact: Contact) -> Contact:
        """Try every claim, in an order that is the same for all contacts: of two that want the same identifiers one
        gets all of them."""
        taken: set[Key] = set()
        told: dict[Key, int] = {}
        wanted = [row for row in contact.rows if row.claiming]
        for row in sorted(wanted, key=lambda one: claim_id(contact.tenant_id, one)):
            claim = await self._claims.take(contact, row)
            while claim.is_in_doubt and claim.last:
                await self.finish(claim.last)
                claim = await self._claims.take(contact, row)
            told[key_of(row)] = claim.told
            if claim.last is None or claim.last.id != contact.id:
                taken.add(key_of(row))
        return await self._saved(contact, lambda present: settled(present, taken, told))

    async def _merge(self, survivor: Contact, way: MergeUnderWay) -> Contact:
        other = await self._people.record(way.other_id)
        survivor = await self._again(survivor)  # after the other one: its revision is from while this was under way
        if survivor.under_way != way:
            return survivor
        if other is not None and other.stands_for is None:
            if other.under_way or any(row.claiming for row in other.rows):
                await self.finish(other)
                return await self._again(survivor)
            await self._people.put(merged_away(other, survivor.id, way.merge_id))
            return survivor  # and look again
        if other is None or other.merged_as != way.merge_id:  # it went elsewhere meanwhile
            log.info("merge_dropped", contact=survivor.id, other=way.other_id)
            return await self._saved(survivor, lambda present: present.but(under_way=None))
        await self._note(survivor, way)
        return await self._saved(survivor, lambda present: absorb(present, other))

    async def _undo(self, survivor: Contact, way: MergeUnderWay) -> Contact:
        other = await self._people.record(way.other_id)
        survivor = await self._again(survivor)
        if survivor.under_way != way:
            return survivor
        if other is not None and other.merged_as == way.merge_id:
            back = await self._people.save(restored(other, survivor, way), self._clock.now())
            if back is None:
                return survivor
            await self.finish(back)
        await self._note(survivor, way)
        return await self._saved(survivor, lambda present: present.but(under_way=None))

    async def _note(self, survivor: Contact, way: MergeUnderWay) -> None:
        """Filed before the save that ends the merge, so that a crash loses no entry; a repeat is the same one."""
        await self._timeline.put(entry_of(survivor.id, survivor.tenant_id, way).plain())

    async def _saved(self, contact: Contact, decide: Callable[[Contact], Contact]) -> Contact:
        """The decision on the record as it was read; where it has changed meanwhile, the record as it is now."""
        decided = decide(contact)
        saved = await self._people.save(decided, self._clock.now()) if decided != contact else contact
        return saved or await self._again(contact)

    async def _again(self, contact: Contact) -> Contact:
        return await self._people.record(contact.id) or contact.but(stands_for=NOBODY, under_way=None, identifiers=())
