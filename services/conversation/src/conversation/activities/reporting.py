"""Publishes what a program reports over HTTP as `contact.activity`, which this service then handles like any other."""

from __future__ import annotations

from conversation.activities.domain.activity import activity_id
from shared.broker.protocol import Broker, Message
from shared.clock import Clock
from shared.events import ContactActivity, Event, event_id


class ActivityReports:
    def __init__(self, broker: Broker, clock: Clock, source: str) -> None:
        self._broker = broker
        self._clock = clock
        self._source = source

    async def publish(self, tenant_id: str, told: ContactActivity) -> str:
        """Returns the activity's id, with the broker's confirm. Raises `Unavailable` while the broker is away."""
        id = activity_id(tenant_id, told.channel, told.activity_id)
        event = Event(
            id=event_id(tenant_id, self._source, id, told.TYPE, ""),
            source=self._source,
            subject=id,
            time=self._clock.now(),
            tenant_id=tenant_id,
            partition_key=id,
            data=told,
        )
        await self._broker.publish(Message(told.routing_key(self._source), event.encode(), event.id, tenant_id, id))
        return id
