"""The projector: every event gets its number and goes to all instances, in that order.

What waits for one tenant is numbered together, in one save: a tenant's log is one line, and a campaign's hundreds of
updates a second must not each wait for a commit of their own. An event is acknowledged when it is in the log; that the
instances hear of it at once is only for speed, since they look into the log themselves.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable

import structlog

from realtime.domain import public_fields
from realtime.domain.frames import Draft, frame_of
from realtime.event_log import Log
from shared.broker.protocol import Broker, Message
from shared.errors import ParleyError
from shared.events.accounts import TenantChanged
from shared.events.campaigns import CampaignUpdated
from shared.events.conversation import ConversationUpdated
from shared.events.envelope import Event
from shared.events.sender import BudgetWarned

log = structlog.get_logger()

ROUTING_PREFIX = "rt."
_TOGETHER = 64
_TOGETHER_BYTES = 2 * 1024 * 1024

_Waiting = tuple[Draft, asyncio.Future[None]]


class Projector:
    def __init__(self, entries: Log, broker: Broker) -> None:
        self._log = entries
        self._broker = broker
        self._waiting: defaultdict[str, list[_Waiting]] = defaultdict(list)
        self._working: dict[str, asyncio.Task[None]] = {}

    async def on_conversation_updated(self, event: Event[ConversationUpdated]) -> None:
        await self._project(event.tenant_id, public_fields.conversation(event))

    async def on_campaign_updated(self, event: Event[CampaignUpdated]) -> None:
        await self._project(event.tenant_id, public_fields.campaign(event))

    async def on_budget_warned(self, event: Event[BudgetWarned]) -> None:
        await self._project(event.tenant_id, public_fields.budget(event))

    async def on_tenant_changed(self, event: Event[TenantChanged]) -> None:
        await self._project(event.tenant_id, public_fields.tenant(event))

    async def _project(self, tenant_id: str, draft: Draft) -> None:
        """Returns when it is numbered and filed; raises what went wrong for its batch."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[tenant_id].append((draft, done))
        if tenant_id not in self._working:
            self._working[tenant_id] = asyncio.create_task(self._work_off(tenant_id))
        await done

    async def _work_off(self, tenant_id: str) -> None:
        try:
            while batch := self._take(tenant_id):
                await _settling(batch, lambda batch=batch: self._number(tenant_id, [draft for draft, _ in batch]))
        finally:
            # No await since the line was seen empty: whoever comes next starts a new task.
            del self._working[tenant_id]

    def _take(self, tenant_id: str) -> list[_Waiting]:
        waiting = self._waiting.pop(tenant_id, [])
        size = count = 0
        while count < min(len(waiting), _TOGETHER) and (count == 0 or size < _TOGETHER_BYTES):
            size += len(waiting[count][0].body)
            count += 1
        if waiting[count:]:
            self._waiting[tenant_id] = waiting[count:]
        return waiting[:count]

    async def _number(self, tenant_id: str, drafts: list[Draft]) -> None:
        epoch, entries = await self._log.number(tenant_id, drafts)
        for entry in entries:
            body = frame_of(epoch, entry).text.encode()
            try:
                await self._broker.publish_transient(
                    Message(ROUTING_PREFIX + tenant_id, body, event_id=entry.mark, tenant_id=tenant_id)
                )
            except ParleyError as error:
                log.warning("live_frame_not_told", code=error.code)  # the instances find it in the log
                return


async def _settling(batch: list[_Waiting], work: Callable[[], Awaitable[None]]) -> None:
    """Do it and tell everybody who waits for it how it ended."""
    try:
        await work()
    except BaseException as error:
        for _, done in batch:
            if not done.done():
                done.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
        if not isinstance(error, Exception):
            raise
    else:
        for _, done in batch:
            if not done.done():
                done.set_result(None)
