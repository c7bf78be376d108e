"""Work over a whole period of the ledger, done in the background: a reconciliation of a day, a re-pricing.

A worker holds a job by a lease and must extend it; one that died is taken over when the lease ends. `run` counts who
holds it: whoever lost it finds another number there and stops. All work is repeatable, so a second start does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from accounts.audit import By, Deed, entry
from shared.aggregates import Decision
from shared.values import Moment, Value

JobKind = Literal["reconciliation", "repricing"]
JobStatus = Literal["queued", "running", "done", "failed"]
LEASE = timedelta(minutes=2)
PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""Before the next try, while the carrier is away. After the last the job has failed, and may be asked for again."""


class Count(Value):
    """One figure of the result."""

    name: str
    number: int


class Job(Value):
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
    """How often it was asked for. Who asked each time is in the audit trail."""
    started_at: Moment | None = None
    finished_at: Moment | None = None
    counts: tuple[Count, ...] = ()
    complete: bool = True
    """False if the period was not over when the job ran."""
    result_run: int = 0
    """Which run `counts` and the differences are of; 0 before the first is done."""
    error_code: str = ""
    error_detail: str = ""

    @property
    def run_key(self) -> str:
        return f"{self.id}.{self.run}"

    @property
    def result_key(self) -> str:
        return f"{self.id}.{self.result_run}"


MOST_TRIES = 8
"""After as many workers died of it, nobody takes it up again unasked."""


def ask(state: Job | None, wanted: Job) -> Decision[Job] | None:
    """Begin, or begin again; one that is waiting or running already is what was asked for."""
    if state is None:
        return _asked(wanted)
    if state.status in ("queued", "running"):
        return None
    again = {"status": "queued", "tries": 0, "due_at": wanted.due_at, "zone": wanted.zone}
    by = {"requested_at": wanted.requested_at, "requested_by": wanted.requested_by, "asked": state.asked + 1}
    return _asked(state.but(**again, **by, error_code=""))


def _asked(job: Job) -> Decision[Job]:
    by, deed = By(job.requested_by, job.requested_at), Deed(f"{job.kind}.asked", job.id, job.asked)
    days = _news({"first_day": job.first_day, "last_day": job.last_day})
    return Decision(job, records=(entry(job.tenant_id, by, deed, days),))


def _news(facts: Mapping[str, str | int]) -> list[dict[str, Any]]:
    return [{"field": name, "old": None, "new": value} for name, value in facts.items()]


def claim(state: Job | None, now: datetime) -> Decision[Job] | None:
    """None if another worker has it."""
    if state is None or state.due_at is None or state.due_at > now:
        return None
    if state.tries >= MOST_TRIES:
        told = "several workers broke off; the log says why. It may be asked for again"
        return Decision(
            state.but(status="failed", due_at=None, finished_at=now, error_code="gave_up", error_detail=told)
        )
    held = state.but(
        status="running", run=state.run + 1, tries=state.tries + 1, due_at=now + LEASE, started_at=now, finished_at=None
    )
    return Decision(held, answer=held)


def extend(state: Job | None, run: int, now: datetime) -> Decision[Job] | None:
    """None if the lease was lost."""
    if state is None or state.run != run or state.status != "running":
        return None
    return Decision(state.but(due_at=now + LEASE), answer=True)


def finish(state: Job | None, run: int, counts: dict[str, int], complete: bool, now: datetime) -> Decision[Job] | None:
    if state is None or state.run != run or state.status != "running":
        return None
    result = tuple(Count(name=name, number=number) for name, number in counts.items())
    done = state.but(
        status="done", due_at=None, finished_at=now, counts=result, complete=complete, result_run=run,
        error_code="", error_detail="",
    )  # fmt: skip
    deed = Deed(f"{state.kind}.done", state.id, run)
    return Decision(done, records=(entry(state.tenant_id, By(state.requested_by, now), deed, _news(counts)),))


def fail(state: Job | None, run: int, error: tuple[str, str], may_repeat: bool, now: datetime) -> Decision[Job] | None:
    """`error` is code and detail. What may pass by itself is tried again later."""
    if state is None or state.run != run or state.status != "running":
        return None
    told = state.but(error_code=error[0], error_detail=error[1])
    if may_repeat and state.tries <= len(PAUSES):
        return Decision(told.but(status="queued", due_at=now + PAUSES[state.tries - 1]))
    return Decision(told.but(status="failed", due_at=None, finished_at=now))
