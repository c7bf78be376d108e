"""Does the jobs of billing in the background, each by one worker: claim, work while extending the lease, record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from operator import itemgetter
from typing import Protocol

import structlog

from accounts.billing.domain import jobs
from accounts.billing.domain.jobs import Job, JobKind
from accounts.billing.reconcile import Reconciling
from accounts.billing.record_usage import Booking
from accounts.billing.reprice import Repricing
from accounts.billing.store import Billing
from shared.aggregates import Cause
from shared.database.protocol import Document, Range
from shared.errors import Conflict, ParleyError, TooMany, Unavailable
from shared.service.due import DueLoop

log = structlog.get_logger()

BEAT_SECONDS = 20.0
AT_ONCE: dict[JobKind, int] = {"reconciliation": 4, "repricing": 2}
"""For the installation; of one tenant one at a time. Re-pricing waits for no carrier, so it does not wait for those who
do."""
MOST_WAITING = 62
"""Of one tenant and kind: two months of days. More would only wait longer."""


class Work(Protocol):
    async def run(self, job: Job, beat: Callable[[], Awaitable[None]]) -> dict[str, int]: ...


class BillingJobs:
    def __init__(
        self,
        billing: Billing,
        works: Mapping[JobKind, Work],
        is_complete: Callable[[Job], bool],
        forget: Callable[[str], Awaitable[None]],
    ) -> None:
        """`forget` drops what an outdated run has filed."""
        self._billing = billing
        self._works = works
        self._is_complete = is_complete
        self._forget = forget
        self.loops = {kind: self._loop(kind) for kind in works}

    def _loop(self, kind: JobKind) -> DueLoop:
        store, clock = self._billing.jobs.store, self._billing.books.clock
        tenant, slots = itemgetter("tenant_id"), AT_ONCE[kind]
        return DueLoop(store, self._work, clock, where={"kind": kind}, turn_of=tenant, at_once=slots)

    async def ask(self, wanted: Job) -> Job:
        """Begin it, or begin it again; one under way is what was asked for. Raises `TooMany` if too many wait."""
        known = await self._billing.jobs.get(wanted.id)
        if known is None or known.due_at is None:
            await self._check_room(wanted)
        cause = Cause.request(wanted.tenant_id, correlation_id=wanted.id)
        change = await self._billing.jobs.change(wanted.id, cause, lambda state: jobs.ask(state, wanted))
        self.loops[wanted.kind].wake_at()
        return change.state or wanted

    async def _check_room(self, wanted: Job) -> None:
        """Requests side by side may pass it by one or two, which hurts nobody."""
        under_way = {"tenant_id": wanted.tenant_id, "kind": wanted.kind, "due_at": Range(gt=_EVER)}
        if await self._billing.jobs.store.count(under_way) >= MOST_WAITING:
            raise TooMany("too_many_jobs", f"{MOST_WAITING} are waiting already; ask again when some are done", 60)

    async def _work(self, document: Document) -> None:
        known = self._billing.jobs.state_of(document)
        claimed = await self._billing.jobs.change(
            known.id, _cause(known), lambda state: jobs.claim(state, self._billing.books.clock.now())
        )
        if not claimed.fresh or claimed.state is None or claimed.state.status != "running":
            return
        job = claimed.state
        try:
            counts = await self._works[job.kind].run(job, self._beat(job))
        except ParleyError as error:
            await self._failed(job, error)
            return
        await self._finished(job, counts)

    def _beat(self, job: Job) -> Callable[[], Awaitable[None]]:
        clock = self._billing.books.clock
        last = clock.monotonic()

        async def beat() -> None:
            nonlocal last
            if clock.monotonic() - last < BEAT_SECONDS:
                return
            last = clock.monotonic()
            held = await self._billing.jobs.change(
                job.id, _cause(job), lambda state: jobs.extend(state, job.run, clock.now())
            )
            if not held.fresh:
                raise Conflict("lease_lost", f"another worker has taken over {job.id}")

        return beat

    async def _finished(self, job: Job, counts: dict[str, int]) -> None:
        now, complete = self._billing.books.clock.now(), self._is_complete(job)
        done = await self._billing.jobs.change(
            job.id, _cause(job), lambda state: jobs.finish(state, job.run, counts, complete, now)
        )
        if done.fresh and job.result_run:
            await self._forget(job.result_key)
        log.info("billing_job_done", kind=job.kind, id=job.id, tenant=job.tenant_id, **counts)

    async def _failed(self, job: Job, error: ParleyError) -> None:
        now, told = self._billing.books.clock.now(), (error.code, error.detail[:500])
        may_repeat = isinstance(error, Unavailable)
        await self._billing.jobs.change(
            job.id, _cause(job), lambda state: jobs.fail(state, job.run, told, may_repeat, now)
        )
        log.warning("billing_job_failed", kind=job.kind, id=job.id, tenant=job.tenant_id, code=error.code)


def open_jobs(billing: Billing, booking: Booking, reconciling: Reconciling) -> BillingJobs:
    works: dict[JobKind, Work] = {"reconciliation": reconciling, "repricing": Repricing(billing, booking)}
    return BillingJobs(billing, works, reconciling.is_complete, reconciling.forget)


_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def _cause(job: Job) -> Cause:
    return Cause.due(job.tenant_id, job.id, job.id)
