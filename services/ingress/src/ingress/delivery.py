"""Makes events durable: the broker confirms them, or our own database keeps them. Nothing else counts as accepted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ingress.spool import Spool
from shared import tracing
from shared.broker.protocol import Broker, Message
from shared.errors import BrokerUnavailable, Unroutable
from shared.events import Event
from shared.events.envelope import EventData

_CONFIRM_SECONDS = 0.7
"""The carrier gives up at 2 s; the spool must still have its chance."""


class Delivery:
    def __init__(self, broker: Broker, spool: Spool) -> None:
        self._broker = broker
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
        if self._broker.trouble() is None:
            try:
                with tracing.publishing(message.routing_key):
                    async with asyncio.timeout(_CONFIRM_SECONDS):
                        await self._broker.publish(message)
                return "published"
            except (BrokerUnavailable, Unroutable, TimeoutError):
                pass  # it may have been published all the same: twice is harmless, the id is the same
        await self._spool.keep(message)
        return "spooled"
