"""What was published and has no confirm yet. Publishing never waits here; who asks decides how long to wait.

A broker that is merely slow confirms late, so a message under way is not published a second time, and one that was
spooled meanwhile leaves the spool without being published again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from shared.broker.protocol import Broker, Message
from shared.clock import Clock

SLOW_SECONDS = 0.1
"""With a confirm outstanding for longer, what arrives now would wait as long: it goes to the spool at once. Below it a
busy broker is cheaper than an extra commit and a second look at every text."""
_LOST_SECONDS = 30.0
"""A confirm that is later than this will not come."""


def id_of(message: Message) -> str:
    return f"{message.tenant_id}|{message.event_id}"


class Confirms:
    def __init__(self, broker: Broker, clock: Clock) -> None:
        self._broker = broker
        self._clock = clock
        self._under_way: dict[str, tuple[float, asyncio.Task[None]]] = {}
        """With the moment of publishing; the oldest first."""
        self._spooled: set[str] = set()
        """Of those under way, what was spooled too."""
        self._late: set[str] = set()
        """Confirmed after it was spooled."""

    def trouble(self) -> str | None:
        return self._broker.trouble()

    @property
    def are_slow(self) -> bool:
        oldest = next(iter(self._under_way.values()), None)
        return oldest is not None and self._clock.monotonic() - oldest[0] > SLOW_SECONDS

    def publish(self, message: Message) -> asyncio.Task[None]:
        """The confirm. If this message is under way already, that one's."""
        id, now = id_of(message), self._clock.monotonic()
        known = self._under_way.get(id)
        if known is not None:
            if now - known[0] <= _LOST_SECONDS:
                return known[1]
            known[1].cancel()
        task = asyncio.create_task(self._broker.publish(message))
        self._under_way[id] = (now, task)
        task.add_done_callback(lambda done: self._ended(id, done))
        return task

    def spooled(self, message: Message) -> None:
        """It is in the spool now, and may still be confirmed."""
        if id_of(message) in self._under_way:
            self._spooled.add(id_of(message))

    def came_late(self, message: Message) -> bool:
        """Whether it was confirmed since it was spooled."""
        return id_of(message) in self._late

    def left_spool(self, ids: Iterable[str]) -> None:
        self._late.difference_update(ids)

    def _ended(self, id: str, task: asyncio.Task[None]) -> None:
        known = self._under_way.get(id)
        if known is not None and known[1] is task:
            del self._under_way[id]
        was_spooled = id in self._spooled
        self._spooled.discard(id)
        if not task.cancelled() and task.exception() is None and was_spooled:
            self._late.add(id)
