"""Reconciliations with the carrier, and re-pricings: asked for here, done in the background, read here."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from accounts.access import Caller, Doors
from accounts.billing import csv_export, examples
from accounts.billing.domain.jobs import Job, JobKind, JobStatus
from accounts.billing.domain.reconciliation import DifferenceKind
from accounts.billing.domain.statement import money_text
from accounts.billing.jobs import BillingJobs
from accounts.billing.record_usage import zone_named
from accounts.billing.statement import Period
from accounts.billing.store import Billing
from accounts.tenants.schemas import Asked
from shared.database.protocol import Sort
from shared.errors import Invalid, NotFound
from shared.events import Money
from shared.http.openapi_examples import with_example
from shared.http.paging import MAX_LIMIT, Listing, listing
from shared.ids import derived_id

_PREFIX: dict[JobKind, str] = {"reconciliation": "rcn", "repricing": "rpr"}
_LATEST = Sort("first_day", descending=True)
MAX_REPRICED = timedelta(days=400)
EARLIEST = date(2000, 1, 1)
_COLUMNS = ("kind", "at", "number", "contact", "message_id", "carrier_message_id")
_SIDES = [f"{side}_{what}" for side in ("ledger", "carrier") for what in ("parts", "cost", "currency")]


class WantedReconciliation(Asked):
    model_config = with_example(examples.NEW_RECONCILIATION)

    day: date = Field(description="of the tenant's calendar", examples=["2026-03-01"])


class WantedRepricing(Asked):
    model_config = with_example(examples.NEW_REPRICING)

    first: date = Field(alias="from", examples=["2026-03-01"])
    last: date = Field(alias="to", description="this day included", examples=["2026-03-31"])


class JobView(BaseModel):
    model_config = with_example(examples.REPRICING)

    id: str
    status: JobStatus = Field(description="failed ones may be asked for again")
    first_day: str
    last_day: str
    requested_at: datetime
    requested_by: str
    started_at: datetime | None
    finished_at: datetime | None
    complete: bool = Field(description="false: not run yet, before the period was over, or too early to judge")
    counts: dict[str, int] = Field(description="of the last finished run")
    error_code: str
    error_detail: str

    @classmethod
    def of(cls, job: Job) -> JobView:
        counts = {count.name: count.number for count in job.counts}
        whole = job.complete and job.result_run > 0
        return cls.model_validate({**job.model_dump(), "counts": counts, "complete": whole})


class ReconciliationView(JobView):
    model_config = with_example(examples.RECONCILIATION)

    day: str

    @classmethod
    def of(cls, job: Job) -> ReconciliationView:
        return cls.model_validate({**JobView.of(job).model_dump(), "day": job.first_day})


class Side(BaseModel):
    """What one side says of the message."""

    parts: int | None
    cost: Money | None


class DifferenceView(BaseModel):
    model_config = with_example(examples.DIFFERENCE)

    kind: DifferenceKind
    message_id: str | None
    carrier_message_id: str | None
    number: str | None
    contact: str | None
    at: datetime | None
    ledger: Side | None
    carrier: Side | None


def reconciliations_router(doors: Doors, billing: Billing, jobs: BillingJobs) -> APIRouter:
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}/reconciliations", tags=["accounts"])

    @router.post("", status_code=201, summary="Compare a day with the carrier's records")
    async def reconcile(
        tenant_id: str, body: WantedReconciliation, caller: Caller = Depends(doors.tenant_admin)
    ) -> ReconciliationView:
        wanted = await _wanted(billing, tenant_id, "reconciliation", Period(body.day, body.day), caller)
        return ReconciliationView.of(await jobs.ask(wanted))

    @router.get(
        "",
        response_model=Listing[ReconciliationView],
        summary="All reconciliations, latest day first",
        dependencies=[Depends(doors.tenant_admin)],
    )
    async def list_reconciliations(
        tenant_id: str,
        day: date | None = None,
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str | None = None,
    ) -> dict[str, Any]:
        where: dict[str, Any] = {"tenant_id": tenant_id, "kind": "reconciliation"}
        where |= {"first_day": day.isoformat()} if day else {}
        page = await billing.jobs.find(where, sort=_LATEST, limit=limit, cursor=cursor)
        found = [ReconciliationView.of(billing.jobs.state_of(document)) for document in page.items]
        return listing(found, page.next_cursor)

    @router.get("/{id}", summary="One reconciliation", dependencies=[Depends(doors.tenant_admin)])
    async def read_reconciliation(tenant_id: str, id: str) -> ReconciliationView:
        return ReconciliationView.of(await _job(billing, tenant_id, id, "reconciliation"))

    @router.get(
        "/{id}/differences",
        response_model=Listing[DifferenceView],
        responses=csv_export.or_csv(examples.DIFFERENCES_CSV),
        summary="What does not match",
        dependencies=[Depends(doors.tenant_admin)],
    )
    async def list_differences(
        request: Request,
        tenant_id: str,
        id: str,
        kind: DifferenceKind | None = None,
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str | None = None,
        format: str | None = Query(default=None, description="csv (all of them, streamed) or json"),
    ) -> Any:
        job = await _job(billing, tenant_id, id, "reconciliation")
        where = {"run": job.result_key, **({"kind": kind} if kind else {})}
        if csv_export.wanted(request, format):
            headers = csv_export.download(f"differences_{job.first_day}")
            stream = csv_export.pages(billing.differences, where, Sort(), (*_COLUMNS, *_SIDES), _cells)
            return StreamingResponse(stream, media_type=csv_export.MEDIA_TYPE, headers=headers)
        page = await billing.differences.find(where, limit=limit, cursor=cursor)
        return listing([DifferenceView.model_validate(row) for row in page.items], page.next_cursor)

    return router


def repricings_router(doors: Doors, billing: Billing, jobs: BillingJobs) -> APIRouter:
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}/repricings", tags=["accounts"])

    @router.post("", status_code=201, summary="Price what is booked by today's rate cards")
    async def reprice(tenant_id: str, body: WantedRepricing, caller: Caller = Depends(doors.operator)) -> JobView:
        period = Period(body.first, body.last)
        if period.last - period.first > MAX_REPRICED:
            raise Invalid("period_too_long", f"re-price at most {MAX_REPRICED.days} days at once")
        return JobView.of(await jobs.ask(await _wanted(billing, tenant_id, "repricing", period, caller)))

    @router.get(
        "",
        response_model=Listing[JobView],
        summary="All re-pricings, latest first day first",
        dependencies=[Depends(doors.tenant_admin)],
    )
    async def list_repricings(
        tenant_id: str, limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> dict[str, Any]:
        """The same days are one job, shown as it last ran; each time it was asked for is in the audit trail."""
        where = {"tenant_id": tenant_id, "kind": "repricing"}
        page = await billing.jobs.find(where, sort=_LATEST, limit=limit, cursor=cursor)
        found = [JobView.of(billing.jobs.state_of(document)) for document in page.items]
        return listing(found, page.next_cursor)

    @router.get("/{id}", summary="One re-pricing", dependencies=[Depends(doors.tenant_admin)])
    async def read_repricing(tenant_id: str, id: str) -> JobView:
        return JobView.of(await _job(billing, tenant_id, id, "repricing"))

    return router


def _cells(row: dict[str, Any]) -> list[Any]:
    found = DifferenceView.model_validate(row)
    at = found.at.isoformat(timespec="milliseconds") if found.at else None
    return [*(at if name == "at" else getattr(found, name) for name in _COLUMNS),
            *_side_cells(found.ledger), *_side_cells(found.carrier)]  # fmt: skip


def _side_cells(side: Side | None) -> list[Any]:
    cost = side.cost if side else None
    return [side.parts if side else None, cost and money_text(cost.nano), cost and cost.currency]


async def _wanted(billing: Billing, tenant_id: str, kind: JobKind, period: Period, caller: Caller) -> Job:
    """The same days are the same job. Raises `Invalid` for days that have not begun."""
    tenant = await billing.books.tenants.get(tenant_id)
    if tenant is None:
        raise NotFound("not_found", "no such tenant")
    now, zone = billing.books.clock.now(), tenant.facts.timezone
    if period.first > now.astimezone(zone_named(zone)).date():
        raise Invalid("day_not_begun", "this day has not begun in the tenant's time zone")
    if period.first < EARLIEST:
        raise Invalid("day_too_early", f"nothing can be booked before {EARLIEST:%Y-%m-%d}")
    first, last = period.first.isoformat(), period.last.isoformat()
    return Job(
        id=derived_id(_PREFIX[kind], tenant_id, first, last),
        tenant_id=tenant_id,
        kind=kind,
        first_day=first,
        last_day=last,
        zone=zone,
        due_at=now,
        requested_at=now,
        requested_by=caller.label,
    )


async def _job(billing: Billing, tenant_id: str, id: str, kind: JobKind) -> Job:
    job = await billing.jobs.get(id)
    if job is None or job.tenant_id != tenant_id or job.kind != kind:
        raise NotFound("not_found", f"no such {kind}")
    return job
