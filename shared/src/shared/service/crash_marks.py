"""Which event kills us: counted before a redelivered event is handled, forgotten once it was settled."""

from __future__ import annotations

from shared.broker.protocol import Delivery
from shared.clock import Clock
from shared.database.protocol import CollectionSpec, Database

SPEC = CollectionSpec("crash_marks", {"at": "datetime"}, (("at",),))
LIMIT = 3


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

    def _key(self, delivery: Delivery) -> str:
        return f"{delivery.queue}|{delivery.message.event_id}"
