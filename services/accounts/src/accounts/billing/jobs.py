"""Runs billing jobs in the background, each by one worker: claim, work while extending the lease, record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from operator import itemgetter
from typing import Protocol

import structlog

from accounts.billing.domain import jobs
from accounts.billing.domain.jobs import BillingJob, JobKind
from accounts.billing.reconcile import Reconciler
from accounts.billing.record_usage import UsageRecorder
from accounts.billing.reprice import Repricer
from accounts.billing.store import BillingStore
from shared.aggregates import Cause
from shared.database.protocol import Document, Range
from shared.errors import BrokerUnavailable, Conflict, ParleyError, StoreUnavailable, TooMany, Unavailable
from shared.service.due import DueLoop

log = structlog.get_logger()

HEARTBEAT_SECONDS = 20.0
AT_ONCE: dict[JobKind, int] = {"reconciliation": 4, "repricing": 2}
"""In the whole installation; one per tenant. Re-pricings have their own slots: a slow carrier must not delay them."""
MOST_WAITING = 62
"""Per tenant and kind: two months of days."""


class JobRunner(Protocol):
    async def run(self, job: BillingJob, heartbeat: Callable[[], Awaitable[None]]) -> dict[str, int]: ...


class BillingJobs:
    def __init__(
        self,
        store: BillingStore,
        runners: Mapping[JobKind, JobRunner],
        is_complete: Callable[[BillingJob], bool],
        delete_result: Callable[[str], Awaitable[None]],
    ) -> None:
        """`delete_result` deletes the rows of an outdated run."""
        self._store = store
        self._runners = runners
        self._is_complete = is_complete
        self._delete_result = delete_result
        self.loops = {kind: self._loop(kind) for kind in runners}

    def _loop(self, kind: JobKind) -> DueLoop:
        rows, clock = self._store.jobs.store, self._store.clock
        tenant, slots = itemgetter("tenant_id"), AT_ONCE[kind]
        return DueLoop(rows, self._work, clock, where={"kind": kind}, turn_of=tenant, at_once=slots)

    async def request(self, wanted: BillingJob) -> BillingJob:
        """Starts the job, or starts it again; a job under way is left alone. Raises `TooMany` if too many wait."""
        known = await self._store.jobs.get(wanted.id)
        if known is None or known.due_at is None:
            await self._check_room(wanted)
        cause = Cause.request(wanted.tenant_id, correlation_id=wanted.id)
        change = await self._store.jobs.change(wanted.id, cause, lambda state: jobs.request(state, wanted))
        self.loops[wanted.kind].wake_at()
        return change.state or wanted

    async def _check_room(self, wanted: BillingJob) -> None:
        """Concurrent requests may exceed the limit by one or two, which is harmless."""
        under_way = {"tenant_id": wanted.tenant_id, "kind": wanted.kind, "due_at": Range(gt=_EPOCH)}
        if await self._store.jobs.store.count(under_way) >= MOST_WAITING:
            raise TooMany("too_many_jobs", f"{MOST_WAITING} jobs are waiting already; retry when some are done.", 60)

    async def _work(self, document: Document) -> None:
        known = self._store.jobs.state_of(document)
        claimed = await self._store.jobs.change(
            known.id, _cause(known), lambda state: jobs.claim(state, self._store.clock.now())
        )
        if not claimed.fresh or claimed.state is None or claimed.state.status != "running":
            return
        job = claimed.state
        try:
            counts = await self._runners[job.kind].run(job, self._heartbeat(job))
        except ParleyError as error:
            await self._record_failure(job, error)
            return
        await self._record_result(job, counts)

    def _heartbeat(self, job: BillingJob) -> Callable[[], Awaitable[None]]:
        clock = self._store.clock
        last = clock.monotonic()

        async def heartbeat() -> None:
            nonlocal last
            if clock.monotonic() - last < HEARTBEAT_SECONDS:
                return
            last = clock.monotonic()
            held = await self._store.jobs.change(
                job.id, _cause(job), lambda state: jobs.extend(state, job.run, clock.now())
            )
            if not held.fresh:
                raise Conflict("lease_lost", "Another worker has taken the job over.")

        return heartbeat

    async def _record_result(self, job: BillingJob, counts: dict[str, int]) -> None:
        now, complete = self._store.clock.now(), self._is_complete(job)
        done = await self._store.jobs.change(
            job.id, _cause(job), lambda state: jobs.finish(state, job.run, counts, complete, now)
        )
        if done.fresh and job.result_run:
            await self._delete_result(job.result_key)
        log.info("billing_job_done", kind=job.kind, id=job.id, tenant=job.tenant_id, **counts)

    async def _record_failure(self, job: BillingJob, error: ParleyError) -> None:
        now, failure = self._store.clock.now(), (error.code, _detail_for_tenant(error))
        may_repeat = isinstance(error, Unavailable)
        await self._store.jobs.change(
            job.id, _cause(job), lambda state: jobs.fail(state, job.run, failure, may_repeat, now)
        )
        log.warning(
            "billing_job_failed", kind=job.kind, id=job.id, tenant=job.tenant_id, code=error.code, detail=error.detail
        )


def open_jobs(store: BillingStore, recorder: UsageRecorder, reconciler: Reconciler) -> BillingJobs:
    runners: dict[JobKind, JobRunner] = {"reconciliation": reconciler, "repricing": Repricer(store, recorder)}
    return BillingJobs(store, runners, reconciler.is_complete, reconciler.delete_result)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _detail_for_tenant(error: ParleyError) -> str:
    """What our own database or broker says names hosts and collections: that is for the log."""
    if isinstance(error, StoreUnavailable | BrokerUnavailable):
        return "The service was not fully available. Request the job again later."
    return error.detail[:500]


def _cause(job: BillingJob) -> Cause:
    return Cause.due(job.tenant_id, job.id, job.id)
