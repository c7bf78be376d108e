"""Does work when its time has come: found by an indexed `due_at`, done side by side, claimed by the first save.

Polling is bounded and cheap; within a process the loop is woken the moment something becomes due, so that nothing waits
for the poll.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from operator import itemgetter

import structlog

from shared.clock import Clock
from shared.database.protocol import Collection, Document, Range, Sort, Where
from shared.errors import ParleyError
from shared.service.alarm import Alarm

log = structlog.get_logger()

POLL_SECONDS = 0.5
BATCH = 100
GRACE_SECONDS = 20.0
LONGEST_REST_SECONDS = 10.0
FAILURES_REMEMBERED = 10_000


class DueLoop:
    """Calls `work` for each document with a `field` in the past. `work` must move the field on, or the document stays
    due. One document is never worked on twice at once by one loop; two processes may try, and one loses its save.

    `where` narrows what this loop sees to. Of documents with the same `turn_of` one at a time is worked on, so that
    one tenant does not take all the slots. `rings_itself`: the work rings the alarm when its document will be due next;
    without this, the loop looks again after each piece of work."""

    def __init__(
        self,
        collection: Collection,
        work: Callable[[Document], Awaitable[None]],
        clock: Clock,
        *,
        field: str = "due_at",
        where: Where | None = None,
        turn_of: Callable[[Document], str] = itemgetter("id"),
        at_once: int = 32,
        poll_seconds: float = POLL_SECONDS,
        alarm: Alarm | None = None,
        rings_itself: bool = False,
    ) -> None:
        self._collection = collection
        self._work = work
        self._clock = clock
        self._field = field
        self._where = dict(where or {})
        self._turn_of = turn_of
        self._poll_seconds = poll_seconds
        self._slots = asyncio.Semaphore(at_once)
        self._running: dict[str, asyncio.Task[None]] = {}
        """By `turn_of`."""
        self._failed: dict[str, tuple[int, float]] = {}
        """How often in a row its work failed, and until when it rests: failing work holds up no other."""
        self._alarm = alarm or Alarm(clock)
        self._rings_itself = rings_itself
        self._left_over = False
        """The latest look found more that was due than it could start."""

    def wake_at(self, moment: datetime | None = None) -> None:
        """Something becomes due at this moment (default now): look then, not at the next poll."""
        self._alarm.ring(moment)

    async def run(self) -> None:
        """For ever. On cancellation nothing new begins and what is running may finish, within GRACE_SECONDS: a request
        cut in the middle would be an unknown outcome that takes minutes to settle."""
        try:
            while True:
                self._alarm.hush()
                await self._round()
                await self._alarm.wait(self._poll_seconds)
        finally:
            await self._finish()

    async def _finish(self) -> None:
        running = list(self._running.values())
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=GRACE_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def once(self) -> int:
        """Do all that is due now and wait for it (tests). Returns how many documents were worked on."""
        started = await self._round()
        while self._running:
            await asyncio.gather(*list(self._running.values()), return_exceptions=True)
        return started

    async def _round(self) -> int:
        """Start what is due, up to a page of it, however many that fail again and again lie before it."""
        due = self._where | {self._field: Range(lte=self._clock.now())}
        cursor: str | None = None
        while True:
            try:
                page = await self._collection.find(due, sort=Sort(self._field), limit=BATCH, cursor=cursor)
            except ParleyError as error:
                name = self._collection.spec.name
                log.warning("due_search_failed", collection=name, code=error.code, detail=error.operator_detail)
                return 0
            fresh: dict[str, Document] = {}
            for document in page.items:
                turn = self._turn_of(document)
                if self._may_start(document["id"], turn):
                    fresh.setdefault(turn, document)
            for turn, document in fresh.items():
                await self._slots.acquire()
                self._running[turn] = asyncio.create_task(self._one(document, turn))
            self._left_over = len(fresh) < len(page.items) or page.next_cursor is not None
            if fresh or page.next_cursor is None:
                return len(fresh)
            cursor = page.next_cursor

    def _may_start(self, id: str, turn: str) -> bool:
        _, resting_until = self._failed.get(id, (0, 0.0))
        return turn not in self._running and resting_until <= self._clock.monotonic()

    async def _one(self, document: Document, turn: str) -> None:
        id = document["id"]
        try:
            await self._work(document)
            self._failed.pop(id, None)
            if self._left_over or not self._rings_itself:
                self._alarm.ring()  # there may be more where this came from
        except ParleyError as error:
            log.warning("due_work_failed", collection=self._collection.spec.name, id=id, code=error.code)
            self._rest(id)
        except Exception:
            log.exception("due_work_failed", collection=self._collection.spec.name, id=id)
            self._rest(id)
        finally:
            self._running.pop(turn, None)
            self._slots.release()

    def _rest(self, id: str) -> None:
        now = self._clock.monotonic()
        times, _ = self._failed.get(id, (0, 0.0))
        pause = min(self._poll_seconds * 2**times, LONGEST_REST_SECONDS)
        if len(self._failed) >= FAILURES_REMEMBERED:
            self._failed = {other: seen for other, seen in self._failed.items() if seen[1] > now}
        self._failed[id] = (min(times + 1, 10), now + pause)
