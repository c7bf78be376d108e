"""Makes events durable: the broker confirms them, or our own database keeps them. Nothing else counts as accepted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ingress.confirms import Confirms
from ingress.spool import Spool
from shared import tracing
from shared.broker.protocol import Message
from shared.events import Event
from shared.events.envelope import EventData

CONFIRM_SECONDS = 0.2
"""What a webhook waits for a confirm that is late; the carrier gives up at 2 s, and the spool needs its time too."""


class Delivery:
    def __init__(self, confirms: Confirms, spool: Spool) -> None:
        self._confirms = confirms
        self._spool = spool

    async def send(self, events: Sequence[Event[EventData]]) -> str:
        """`published` or `spooled`, once every event is durable. Raises `StoreUnavailable` if one is nowhere."""
        if len(events) == 1:
            return await self._one(events[0])
        results = await asyncio.gather(*(self._one(event) for event in events))
        return "spooled" if "spooled" in results else "published"

    async def _one(self, event: Event[EventData]) -> str:
        event = tracing.continued(event)
        message = Message(event.data.routing_key(), event.encode(), event.id, event.tenant_id, event.partition_key)
        if self._confirms.trouble() is None and not self._confirms.are_slow and await self._confirmed(message):
            return "published"
        await self._spool.keep(message)
        return "spooled"

    async def _confirmed(self, message: Message) -> bool:
        """If not, it may have been published all the same: twice is harmless, the id is the same."""
        with tracing.publishing(message.routing_key):
            confirm = self._confirms.publish(message)
            await asyncio.wait((confirm,), timeout=CONFIRM_SECONDS)
        return confirm.done() and not confirm.cancelled() and confirm.exception() is None
