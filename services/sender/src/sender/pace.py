"""Pacing in parts, per sending number and per carrier connection: one GCRA bucket document each.

`tat` is the moment from which the next part may leave. A one-to-one text takes the next free moment even if that lies
ahead, and so passes every campaign text; a campaign text only takes a moment that has come, and is told a fair time to
ask again, so that thousands of waiting lanes do not ask all at once. A token wasted by a later refusal makes sending
slower, never faster; a clock that is fast only makes others wait.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sender.domain.message import Line
from shared.database.protocol import CollectionSpec, Database, Document
from shared.errors import Conflict

SPEC = CollectionSpec("buckets", {})
MAX_RACES = 100
FARTHEST_AHEAD = timedelta(seconds=60)
"""One-to-one texts reserve at most so far ahead; beyond that they ask again."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Bucket:
    key: str
    parts_per_second: float


@dataclass(frozen=True)
class Slot:
    """`taken`: the message may leave at `at`, and nobody else then. Otherwise ask again at `at`."""

    at: datetime
    taken: bool


def take(document: Document | None, bucket: Bucket, parts: int, line: Line, now: datetime) -> tuple[Document, Slot]:
    """The bucket after this request, and its answer. Pure."""
    state = document or {"id": bucket.key, "version": 0, "tat": 0, "ticket": 0}
    moment = (now - _EPOCH) // _MICROSECOND
    cost = round(parts / max(bucket.parts_per_second, 0.001) * 1_000_000)
    free = max(state["tat"], moment)
    ahead = (free - moment) * _MICROSECOND
    if (line == "one" and ahead <= FARTHEST_AHEAD) or (line == "bulk" and free == moment):
        changed = {**state, "tat": free + cost, "version": state["version"] + 1}
        return changed, Slot(_EPOCH + free * _MICROSECOND, taken=True)
    ticket = max(state["ticket"], free)
    changed = {**state, "ticket": ticket + cost, "version": state["version"] + 1}
    return changed, Slot(_EPOCH + ticket * _MICROSECOND, taken=False)


class Pace:
    def __init__(self, database: Database) -> None:
        self._rows = database.collection(SPEC)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def take(self, buckets: list[Bucket], parts: int, line: Line, now: datetime) -> Slot:
        """A slot in all of these buckets: the latest of them, or the first refusal."""
        slot = Slot(now, taken=True)
        for bucket in buckets:
            answer = await self._take(bucket, parts, line, now)
            if not answer.taken:
                return answer
            slot = max(slot, answer, key=lambda each: each.at)
        return slot

    async def _take(self, bucket: Bucket, parts: int, line: Line, now: datetime) -> Slot:
        async with self._locks[bucket.key]:  # spares this process the races with itself
            for _ in range(MAX_RACES):
                document = await self._rows.get(bucket.key)
                changed, slot = take(document, bucket, parts, line, now)
                version = document["version"] if document else 0
                if await (self._rows.replace(changed, version) if document else self._rows.insert(changed)):
                    return slot
        raise Conflict("too_many_writers", f"bucket {bucket.key} is being changed by many at once; try again")
