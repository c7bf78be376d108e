"""Drops what nobody can ask for any more, so that what grows with every request or sign-out does not grow for ever.

Revocations of API keys stay: a key never runs out by itself. Those of sessions go a while after the sessions would have
run out anyway, and services that start later need not read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from shared.clock import Clock
from shared.database.protocol import Collection, Range

REQUESTS_KEPT = timedelta(days=30)
"""As long as anything may be delivered or replayed once more. Later another body under the same key passes for the
first one: it still makes nothing twice."""
MARGIN = timedelta(days=1)
"""For clocks that differ, and whoever was away."""


@dataclass(frozen=True)
class Sweeping:
    requests: Collection
    revocations: Collection
    clock: Clock

    async def old_requests(self) -> int:
        return await self.requests.delete({"at": Range(lt=self.clock.now() - REQUESTS_KEPT)})

    async def spent_revocations(self) -> int:
        return await self.revocations.delete({"until": Range(lt=self.clock.now() - MARGIN)})
