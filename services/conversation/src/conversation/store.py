"""Collections of the service: thread documents, on which decisions are made, and records filed for reading."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from datetime import datetime

from conversation.domain.consent.ledger import Consents
from conversation.domain.thread.edit import ACTIVITIES, CONVERSATIONS, MESSAGES
from conversation.domain.thread.model import Message, Thread
from conversation.people.store import People
from shared.aggregates import Aggregates, Cause, Change, Decision, Kind
from shared.database.paging import documents, pages
from shared.database.protocol import Collection, CollectionSpec, Document, In, Range, Sort
from shared.events import ConsentEntry, thread_id
from shared.service.alarm import Alarm

CONVERSATION_SPEC = CollectionSpec(
    CONVERSATIONS,
    {
        "tenant_id": "str",
        "thread_id": "str",
        "contact_id": "str",
        "state": "str",
        "assignee": "str",
        "has_unread": "bool",
        "needs_person": "bool",
        "last_activity_at": "datetime",
        "terms": "terms",
    },
    (
        ("tenant_id", "last_activity_at"),
        ("tenant_id", "state", "last_activity_at"),
        ("tenant_id", "assignee", "last_activity_at"),
        ("tenant_id", "terms", "last_activity_at"),
    ),
)
MESSAGE_SPEC = CollectionSpec(
    MESSAGES,
    {"tenant_id": "str", "conversation_id": "str", "at": "datetime"},
    (("tenant_id", "conversation_id", "at"), ("tenant_id", "at")),
)
LEDGER_SPEC = CollectionSpec(
    "consent_entries", {"tenant_id": "str", "contact": "str", "at": "datetime"}, (("tenant_id", "contact", "at"),)
)
ACTIVITY_SPEC = CollectionSpec(
    ACTIVITIES,
    {"tenant_id": "str", "phone_number": "str", "email": "str", "external_id": "str", "at": "datetime"},
    (
        ("tenant_id", "phone_number", "at"),
        ("tenant_id", "email", "at"),
        ("tenant_id", "external_id", "at"),
        ("tenant_id", "at"),
    ),
)
GUIDE_SPEC = CollectionSpec("guides", {"tenant_id": "str", "priority": "int"}, (("tenant_id", "priority"),))
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
    fields={"spread_at": "datetime"},
    indexes=(("spread_at",),),
    index=lambda consents: {"spread_at": consents.spread_at},
)

Decide = Callable[[Thread], Decision[Thread] | None]


class Ledger:
    """Consent by tenant and contact, over all of the tenant's numbers."""

    def __init__(self, aggregates: Aggregates[Consents], spreading: Alarm) -> None:
        self.aggregates = aggregates
        self._spreading = spreading

    async def change(
        self, tenant_id: str, contact: str, cause: Cause, decide: Callable[[Consents | None], Decision[Consents] | None]
    ) -> None:
        """Change one person's consent, then ring for the loop that copies it into the contact's threads."""
        change = await self.aggregates.change(f"{tenant_id}|{contact}", cause, decide, publish_later=True)
        if change.fresh:
            self._spreading.ring()

    async def entries(self, tenant_id: str, contact: str) -> tuple[ConsentEntry, ...]:
        state = await self.aggregates.get(f"{tenant_id}|{contact}")
        return state.entries if state else ()


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
        if change.state is not None:
            return change
        card = await self._people.card(cause.tenant_id, contact)
        consent = await self._ledger.entries(cause.tenant_id, contact)
        begun = Thread.new(cause.tenant_id, number, card, consent)
        return await self._aggregates.change(
            id, cause, lambda state: decide(state or begun), publish_later=publish_later, saved=self._saved, seen=None
        )

    async def get(self, id: str) -> Thread | None:
        return await self._aggregates.get(id)

    async def of_contact(self, tenant_id: str, contact_id: str) -> AsyncIterator[Thread]:
        """The contact's threads on all of the tenant's numbers."""
        async for document in documents(self.collection, {"tenant_id": tenant_id, "contact_id": contact_id}):
            yield self.state_of(document)

    async def change(self, id: str, cause: Cause, decide: Decide, *, publish_later: bool = False) -> Change[Thread]:
        """Change an existing thread. If there is none, nothing happens and `state` is None."""
        return await self._change(id, cause, lambda state: decide(state) if state else None, publish_later)

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
