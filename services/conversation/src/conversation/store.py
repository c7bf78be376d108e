"""Collections of the service: thread documents, on which decisions are made, and records filed for reading."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from datetime import datetime

from conversation.domain.consent.erase import Hashed, back, emptied, hash_consents, without_words
from conversation.domain.consent.ledger import Consents, absorb
from conversation.domain.thread.edit import CONVERSATIONS, MESSAGES
from conversation.domain.thread.erase import back as back_again
from conversation.domain.thread.model import Message, Thread
from conversation.people.store import People
from shared.aggregates import Aggregates, Cause, Change, Decision, Kind
from shared.database.paging import documents, pages
from shared.database.protocol import Collection, CollectionSpec, Document, In, Range, Sort
from shared.erasure import ErasedPerson, ErasureKeys
from shared.erasure.person import hashed_number
from shared.events import ConsentChanged, ConsentEntry, thread_id
from shared.service.alarm import Alarm

CONVERSATION_SPEC = CollectionSpec(
    CONVERSATIONS,
    {
        "tenant_id": "str",
        "thread_id": "str",
        "contact_id": "str",
        "last_activity_at": "datetime",
        "facets": "terms",
    },
    (
        ("tenant_id", "last_activity_at"),
        ("tenant_id", "contact_id", "last_activity_at"),
        ("tenant_id", "facets", "last_activity_at"),
    ),
)
MESSAGE_SPEC = CollectionSpec(
    MESSAGES,
    {"tenant_id": "str", "conversation_id": "str", "at": "datetime", "terms": "terms"},
    (("tenant_id", "conversation_id", "at"), ("tenant_id", "at"), ("tenant_id", "terms", "at")),
)
LEDGER_SPEC = CollectionSpec(
    "consent_entries", {"tenant_id": "str", "contact": "str", "at": "datetime"}, (("tenant_id", "contact", "at"),)
)
NUMBER_SPEC = CollectionSpec("numbers", {"tenant_id": "str"}, (("tenant_id",),))

THREADS = Kind(
    "threads",
    Thread,
    fields={"due_at": "datetime", "contact_id": "str"},
    indexes=(("due_at",), ("tenant_id", "contact_id")),
    index=lambda thread: {"due_at": thread.due_at, "contact_id": thread.card.id},
)
CONSENTS = Kind(
    "consents",
    Consents,
    fields={"spread_at": "datetime", "moved": "bool"},
    indexes=(("spread_at",),),
    index=lambda consents: {"spread_at": consents.spread_at, "moved": True if consents.moved else None},
)

Decide = Callable[[Thread], Decision[Thread] | None]


class Ledger:
    """Consent by tenant and contact, over all of the tenant's numbers. Of erased people by the hash of their number."""

    def __init__(self, aggregates: Aggregates[Consents], spreading: Alarm, keys: ErasureKeys) -> None:
        self.aggregates = aggregates
        self._spreading = spreading
        self._keys = keys

    async def change(
        self, tenant_id: str, contact: str, cause: Cause, decide: Callable[[Consents | None], Decision[Consents] | None]
    ) -> None:
        """Change one person's consent, then ring for the loop that copies it into the contact's threads. Of somebody
        who was erased and is back it begins with what the hash has."""
        erased = await self.erased(tenant_id, contact)

        def with_past(state: Consents | None) -> Decision[Consents] | None:
            return decide(back(erased, contact) if erased and (state is None or state.moved) else state)

        change = await self.aggregates.change(_key(tenant_id, contact), cause, with_past, publish_later=True)
        if change.fresh:
            self._spreading.ring()

    async def absorb(self, tenant_id: str, change: ConsentChanged, cause: Cause, now: datetime) -> None:
        """An entry that was published. One from before its person was erased goes to the hash, without words."""
        erased = await self.erased(tenant_id, change.contact)
        if erased and erased.erased_at and change.effective_at <= erased.erased_at:
            change = without_words(change, erased.contact)
        await self.change(tenant_id, change.contact, cause, lambda state: absorb(state, tenant_id, change, now))

    async def bring_back(self, tenant_id: str, contact: str) -> tuple[ConsentEntry, ...]:
        """Somebody who was erased writes again: what the hash has is this number's again."""
        cause = Cause.due(tenant_id, f"back|{contact}", tenant_id)
        await self.change(tenant_id, contact, cause, lambda state: Decision(state) if state else None)
        return await self.entries(tenant_id, contact)

    async def entries(self, tenant_id: str, contact: str) -> tuple[ConsentEntry, ...]:
        state = await self.aggregates.get(_key(tenant_id, contact))
        if state is None or state.moved:
            state = await self.erased(tenant_id, contact)
        return state.entries if state else ()

    async def erased(self, tenant_id: str, contact: str) -> Consents | None:
        """What is kept under the hash of this number. No look at all for a tenant that has erased nobody."""
        key = await self._keys.of(tenant_id)
        return await self.aggregates.get(_key(tenant_id, hashed_number(key, contact))) if key else None

    async def is_older_than_erasure(self, tenant_id: str, contact: str, at: datetime) -> bool:
        """Whether something of that moment concerns a person who was erased since."""
        erased = await self.erased(tenant_id, contact)
        return bool(erased and erased.erased_at and at <= erased.erased_at)

    async def hash_number(self, person: ErasedPerson, number: str) -> bool:
        """Keep what is known of this number under its hash as well. False if nothing had to be added."""
        state = await self.aggregates.get(_key(person.tenant_id, number))
        hashed = person.hashed(number)
        cause = Cause.due(person.tenant_id, f"erase|{person.erasure_id}|{hashed}", person.erasure_id)
        change = await self.aggregates.change(
            _key(person.tenant_id, hashed),
            cause,
            lambda known: hash_consents(known, state, Hashed(person.tenant_id, hashed, person.at)),
        )
        return change.fresh

    async def drop_number(self, person: ErasedPerson, number: str) -> bool:
        """Delete what is kept under the number itself, once its hash has everything. Newer entries stay.

        It is marked first and deleted only while it is marked: a STOP that comes in between makes it live again.
        """
        await self.hash_number(person, number)
        id = _key(person.tenant_id, number)
        cause = Cause.due(person.tenant_id, f"erase|{person.erasure_id}", person.erasure_id)
        await self.aggregates.change(id, cause, lambda known: emptied(known, person.at))
        await self.aggregates.forget_marks(id)
        return await self.aggregates.store.delete({"id": id, "moved": True}) > 0


