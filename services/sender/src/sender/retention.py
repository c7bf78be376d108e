"""What a tenant's retention takes here: the words of messages that have ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

import structlog

from sender.domain.message import Message
from sender.store import Messages, message_of
from shared.clock import Clock
from shared.database.paging import pages
from shared.database.protocol import Range, Sort
from shared.errors import ParleyError

log = structlog.get_logger()


@dataclass(frozen=True)
class MessageRetention:
    messages: Messages
    clock: Clock

    async def words(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        """One decision per lane and page; yields how many messages lost their words after each page."""
        expired = {"tenant_id": tenant_id, "words_at": Range(lt=before)}
        async for page in pages(self.messages.records, expired, Sort("words_at")):
            by_lane: defaultdict[str, list[Message]] = defaultdict(list)
            for record in page:
                by_lane[record["lane_id"]].append(message_of(record))
            forgotten = 0
            for lane_id, messages in by_lane.items():
                try:
                    forgotten += await self.messages.forget(tenant_id, lane_id, messages, self.clock.now())
                except ParleyError as error:  # it waits for the next round; the others need not
                    log.warning("forgetting_failed", lane=lane_id, code=error.code)
            yield forgotten
