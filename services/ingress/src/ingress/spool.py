"""Events that wait in our own database in order of arrival, while the broker is away or slow."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from ingress.confirms import Confirms, id_of
from ingress.metrics import SPOOL_DEPTH
from shared.broker.protocol import Message
from shared.clock import Clock
from shared.database.paging import pages
from shared.database.protocol import CollectionSpec, Database, Document, In, Range, Sort
from shared.errors import ParleyError, Unroutable
from shared.service.alarm import Alarm

log = structlog.get_logger()

SPEC = CollectionSpec("spool", {"arrival": "int"}, (("arrival",),))
_PAGE = 100
_CONFIRM_SECONDS = 10.0
_LOOK_EVERY_SECONDS = 0.5
_LOOK_WHEN_EMPTY_SECONDS = 5.0
"""What is kept here rings; what a crashed instance left is in no hurry, and is looked for at the start."""


class Spool:
    def __init__(self, database: Database, confirms: Confirms, clock: Clock) -> None:
        self._rows = database.collection(SPEC)
        self._confirms = confirms
        self._clock = clock
        self._kept = Alarm(clock)
        self._last_arrival = 0
        self.depth = 0
        """As last counted."""

    async def keep(self, message: Message) -> None:
        """Durable when this returns; a second time changes nothing. Raises `StoreUnavailable`."""
        arrival = round(self._clock.now().timestamp() * 1_000_000)
        self._last_arrival = max(arrival, self._last_arrival + 1)  # texts of one millisecond keep their order
        fresh = await self._rows.insert(
            {
                "id": id_of(message),
                "arrival": self._last_arrival,
                "routing_key": message.routing_key,
                "body": message.body,
                "event_id": message.event_id,
                "tenant_id": message.tenant_id,
                "partition_key": message.partition_key,
            }
        )
        self._set_depth(self.depth + fresh)
        self._confirms.spooled(message)
        self._kept.ring()

    async def run(self) -> None:
        """Publishes what waits, until cancelled."""
        while True:
            self._kept.hush()
            pause = _LOOK_EVERY_SECONDS
            try:
                await self.drain()
                if not self.depth and not self._confirms.trouble():
                    pause = _LOOK_WHEN_EMPTY_SECONDS
            except ParleyError as error:
                log.warning("spool_waits", code=error.code, depth=self.depth)
                await asyncio.sleep(_LOOK_EVERY_SECONDS)
            await self._kept.wait(pause)

    async def drain(self) -> int:
        """Publishes what waits, oldest first. Returns how many were confirmed. Stops when the broker is away."""
        done, found = 0, False
        if self._confirms.trouble():
            await self._count()
            return done
        async for page in pages(self._rows, {}, Sort("arrival"), size=_PAGE):
            found = True
            confirmed, absence = await self._publish(page)
            if confirmed:
                await self._rows.delete({"id": In(confirmed)})
                self._confirms.left_spool(confirmed)
            done += len(confirmed)
            if absence or self._confirms.trouble():
                break
        if found or self.depth:
            await self._count()
        return done

    async def _count(self) -> None:
        self._set_depth(await self._rows.count({"arrival": Range(gte=0)}))

    async def _publish(self, rows: Sequence[Document]) -> tuple[list[str], bool]:
        """The ids that the broker confirmed, and whether it went away."""
        confirms = [self._confirm(row) for row in rows]
        if waiting := [confirm for confirm in confirms if confirm is not None]:
            await asyncio.wait(waiting, timeout=_CONFIRM_SECONDS)
        results = [_result(row, confirm) for row, confirm in zip(rows, confirms, strict=True)]
        confirmed = [row["id"] for row, result in zip(rows, results, strict=True) if result == "confirmed"]
        return confirmed, "away" in results

    def _confirm(self, row: Document) -> asyncio.Task[None] | None:
        """None: the broker has confirmed it since it was put here."""
        message = Message(row["routing_key"], row["body"], row["event_id"], row["tenant_id"], row["partition_key"])
        return None if self._confirms.came_late(message) else self._confirms.publish(message)

    def _set_depth(self, depth: int) -> None:
        self.depth = depth
        SPOOL_DEPTH.set(depth)

    def degraded(self) -> str | None:
        return f"{self.depth} events wait in the spool for the broker" if self.depth else None


def _result(row: Document, confirm: asyncio.Task[None] | None) -> str:
    if confirm is None:
        return "confirmed"
    if not confirm.done() or confirm.cancelled():
        return "away"
    error = confirm.exception()
    if isinstance(error, Unroutable):
        # It stays in the spool; the others go on.
        log.error("spool_unroutable", type=row["routing_key"], id=row["event_id"])
        return "unroutable"
    return "away" if error else "confirmed"
