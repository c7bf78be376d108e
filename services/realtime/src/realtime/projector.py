"""The projector: numbers every event and sends it to all instances, in that order.

Saves of one tenant's log happen one after the other, and a campaign makes hundreds of updates a second. So all waiting
events of a tenant are numbered in one save. An event is acknowledged once it is in the log. Sending it to the instances
only saves time: they read the log every few seconds anyway.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from realtime.domain import public_fields
from realtime.domain.frames import NewLogEntry, frame_of
from realtime.event_log import EventLog
from shared.batcher import Batcher
from shared.broker.protocol import Broker, Message
from shared.errors import ParleyError
from shared.events.accounts import TenantChanged
from shared.events.campaigns import CampaignUpdated, WorkflowUpdated
from shared.events.conversation import ContactErased, ConversationUpdated, ReadUpdated
from shared.events.envelope import Event
from shared.events.sender import BudgetWarned

log = structlog.get_logger()

ROUTING_PREFIX = "rt."
_TOGETHER = 64
_TOGETHER_BYTES = 2 * 1024 * 1024


class Projector:
    def __init__(
        self, entries: EventLog, broker: Broker, grown: Callable[[str], None] = lambda _tenant_id: None
    ) -> None:
        """`grown` hears that a tenant's log has new entries; it must cost next to nothing."""
        self._log = entries
        self._broker = broker
        self._grown = grown
        self._batcher: Batcher[str, NewLogEntry, None] = Batcher(
            self._number, most=_TOGETHER, most_size=_TOGETHER_BYTES, size=lambda draft: len(draft.body)
        )

    async def on_conversation_updated(self, event: Event[ConversationUpdated]) -> None:
        await self._project(event.tenant_id, public_fields.conversation(event))

    async def on_contact_erased(self, event: Event[ContactErased]) -> None:
        await self._project(event.tenant_id, public_fields.erased(event))

    async def on_read_updated(self, event: Event[ReadUpdated]) -> None:
        await self._project(event.tenant_id, public_fields.read_mark(event))

    async def on_campaign_updated(self, event: Event[CampaignUpdated]) -> None:
        await self._project(event.tenant_id, public_fields.campaign(event))

    async def on_workflow_updated(self, event: Event[WorkflowUpdated]) -> None:
        await self._project(event.tenant_id, public_fields.workflow(event))

    async def on_budget_warned(self, event: Event[BudgetWarned]) -> None:
        await self._project(event.tenant_id, public_fields.budget(event))

    async def on_tenant_changed(self, event: Event[TenantChanged]) -> None:
        await self._project(event.tenant_id, public_fields.tenant(event))

    async def announce(self, tenant_id: str, draft: NewLogEntry) -> None:
        """Log and send a frame that comes from this service itself."""
        await self._project(tenant_id, draft)

    async def _project(self, tenant_id: str, draft: NewLogEntry) -> None:
        """Returns once the event is numbered and filed. Raises what its batch raised."""
        await self._batcher.ask(tenant_id, draft)

    async def _number(self, tenant_id: str, drafts: list[NewLogEntry]) -> list[None]:
        epoch, entries = await self._log.number(tenant_id, drafts)
        self._grown(tenant_id)
        for entry in entries:
            body = frame_of(epoch, entry).text.encode()
            try:
                await self._broker.publish_transient(
                    Message(ROUTING_PREFIX + tenant_id, body, event_id=entry.mark, tenant_id=tenant_id)
                )
            except ParleyError as error:
                log.warning("live_frame_not_published", code=error.code)  # the instances find it in the log
                break
        return [None] * len(drafts)
