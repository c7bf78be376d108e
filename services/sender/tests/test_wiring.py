"""What sender handles is what the catalogue of events says it does, and it is built without touching anything."""

from __future__ import annotations

from typing import Any

from shared.consuming.consumer import consumers_of
from shared.events.catalogue import subscriptions_of


async def test_the_handlers_are_those_of_the_catalogue(world: Any) -> None:
    queues = consumers_of("sender", list(world.parts.service.handlers), subscriptions_of("sender"))
    assert {queue.subscription.queue for queue in queues} >= {"sender.sms.outbound.v1", "sender.sms.outbound.bulk.v1"}
