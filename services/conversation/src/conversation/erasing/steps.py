"""What conversation erases of a person: threads and all that was filed of them, activities, the contact, the ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from conversation.activities.domain.activity import values_of
from conversation.domain.consent.erase import bare_row
from conversation.domain.thread.erase import erase
from conversation.domain.thread.model import Message, Thread, contact_id
from conversation.people.domain.contact import NOBODY, empty_record
from conversation.people.domain.identifiers import Identifier, external_value
from conversation.resources import Resources
from conversation.timeline.domain.entry import TIMELINE
from shared.aggregates import Cause
from shared.database.paging import pages
from shared.database.protocol import Collection, Document, In, Range, Sort
from shared.erasure import ErasedPerson
from shared.service.erasing import Step


@dataclass(frozen=True)
class ConversationErasure:
    resources: Resources
    conversations: Collection
    messages: Collection
    entries: Collection

    @property
    def steps(self) -> dict[str, Step]:
        return {
            "identifiers": self.identifiers,
            "threads": self.threads,
            "activities": self.other_channels,
            TIMELINE: self.timeline,
            "contacts": self.contacts,
            "consents": self.consents,
        }

    async def identifiers(self, person: ErasedPerson) -> int:
        """First of all: what comes late must be recognised before the rest is gone."""
        return await self.resources.erased_identifiers.keep(person, identifiers_of(person))

    async def threads(self, person: ErasedPerson) -> int:
        """Of each thread: what was filed, then the thread itself, then what it filed meanwhile."""
        erased = 0
        async for thread in self._threads(person):
            erased += await self._filed(person, thread)
            cause = Cause.due(person.tenant_id, f"erase|{person.erasure_id}|{thread.id}", person.erasure_id)
            change = await self.resources.threads.erase(thread.id, cause, lambda known: erase(known, person.at))
            erased += change.fresh + await self._filed(person, change.state or thread)
        await self.conversations.scrub()  # also where a crash came between erasing and this
        await self.messages.scrub()
        return erased

    async def other_channels(self, person: ErasedPerson) -> int:
        gone, records = 0, self.resources.activities.records
        for field, values in values_of(identifiers_of(person)).items():
            where = {"tenant_id": person.tenant_id, field: In(values), "at": Range(lte=person.at)}
            async for page in pages(records, where, Sort("at")):
                gone += await records.delete({"id": In([row["id"] for row in page])})
        return gone

    async def timeline(self, person: ErasedPerson) -> int:
        """Without what was filed for others while they were merged into this contact: an unmerge gave it back."""
        gone, records = 0, self.resources.timeline.records
        for id in self._contact_ids(person):
            where = {"tenant_id": person.tenant_id, "contact_id": id, "at": Range(lte=person.at)}
            async for page in pages(records, where, Sort("at")):
                others = await self._threads_of_others(person, {row["thread_id"] for row in page})
                gone += await records.delete({"id": In([row["id"] for row in page if row["thread_id"] not in others])})
        return gone

    async def contacts(self, person: ErasedPerson) -> int:
        """The request has emptied them; this is for what a crash or a late event left."""
        people, gone = self.resources.people, 0
        for id in self._contact_ids(person):
            record = await people.record(id)
            if record is None or record.stands_for == NOBODY or record.tenant_id != person.tenant_id:
                continue
            if record.created_at is None or record.created_at <= person.at:
                gone += await people.put(empty_record(record)) is not None
        if gone:
            mine = {"tenant_id": person.tenant_id, "contact_id": In(self._contact_ids(person))}
            gone += await people.claims.delete(mine)
        await people.records.scrub()
        return gone

    async def consents(self, person: ErasedPerson) -> int:
        erased = 0
        for number in person.phone_numbers:
            erased += await self.resources.ledger.hash_number(person, number)
            erased += await self._entries(person, number)
        return erased

    async def numbers_of_consents(self, person: ErasedPerson) -> int:
        return sum([await self.resources.ledger.drop_number(person, number) for number in person.phone_numbers])

    async def _entries(self, person: ErasedPerson, number: str) -> int:
        """The filed proof: what and when stays, the words of it go."""
        changed, hashed = 0, person.hashed(number)
        where = {"tenant_id": person.tenant_id, "contact": number, "at": Range(lte=person.at)}
        async for page in pages(self.entries, where, Sort("at")):
            for row in page:
                changed += await self.entries.put(bare_row(row, hashed))
        return changed

    async def _threads(self, person: ErasedPerson) -> AsyncIterator[Thread]:
        """Not those that have this contact's card only until an unmerge has reached them."""
        async for thread in self.resources.threads.of_contact(person.tenant_id, self._contact_ids(person)):
            if _is_of(person, thread):
                yield thread

    async def _threads_of_others(self, person: ErasedPerson, ids: set[str]) -> set[str]:
        """The contact's own entries name no thread."""
        found = [await self.resources.threads.get(id) for id in ids if id]
        return {thread.id for thread in found if thread and not _is_of(person, thread)}

    def _contact_ids(self, person: ErasedPerson) -> list[str]:
        numbers = (contact_id(person.tenant_id, number) for number in person.phone_numbers)
        return list(dict.fromkeys((*person.contact_ids, *numbers)))

    async def _filed(self, person: ErasedPerson, thread: Thread) -> int:
        gone = 0
        for id in thread.every_conversation_id():
            gone += await self._of_conversation(person, id)
        return gone

    async def _of_conversation(self, person: ErasedPerson, id: str) -> int:
        mine = {"tenant_id": person.tenant_id, "conversation_id": id}
        gone = 0
        async for page in pages(self.messages, {**mine, "at": Range(lte=person.at)}, Sort("at")):
            filed = [row for row in page if "message" in row]
            gone += await self.resources.media.forget(person.tenant_id, [Message.read(row["message"]) for row in filed])
            gone += await self.resources.messages.forget(filed)
        record = await self.conversations.get(id)
        if record is not None and _began_before(record, person):
            gone += await self.conversations.delete({"id": id, "tenant_id": person.tenant_id})
            gone += await self.resources.timeline.records.delete(mine)
        return gone


def _is_of(person: ErasedPerson, thread: Thread) -> bool:
    """An erased one has no number any more; what came late for it goes with the next look."""
    return thread.is_erased or thread.contact in person.phone_numbers


def _began_before(record: Document, person: ErasedPerson) -> bool:
    return record["conversation"]["created_at"] <= person.at


def identifiers_of(person: ErasedPerson) -> list[Identifier]:
    found = [Identifier(kind="phone", value=number) for number in person.phone_numbers]
    found += [Identifier(kind="email", value=email) for email in person.emails]
    return found + [Identifier(kind="external", value=external_value(*pair)) for pair in person.external_ids]
