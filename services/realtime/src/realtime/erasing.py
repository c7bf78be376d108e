"""An erased person in what realtime keeps: the log's entries lose their content, deliveries to webhooks go.

An entry keeps its number, so that streams and webhooks read on without a gap.
"""

from __future__ import annotations

from dataclasses import dataclass

from realtime.event_log import EventLog
from realtime.webhooks.store import Deliveries, Webhooks
from shared.erasure import ErasedPerson


@dataclass(frozen=True)
class RealtimeErasure:
    entries: EventLog
    webhooks: Webhooks
    deliveries: Deliveries

    async def log(self, person: ErasedPerson) -> int:
        return await self.entries.erase(person.tenant_id, person.is_in)

    async def deliveries_to(self, person: ErasedPerson) -> int:
        """Waiting ones too: their content is erased. The log's marks stay, so no event is delivered twice."""
        erased = 0
        async for webhook in self.webhooks.each({"tenant_id": person.tenant_id}):
            erased += await self.deliveries.erase(webhook.id, person.is_in)
        return erased
