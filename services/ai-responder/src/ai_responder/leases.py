"""Brings back the runs of workers that died. A lease ends by the observer's own monotonic clock: a run that showed no
new beat while this process watched it for a whole lease goes to another worker. Wall clocks play no part. The lease of
a process that is known to have ended is over at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from ai_responder.domain import runs
from ai_responder.domain.runs import Run, Thread
from ai_responder.store import Threads, running_runs
from shared.aggregates import Cause
from shared.clock import Clock
from shared.errors import ParleyError
from shared.service.holder import Holder

log = structlog.get_logger()

LEASE_SECONDS = 8.0
"""Four beats."""
LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class _Sighting:
    run: Run
    since: float


class Leases:
    """`expired` is called with every thread that has a waiting run again."""

    def __init__(
        self, threads: Threads, clock: Clock, expired: Callable[[Thread], None], holder: Holder | None = None
    ) -> None:
        self._threads = threads
        self._clock = clock
        self._expired = expired
        self._holder = holder or Holder()
        self._seen: dict[str, _Sighting] = {}

    async def run(self) -> None:
        while True:
            try:
                await self.look_once()
            except ParleyError as error:
                log.warning("lease_search_failed", code=error.code)
            await asyncio.sleep(LOOK_SECONDS)

    async def look_once(self) -> None:
        now, seen = self._clock.monotonic(), dict[str, _Sighting]()
        async for thread_id, tenant_id, run in running_runs(self._threads):
            before = self._seen.get(thread_id)
            if self._holder.outlived(run.holder):
                await self._end(thread_id, tenant_id, run)
            elif before and _signs(before.run) == _signs(run):
                seen[thread_id] = before
                if now - before.since >= LEASE_SECONDS:
                    await self._end(thread_id, tenant_id, run)
            else:
                seen[thread_id] = _Sighting(run, now)
        self._seen = seen

    async def _end(self, thread_id: str, tenant_id: str, run: Run) -> None:
        log.warning("lease_ran_out", run=run.id, claim=run.claim)
        now = self._clock.now()
        what = f"lease|{run.id}.{run.claim}.{run.beat}"
        cause = Cause.due(tenant_id, what, run.correlation_id, run.traceparent)
        changed = await self._threads.change(thread_id, cause, lambda thread: runs.expire(thread, run, now))
        if changed.fresh and changed.state:
            self._expired(changed.state)


def _signs(run: Run) -> tuple[str, int, int]:
    return run.id, run.claim, run.beat
