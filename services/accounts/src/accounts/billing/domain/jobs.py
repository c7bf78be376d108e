"""Work over a whole period of the ledger, done in the background: a reconciliation of a day, a re-pricing.

A worker holds a job by a lease and must extend it; when the lease ends, another worker takes the job over. Each claim
increases `run`, so a worker that lost its lease sees another number and stops. All work is repeatable, so starting it
twice is harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from accounts.audit import Action, Author, audit_entry
from shared.aggregates import Decision
from shared.values import Moment, Value

JobKind = Literal["reconciliation", "repricing"]
JobStatus = Literal["queued", "running", "done", "failed"]
LEASE = timedelta(minutes=2)
PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""Before the next attempt, while the carrier does not answer. After the last the job has failed; request it again."""


class Count(Value):
    """One figure of the result."""

    name: str
    number: int


class BillingJob(Value):
    id: str
    tenant_id: str
    kind: JobKind
    first_day: str
    last_day: str
    """Days of the tenant's calendar, both included."""
    zone: str
    status: JobStatus = "queued"
    run: int = 0
    tries: int = 0
    due_at: Moment | None
    requested_at: Moment
    requested_by: str
    asked: int = 1
    """How often it was requested. The audit trail names the caller, each time."""
    started_at: Moment | None = None
    finished_at: Moment | None = None
    counts: tuple[Count, ...] = ()
    complete: bool = True
    """False if the period had not ended when the job ran."""
    result_run: int = 0
    """The run that produced `counts` and the differences; 0 before the first has finished."""
    error_code: str = ""
    error_detail: str = ""

    @property
    def run_key(self) -> str:
        return f"{self.id}.{self.run}"

    @property
    def result_key(self) -> str:
        return f"{self.id}.{self.result_run}"


MOST_TRIES = 8
"""After so many interrupted runs it is not started again unless requested."""


def request(state: BillingJob | None, wanted: BillingJob) -> Decision[BillingJob] | None:
    """Starts the job, or starts it again. None if it is queued or running already."""
    if state is None:
        return _queued(wanted)
    if state.status in ("queued", "running"):
        return None
    again = {"status": "queued", "tries": 0, "due_at": wanted.due_at, "zone": wanted.zone}
    by = {"requested_at": wanted.requested_at, "requested_by": wanted.requested_by, "asked": state.asked + 1}
    return _queued(state.but(**again, **by, error_code=""))


def _queued(job: BillingJob) -> Decision[BillingJob]:
    author, action = Author(job.requested_by, job.requested_at), Action(f"{job.kind}.asked", job.id, job.asked)
    days = _new_fields({"first_day": job.first_day, "last_day": job.last_day})
    return Decision(job, records=(audit_entry(job.tenant_id, author, action, days),))


def _new_fields(facts: Mapping[str, str | int]) -> list[dict[str, Any]]:
    return [{"field": name, "old": None, "new": value} for name, value in facts.items()]


def claim(state: BillingJob | None, now: datetime) -> Decision[BillingJob] | None:
    """None if another worker has it."""
    if state is None or state.due_at is None or state.due_at > now:
        return None
    if state.tries >= MOST_TRIES:
        detail = "The job was interrupted several times. Request it again; if it fails again, ask the operator."
        return Decision(
            state.but(status="failed", due_at=None, finished_at=now, error_code="gave_up", error_detail=detail)
        )
    held = state.but(
        status="running", run=state.run + 1, tries=state.tries + 1, due_at=now + LEASE, started_at=now, finished_at=None
    )
    return Decision(held, answer=held)


def extend(state: BillingJob | None, run: int, now: datetime) -> Decision[BillingJob] | None:
    """None if the lease was lost."""
    if state is None or state.run != run or state.status != "running":
        return None
    return Decision(state.but(due_at=now + LEASE), answer=True)


def finish(
    state: BillingJob | None, run: int, counts: dict[str, int], complete: bool, now: datetime
) -> Decision[BillingJob] | None:
    if state is None or state.run != run or state.status != "running":
        return None
    result = tuple(Count(name=name, number=number) for name, number in counts.items())
    done = state.but(
        status="done", due_at=None, finished_at=now, counts=result, complete=complete, result_run=run,
        error_code="", error_detail="",
    )  # fmt: skip
    author, action = Author(state.requested_by, now), Action(f"{state.kind}.done", state.id, run)
    return Decision(done, records=(audit_entry(state.tenant_id, author, action, _new_fields(counts)),))


def fail(
    state: BillingJob | None, run: int, error: tuple[str, str], may_repeat: bool, now: datetime
) -> Decision[BillingJob] | None:
    """`error` is code and detail. `may_repeat`: the cause may pass by itself, so the job is tried again later."""
    if state is None or state.run != run or state.status != "running":
        return None
    failed = state.but(error_code=error[0], error_detail=error[1])
    if may_repeat and state.tries <= len(PAUSES):
        return Decision(failed.but(status="queued", due_at=now + PAUSES[state.tries - 1]))
    return Decision(failed.but(status="failed", due_at=None, finished_at=now))
