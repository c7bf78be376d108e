"""Takes runs to answer: tenants in turn, within limits, woken by the event handler and by a search in the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from ai_responder.answering import Answering
from ai_responder.domain import runs
from ai_responder.domain.runs import Claimed, Thread
from ai_responder.fair_queue import FairQueue, Limits
from ai_responder.job_loader import JobLoader
from ai_responder.run_execution import RunExecution
from ai_responder.store import Threads, due_threads, tenants_with_due_runs
from shared import tracing
from shared.clock import Clock
from shared.errors import ParleyError
from shared.service.holder import Holder

log = structlog.get_logger()

LOOK_SECONDS = 0.5
OVERLOOKED = timedelta(seconds=1)
"""Fresh runs come by hint; the search in the database finds those that no worker took."""


@dataclass
class Place:
    """Where a run that comes just now can be worked on. `holder` claims for it; None: there is no free place."""

    holder: str | None
    claimed: Claimed | None = None

    def begin(self, claimed: Claimed) -> None:
        """Work on this run, as soon as the caller has done its part."""
        self.claimed = claimed


class Workers:
    """One per process; so are its limits."""

    def __init__(
        self, threads: Threads, loader: JobLoader, answering: Answering, limits: Limits, clock: Clock, holder: Holder
    ) -> None:
        self._threads = threads
        self._loader = loader
        self._answering = answering
        self._clock = clock
        self._holder = holder
        self._queue = FairQueue(limits)
        self._executions: dict[str, RunExecution] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._working = False

    @asynccontextmanager
    async def place(self, tenant_id: str) -> AsyncGenerator[Place]:
        """For a run that comes just now: a free place, if this process works and nothing waits for one."""
        place = Place(self._holder.id if self._working and self._queue.take_for(tenant_id) else None)
        try:
            yield place
        finally:
            if place.claimed and self._working:
                self._start(tenant_id, place.claimed.thread_id, self._work(place.claimed))
            elif place.holder is not None:
                self._leave(tenant_id)
            if place.claimed and not self._working:
                await self._give_back(place.claimed)

    def offer(self, thread: Thread) -> None:
        """This thread has a run to answer. An older run of it that is being answered is stopped."""
        execution = self._executions.get(thread.id)
        if execution and execution.claimed.run.id != thread.run.id:
            execution.stop_asking()
        if thread.run.state == "queued":
            self._queue.offer(thread.tenant_id, thread.id)
            self._wake.set()

    @property
    def are_wanted(self) -> bool:
        """Whether runs wait for a place."""
        return len(self._queue) > 0

    async def run(self) -> None:
        """Runs until cancelled; then gives every claimed run back first."""
        self._working = True
        try:
            while True:
                self._wake.clear()
                while taken := self._queue.take():
                    self._start(*taken, self._take_on(taken[1]))
                await self._wake.wait()
        finally:
            self._working = False
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def look(self) -> None:
        """Runs until cancelled. Finds due runs that came without a hint: after a restart, a pause, another process's
        death."""
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

    def _start(self, tenant_id: str, thread_id: str, work: Coroutine[Any, Any, None]) -> None:
        """In a place that is taken already."""
        task = asyncio.create_task(self._in_place(tenant_id, thread_id, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _in_place(self, tenant_id: str, thread_id: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except ParleyError as error:
            log.warning("run_failed", thread=thread_id, code=error.code)  # its lease brings it back
        except Exception:
            log.exception("run_failed", thread=thread_id)
        finally:
            self._leave(tenant_id)

    def _leave(self, tenant_id: str) -> None:
        self._queue.done(tenant_id)
        self._wake.set()

    async def _give_back(self, claimed: Claimed) -> None:
        """This process was told to stop while the run was being claimed: nobody here would wait for its answer."""
        try:
            await self._execution_of(claimed).give_back()
        except ParleyError as error:
            log.warning("run_not_given_back", thread=claimed.thread_id, code=error.code)  # its lease brings it back

    async def _take_on(self, thread_id: str) -> None:
        if claimed := await self._claim(thread_id):
            await self._work(claimed)

    async def _claim(self, thread_id: str) -> Claimed | None:
        state, now = await self._threads.get(thread_id), self._clock.now()
        if state is None:
            return None
        cause = runs.claiming(state)
        return (
            await self._threads.change(thread_id, cause, lambda thread: runs.claim(thread, now, self._holder.id))
        ).answer

    async def _work(self, claimed: Claimed) -> None:
        run = claimed.run
        facts = {"tenant": claimed.tenant_id, "correlation": run.correlation_id, "run": run.id, "claim": run.claim}
        with tracing.span("answer", service="ai-responder", parent=run.traceparent, facts=facts):
            await self._execute(claimed)

    def _execution_of(self, claimed: Claimed) -> RunExecution:
        return RunExecution(claimed, self._loader, self._answering, self._threads, self._clock)

    async def _execute(self, claimed: Claimed) -> None:
        execution = self._execution_of(claimed)
        self._executions[claimed.thread_id] = execution
        try:
            await execution.work()
        finally:
            if self._executions.get(claimed.thread_id) is execution:
                del self._executions[claimed.thread_id]
