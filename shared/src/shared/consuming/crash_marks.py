"""Finds the event that kills the process: counts each redelivered event before it is handled, until it is settled."""

from __future__ import annotations

from datetime import timedelta

from shared.broker.protocol import Delivery
from shared.clock import Clock
from shared.database.protocol import CollectionSpec, Database, Range

SPEC = CollectionSpec("crash_marks", {"at": "datetime"}, (("at",),))
LIMIT = 3
KEPT = timedelta(days=1)
"""Longer than anything is redelivered; a mark left behind (its consumer died after the ack) says nothing then."""


class CrashMarks:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._marks = database.collection(SPEC)
        self._clock = clock

    async def too_many(self, delivery: Delivery) -> bool:
        """Count this try; True if it was tried `LIMIT` times before without being settled."""
        key = self._key(delivery)
        mark = await self._marks.get(key)
        count = mark["revision"] if mark else 0
        if count >= LIMIT:
            await self._marks.delete({"id": key})
            return True
        await self._marks.put({"id": key, "revision": count + 1, "at": self._clock.now()})
        return False

    async def clear(self, delivery: Delivery) -> None:
        await self._marks.delete({"id": self._key(delivery)})

    async def forget_old(self) -> int:
        return await self._marks.delete({"at": Range(lt=self._clock.now() - KEPT)})

    def _key(self, delivery: Delivery) -> str:
        return f"{delivery.queue}|{delivery.message.event_id}"
