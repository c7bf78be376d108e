"""Takes runs to answer: tenants in turn, within limits, woken by the handler and by a look into the database."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from ai_responder.answering import Answering
from ai_responder.domain import runs
from ai_responder.domain.runs import Claimed, Thread
from ai_responder.fair_queue import FairQueue, Limits
from ai_responder.job_loader import Desk
from ai_responder.run_execution import Shift
from ai_responder.store import Threads, due_threads, tenants_with_due_runs
from shared import tracing
from shared.clock import Clock
from shared.errors import ParleyError

log = structlog.get_logger()

LOOK_SECONDS = 0.5
OVERLOOKED = timedelta(seconds=1)
"""Fresh runs come by hint; the look into the database is for those that nobody took."""


class Workers:
    """One per process; so are its limits."""

    def __init__(self, threads: Threads, desk: Desk, answering: Answering, limits: Limits, clock: Clock) -> None:
        self._threads = threads
        self._desk = desk
        self._answering = answering
        self._clock = clock
        self._queue = FairQueue(limits)
        self._shifts: dict[str, Shift] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()

    def offer(self, thread: Thread) -> None:
        """This thread has a run to answer; an older one that is being answered is stopped."""
        shift = self._shifts.get(thread.id)
        if shift and shift.claimed.run.id != thread.run.id:
            shift.stop_asking()
        if thread.run.state == "queued":
            self._queue.offer(thread.tenant_id, thread.id)
            self._wake.set()

    def is_at(self, thread_id: str) -> bool:
        return thread_id in self._shifts

    async def run(self) -> None:
        """For ever. When told to stop, gives every claimed run back first."""
        try:
            while True:
                self._wake.clear()
                while taken := self._queue.take():
                    self._start(*taken)
                await self._wake.wait()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def look(self) -> None:
        """For ever: find due runs that no hint told of, after a restart, a pause or another process's death."""
        while True:
            try:
                await self.look_once()
            except ParleyError as error:
                log.warning("due_search_failed", code=error.code)
            await asyncio.sleep(LOOK_SECONDS)

    async def look_once(self) -> None:
        before = self._clock.now() - OVERLOOKED
        for tenant_id in await tenants_with_due_runs(self._threads, before):
            room = self._queue.room_of(tenant_id)
            for thread_id in await due_threads(self._threads, tenant_id, before, room) if room else ():
                self._queue.offer(tenant_id, thread_id)
                self._wake.set()

    def _start(self, tenant_id: str, thread_id: str) -> None:
        task = asyncio.create_task(self._take_on(tenant_id, thread_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take_on(self, tenant_id: str, thread_id: str) -> None:
        try:
            if claimed := await self._claim(thread_id):
                await self._work(claimed)
        except ParleyError as error:
            log.warning("run_failed", thread=thread_id, code=error.code)  # its lease brings it back
        except Exception:
            log.exception("run_failed", thread=thread_id)
        finally:
            self._queue.done(tenant_id)
            self._wake.set()

    async def _claim(self, thread_id: str) -> Claimed | None:
        state, now = await self._threads.get(thread_id), self._clock.now()
        if state is None:
            return None
        cause = runs.claiming(state)
        return (await self._threads.change(thread_id, cause, lambda thread: runs.claim(thread, now))).answer

    async def _work(self, claimed: Claimed) -> None:
        run = claimed.run
        facts = {"tenant": claimed.tenant_id, "correlation": run.correlation_id, "run": run.id, "claim": run.claim}
        with tracing.span("answer", service="ai-responder", parent=run.traceparent, facts=facts):
            await self._see_through(claimed)

    async def _see_through(self, claimed: Claimed) -> None:
        shift = Shift(claimed, self._desk, self._answering, self._threads, self._clock)
        self._shifts[claimed.thread_id] = shift
        try:
            await shift.work()
        finally:
            if self._shifts.get(claimed.thread_id) is shift:
                del self._shifts[claimed.thread_id]