class Threads:
    """Thread aggregates, by our number and contact. Rings `turns` for the moment a turn becomes due."""

    def __init__(self, aggregates: Aggregates[Thread], people: People, ledger: Ledger, turns: Alarm) -> None:
        self._aggregates = aggregates
        self._people = people
        self._ledger = ledger
        self._turns = turns

    @property
    def collection(self) -> Collection:
        return self._aggregates.store

    def state_of(self, document: dict[str, object]) -> Thread:
        return self._aggregates.state_of(document)

    async def between(
        self, cause: Cause, number: str, contact: str, decide: Decide, *, publish_later: bool = False
    ) -> Change[Thread]:
        """Change the thread of our number and this contact; create it if there is none."""
        id = thread_id(cause.tenant_id, number, contact)
        change = await self.change(id, cause, decide, publish_later=publish_later)
        if change.state is not None and change.state.is_erased:
            return await self._begin_again(cause, change.state, contact, decide, publish_later=publish_later)
        if change.state is not None:
            return change
        card = await self._people.card(cause.tenant_id, contact)
        consent = await self._ledger.entries(cause.tenant_id, contact)
        begun = Thread.new(cause.tenant_id, number, card, consent)
        return await self._aggregates.change(
            id, cause, lambda state: decide(state or begun), publish_later=publish_later, saved=self._saved, seen=None
        )

    async def _begin_again(
        self, cause: Cause, seen: Thread, contact: str, decide: Decide, *, publish_later: bool
    ) -> Change[Thread]:
        """Somebody who was erased is back, as a new contact. A STOP from before is still in force."""
        card = await self._people.card(cause.tenant_id, contact)
        consent = await self._ledger.bring_back(cause.tenant_id, contact)
        return await self._aggregates.change(
            seen.id,
            cause,
            lambda state: decide(back_again(state or seen, card, consent)),
            publish_later=publish_later,
            saved=self._saved,
        )

    async def erase(self, id: str, cause: Cause, decide: Decide) -> Change[Thread]:
        """As `change`, also for a thread that was erased before."""
        return await self._aggregates.change(id, cause, lambda state: decide(state) if state else None)

    async def get(self, id: str) -> Thread | None:
        return await self._aggregates.get(id)

    async def of_contact(self, tenant_id: str, ids: Sequence[str]) -> AsyncIterator[Thread]:
        """The threads whose card has one of these ids, on all of the tenant's numbers."""
        async for document in documents(self.collection, {"tenant_id": tenant_id, "contact_id": In(ids)}):
            yield self.state_of(document)

    async def change(self, id: str, cause: Cause, decide: Decide, *, publish_later: bool = False) -> Change[Thread]:
        """Change an existing thread. If there is none, nothing happens and `state` is None; nor does it if its person
        was erased."""
        return await self._change(
            id, cause, lambda state: decide(state) if state and not state.is_erased else None, publish_later
        )

    async def _change(
        self, id: str, cause: Cause, decide: Callable[[Thread | None], Decision[Thread] | None], publish_later: bool
    ) -> Change[Thread]:
        return await self._aggregates.change(id, cause, decide, publish_later=publish_later, saved=self._saved)

    def _saved(self, thread: Thread) -> None:
        if thread.due_at:
            self._turns.ring(thread.due_at)


class Messages:
    """Filed messages, also those that their thread no longer holds."""

    def __init__(self, records: Collection) -> None:
        self._records = records

    async def get(self, tenant_id: str, id: str) -> Message | None:
        document = await self._records.get(id)
        if document is None or document["tenant_id"] != tenant_id or "message" not in document:
            return None
        return Message.read(document["message"])

    async def was_forgotten(self, tenant_id: str, id: str) -> bool:
        """Whether a request created this message and the retention period has deleted it."""
        document = await self._records.get(id)
        return document is not None and document["tenant_id"] == tenant_id and "message" not in document

    def expired(
        self, tenant_id: str, before: datetime, conversation_id: str | None = None
    ) -> AsyncGenerator[list[Document]]:
        """Records from before this moment, of one conversation or all, page by page."""
        mine = {"tenant_id": tenant_id} | ({"conversation_id": conversation_id} if conversation_id else {})
        return pages(self._records, {**mine, "at": Range(lt=before)}, Sort("at"))

    async def scrub(self) -> None:
        """After forgetting: no deleted word stays in the index of words either."""
        await self._records.scrub()

    async def forget(self, records: Sequence[Document]) -> int:
        """Delete them. A message created with an Idempotency-Key leaves its id, so that a repeat sends nothing."""
        kept = [
            {"id": one["id"], "revision": one["revision"] + 1, "tenant_id": one["tenant_id"]}
            for one in records
            if one["message"].get("digest")
        ]
        for tombstone in kept:
            await self._records.put(tombstone)
        ids = [one["id"] for one in records if not one["message"].get("digest")]
        return len(kept) + (await self._records.delete({"id": In(ids)}) if ids else 0)


def _key(tenant_id: str, contact: str) -> str:
    return f"{tenant_id}|{contact}"
