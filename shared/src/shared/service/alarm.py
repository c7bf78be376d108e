"""Wakes a loop that looks for due work. Made first, then handed to the loop and to everything that makes work."""

from __future__ import annotations

import asyncio
from datetime import datetime

from shared.clock import Clock

FARTHEST_SECONDS = 6.0
"""A moment farther ahead needs no timer: loops poll many times until then."""


class Alarm:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()

    def ring(self, moment: datetime | None = None) -> None:
        """Wake the loop at this moment, or now. A ring while the loop works is kept until it waits again."""
        delay = (moment - self._clock.now()).total_seconds() if moment else 0
        if delay <= 0:
            self._rung.set()
        elif delay <= FARTHEST_SECONDS:
            asyncio.get_running_loop().call_later(delay + 0.001, self._rung.set)

    def hush(self) -> None:
        """Forget the rings so far: the loop is about to look."""
        self._rung.clear()

    async def wait(self, at_most_seconds: float) -> None:
        """Until it rings, or so long."""
        try:
            async with asyncio.timeout(at_most_seconds):
                await self._rung.wait()
        except TimeoutError:
            return
