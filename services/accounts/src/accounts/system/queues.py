"""Every queue of the installation, and how long the effects of each service wait for the broker."""

from __future__ import annotations

import asyncio

from accounts.system.asking import answers
from accounts.system.schemas import OutboxOut, QueueOut, QueuesOut
from shared.broker.protocol import Broker
from shared.events.catalogue import EVERY_HTTP_SERVICE, topology
from shared.internal.about import PATH
from shared.internal.client import InternalClient

_AT_ONCE = 8


class Queues:
    def __init__(self, broker: Broker, internal: InternalClient) -> None:
        self._broker = broker
        self._internal = internal
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def all(self) -> QueuesOut:
        """Raises `BrokerUnavailable`."""
        items = await asyncio.gather(*(self._one(each.queue, each.dead_queue) for each in topology()))
        found, unreachable = await answers(EVERY_HTTP_SERVICE, lambda service: self._internal.get(service, PATH))
        outboxes = [OutboxOut(service=name, oldest_seconds=about["oldest_effect_seconds"]) for name, about in found]
        return QueuesOut(items=list(items), outboxes=outboxes, unreachable=unreachable)

    async def _one(self, queue: str, dead_queue: str) -> QueueOut:
        async with self._places:
            look = await self._broker.look(queue)
            dead = await self._broker.look(dead_queue)
        service, _, rest = queue.partition(".")
        return QueueOut(
            queue=queue,
            service=service,
            event_type=rest.rpartition(".v")[0],
            ready=look.ready,
            consumers=look.consumers,
            dead=dead.ready,
        )
