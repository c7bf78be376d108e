"""Deletes messages after the tenant's retention period, and their text in threads and conversations.

Filed messages are the list of what is due and are deleted last, so that the next round finds an interrupted one again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

import structlog

from conversation.domain.thread import retention
from conversation.domain.thread.model import Message, Thread
from conversation.resources import Resources
from shared.aggregates import Cause, Decision
from shared.database.protocol import Collection, Document, In
from shared.errors import ParleyError
from shared.events import UNFINISHED, thread_id

log = structlog.get_logger()


@dataclass(frozen=True)
class MessageRetention:
    resources: Resources
    conversations: Collection

    async def messages(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        """Thread by thread, oldest messages first. Yields the number of deleted messages after each page."""
        any_forgotten = False
        async for page in self.resources.messages.expired(tenant_id, before):
            by_thread: defaultdict[str, list[Document]] = defaultdict(list)
            for record in page:
                if _has_ended(record):
                    by_thread[_thread_of(tenant_id, Message.read(record["message"]))].append(record)
            forgotten = 0
            for id, records in by_thread.items():
                try:
                    forgotten += await self._in_thread(tenant_id, id, records, before)
                except ParleyError as error:  # the next round tries this thread again
                    log.warning("forgetting_failed", thread=id, code=error.code)
            any_forgotten = any_forgotten or forgotten > 0
            yield forgotten
        if any_forgotten:
            await self.resources.messages.scrub()

    async def _in_thread(self, tenant_id: str, id: str, records: list[Document], before: datetime) -> int:
        """One decision removes the text from the thread; then the expired records of its conversations are deleted."""
        scene = await self.resources.scene(tenant_id)
        expired = sorted({record["conversation_id"] for record in records})
        archived = await self._archived(tenant_id, id, expired)

        def decide(thread: Thread) -> Decision[Thread] | None:
            return retention.forget(thread, before, expired, archived, scene)

        # The first message is part of the cause: a later page of the same round is another event.
        cause = Cause.due(tenant_id, f"forget|{id}|{before.isoformat()}|{records[0]['id']}", id)
        thread = (await self.resources.threads.change(id, cause, decide)).state
        held = {message.id for message in thread.messages} if thread else set[str]()
        forgotten = 0
        for conversation_id in expired:
            async for page in self.resources.messages.expired(tenant_id, before, conversation_id):
                going = [record for record in page if _has_ended(record) and record["id"] not in held]
                shown = [Message.read(record["message"]) for record in going]
                await self.resources.media.forget(tenant_id, shown)
                forgotten += await self.resources.messages.forget(going)
        return forgotten

    async def _archived(self, tenant_id: str, id: str, expired: list[str]) -> tuple[Document, ...]:
        """Records of conversations that the thread no longer holds: only the record can still contain their text."""
        thread = await self.resources.threads.get(id)
        ids = [one for one in expired if thread and not thread.conversation(one)]
        if not ids:
            return ()
        page = await self.conversations.find({"id": In(ids), "tenant_id": tenant_id}, limit=len(ids))
        return tuple(page.items)


def _has_ended(record: Document) -> bool:
    return record["message"]["status"] not in UNFINISHED


def _thread_of(tenant_id: str, message: Message) -> str:
    inbound = message.direction == "inbound"
    ours, theirs = (message.to_number, message.from_number) if inbound else (message.from_number, message.to_number)
    return thread_id(tenant_id, ours, theirs)
