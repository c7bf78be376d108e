"""Conversations as the service files them, without the events that would lead there: many in no time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from conversation.domain.thread.model import Card, Conversation, Message, Thread, contact_id, conversation_id
from conversation.domain.thread.records import contact_record, conversation_record, message_record
from conversation.people.store import CONTACT_SPEC
from conversation.store import CONVERSATION_SPEC, MESSAGE_SPEC
from shared.database.protocol import Database, Document
from shared.events import TenantChanged, thread_id
from shared.ids import derived_id

OURS = "+12025550100"
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Talk:
    """The n-th conversation of a tenant: its texts, and what differs from a new one."""

    n: int
    texts: Sequence[str] = ("hello",)
    changes: dict[str, Any] = field(default_factory=dict[str, Any])
    name: str | None = None
    number: str = OURS
    tenant_id: str = "ten_one"
    author: str = "customer"
    at: datetime = START

    @property
    def contact(self) -> str:
        return f"+1415{2_000_000 + self.n:07d}"

    @property
    def thread(self) -> str:
        return thread_id(self.tenant_id, self.number, self.contact)

    @property
    def id(self) -> str:
        return conversation_id(self.thread, 1)

    def message_id(self, n: int = 0) -> str:
        return derived_id("msg", self.thread, str(n))

    def documents(self, tenant: TenantChanged) -> tuple[Document, list[Document], Document]:
        card = Card(id=contact_id(self.tenant_id, self.contact), phone_number=self.contact, name=self.name)
        conversation = Conversation(
            id=self.id, ordinal=1, last_activity_at=self.at, created_at=self.at, revision=1, talked=True
        ).but(**self.changes)
        thread = Thread.new(self.tenant_id, self.number, card).but(conversations=(conversation,), periods=1)
        messages = [message_record(self.tenant_id, self._message(n)) for n in range(len(self.texts))]
        return (
            conversation_record(thread, conversation, tenant),
            messages,
            contact_record(thread, conversation.created_at),
        )

    def _message(self, n: int) -> Message:
        inbound = self.author == "customer"
        return Message.read(
            {
                "id": self.message_id(n),
                "conversation_id": self.id,
                "direction": "inbound" if inbound else "outbound",
                "author": self.author,
                "text": self.texts[n],
                "from_number": self.contact if inbound else self.number,
                "to_number": self.number if inbound else self.contact,
                "status": "received" if inbound else "sent",
                "created_at": self.at - timedelta(seconds=len(self.texts) - n),
            }
        )


async def fill(database: Database, talks: Sequence[Talk], tenant: TenantChanged | None = None) -> None:
    tenant = tenant or TenantChanged(tenant_id="ten_one", revision=1, name="Bakery", ai_mode="auto")
    filed = [talk.documents(tenant) for talk in talks]
    await database.collection(CONVERSATION_SPEC).put_many([one for one, _, _ in filed])
    await database.collection(MESSAGE_SPEC).put_many([one for _, some, _ in filed for one in some])
    await database.collection(CONTACT_SPEC).put_many([one for _, _, one in filed])


class Counted:
    """A database that counts what is asked of it, and the documents that it gives."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.calls: list[str] = []
        self.read = 0

    def collection(self, spec: Any) -> Any:
        return _CountedCollection(self._database.collection(spec), self)


class _CountedCollection:
    def __init__(self, inner: Any, counts: Counted) -> None:
        self._inner = inner
        self._counts = counts
        self.spec = inner.spec

    async def find(self, where: Any, **more: Any) -> Any:
        page = await self._inner.find(where, **more)
        self._counts.calls.append(f"find {self.spec.name}")
        self._counts.read += len(page.items)
        return page

    async def count_by(self, where: Any, field: str, **more: Any) -> Any:
        groups = await self._inner.count_by(where, field, **more)
        self._counts.calls.append(f"count_by {self.spec.name}")
        self._counts.read += sum(groups.values())
        return groups

    async def count_few_by(self, where: Any, field: str, at_most: int) -> Any:
        groups = await self._inner.count_few_by(where, field, at_most)
        self._counts.calls.append(f"count_by {self.spec.name}")
        self._counts.read += at_most + 1 if groups is None else sum(groups.values())
        return groups
