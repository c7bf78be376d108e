"""Reconciliations with the carrier, and re-pricings: requested here, run in the background, read here."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from accounts.access import AccountAccess, Caller
from accounts.billing import examples
from accounts.billing.days import Day
from accounts.billing.domain.jobs import BillingJob, JobKind, JobStatus
from accounts.billing.domain.reconciliation import DifferenceKind
from accounts.billing.domain.statement import money_text
from accounts.billing.jobs import BillingJobs
from accounts.billing.record_usage import zone_named
from accounts.billing.statement import Period
from accounts.billing.store import BillingStore
from accounts.request_body import RequestBody
from accounts.tenants.tenants import tenant
from shared.database.protocol import Sort
from shared.errors import Invalid, NotFound
from shared.http import csv_export
from shared.http.openapi_examples import with_example
from shared.http.paging import MAX_LIMIT, Listing, listing
from shared.http.value_models import MoneyOut
from shared.ids import derived_id

_PREFIX: dict[JobKind, str] = {"reconciliation": "rcn", "repricing": "rpr"}
_LATEST = Sort("first_day", descending=True)
MAX_REPRICED = timedelta(days=400)
EARLIEST = date(2000, 1, 1)
_COLUMNS = ("kind", "at", "number", "contact", "message_id", "carrier_message_id")
_SIDES = [f"{side}_{what}" for side in ("ledger", "carrier") for what in ("parts", "cost", "currency")]


class ReconciliationIn(RequestBody):
    model_config = with_example(examples.NEW_RECONCILIATION)

    day: Day = Field(description="A day in the tenant's time zone.", examples=["2026-03-01"])


class RepricingIn(RequestBody):
    model_config = with_example(examples.NEW_REPRICING)

    first: Day = Field(alias="from", examples=["2026-03-01"])
    last: Day = Field(alias="to", description="This day is included.", examples=["2026-03-31"])


class JobOut(BaseModel):
    model_config = with_example(examples.REPRICING)

    id: str
    status: JobStatus = Field(description="A failed job may be requested again.")
    first_day: str
    last_day: str
    requested_at: datetime
    requested_by: str
    started_at: datetime | None
    finished_at: datetime | None
    complete: bool = Field(description="False: not run yet, or run before all figures of the period were in.")
    counts: dict[str, int] = Field(description="Result of the last finished run.")
    error_code: str
    error_detail: str

    @classmethod
    def from_job(cls, job: BillingJob) -> JobOut:
        counts = {count.name: count.number for count in job.counts}
        whole = job.complete and job.result_run > 0
        return cls.model_validate({**job.plain(), "counts": counts, "complete": whole})


class ReconciliationOut(JobOut):
    model_config = with_example(examples.RECONCILIATION)

    day: str

    @classmethod
    def from_job(cls, job: BillingJob) -> ReconciliationOut:
        return cls.model_validate({**JobOut.from_job(job).model_dump(), "day": job.first_day})


class DifferenceSideOut(BaseModel):
    """The figures of one side for the message."""

    parts: int | None
    cost: MoneyOut | None


class DifferenceOut(BaseModel):
    model_config = with_example(examples.DIFFERENCE)

    kind: DifferenceKind
    message_id: str | None
    carrier_message_id: str | None
    number: str | None
    contact: str | None
    at: datetime | None
    ledger: DifferenceSideOut | None
    carrier: DifferenceSideOut | None


def reconciliations_router(access: AccountAccess, store: BillingStore, jobs: BillingJobs) -> APIRouter:
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}/reconciliations", tags=["accounts"])

    @router.post("", status_code=201, summary="Compare a day with the carrier's records")
    async def reconcile(
        tenant_id: str, body: ReconciliationIn, caller: Caller = Depends(access.tenant_admin)
    ) -> ReconciliationOut:
        wanted = await _job_for(store, tenant_id, "reconciliation", Period(body.day, body.day), caller)
        return ReconciliationOut.from_job(await jobs.request(wanted))

    @router.get(
        "",
        response_model=Listing[ReconciliationOut],
        summary="List reconciliations, latest day first",
        dependencies=[Depends(access.tenant_admin)],
    )
    async def list_reconciliations(
        tenant_id: str,
        day: Day | None = None,
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str | None = None,
    ) -> dict[str, Any]:
        where: dict[str, Any] = {"tenant_id": tenant_id, "kind": "reconciliation"}
        where |= {"first_day": day.isoformat()} if day else {}
        page = await store.jobs.find(where, sort=_LATEST, limit=limit, cursor=cursor)
        found = [ReconciliationOut.from_job(store.jobs.state_of(document)) for document in page.items]
        return listing(found, page.next_cursor)

    @router.get("/{id}", summary="Read a reconciliation", dependencies=[Depends(access.tenant_admin)])
    async def read_reconciliation(tenant_id: str, id: str) -> ReconciliationOut:
        return ReconciliationOut.from_job(await _job(store, tenant_id, id, "reconciliation"))

    @router.get(
        "/{id}/differences",
        response_model=Listing[DifferenceOut],
        responses=csv_export.csv_responses(examples.DIFFERENCES_CSV),
        summary="List the differences a reconciliation found",
        dependencies=[Depends(access.tenant_admin)],
    )
    async def list_differences(
        request: Request,
        tenant_id: str,
        id: str,
        kind: DifferenceKind | None = None,
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str | None = None,
        format: str | None = Query(default=None, description="`csv` (all differences, streamed) or `json`."),
    ) -> Any:
        job = await _job(store, tenant_id, id, "reconciliation")
        where = {"run": job.result_key, **({"kind": kind} if kind else {})}
        if csv_export.is_wanted(request, format):
            headers = csv_export.download_headers(f"differences_{job.first_day}")
            stream = csv_export.lines_by_page(store.differences, where, Sort(), (*_COLUMNS, *_SIDES), _cells)
            return StreamingResponse(stream, media_type=csv_export.MEDIA_TYPE, headers=headers)
        page = await store.differences.find(where, limit=limit, cursor=cursor)
        return listing([DifferenceOut.model_validate(row) for row in page.items], page.next_cursor)

    return router


def repricings_router(access: AccountAccess, store: BillingStore, jobs: BillingJobs) -> APIRouter:
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}/repricings", tags=["accounts"])

    @router.post("", status_code=201, summary="Price booked entries again by today's rate cards")
    async def reprice(tenant_id: str, body: RepricingIn, caller: Caller = Depends(access.operator)) -> JobOut:
        period = Period(body.first, body.last)
        if period.last - period.first > MAX_REPRICED:
            raise Invalid("period_too_long", f"Re-price at most {MAX_REPRICED.days} days at once.")
        return JobOut.from_job(await jobs.request(await _job_for(store, tenant_id, "repricing", period, caller)))

    @router.get(
        "",
        response_model=Listing[JobOut],
        summary="List re-pricings, latest first day first",
        dependencies=[Depends(access.tenant_admin)],
    )
    async def list_repricings(
        tenant_id: str, limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> dict[str, Any]:
        """The same days are one job, shown as it last ran. The audit trail lists every request."""
        where = {"tenant_id": tenant_id, "kind": "repricing"}
        page = await store.jobs.find(where, sort=_LATEST, limit=limit, cursor=cursor)
        found = [JobOut.from_job(store.jobs.state_of(document)) for document in page.items]
        return listing(found, page.next_cursor)

    @router.get("/{id}", summary="Read a re-pricing", dependencies=[Depends(access.tenant_admin)])
    async def read_repricing(tenant_id: str, id: str) -> JobOut:
        return JobOut.from_job(await _job(store, tenant_id, id, "repricing"))

    return router


def _cells(row: dict[str, Any]) -> list[Any]:
    found = DifferenceOut.model_validate(row)
    at = found.at.isoformat(timespec="milliseconds") if found.at else None
    return [*(at if name == "at" else getattr(found, name) for name in _COLUMNS),
            *_side_cells(found.ledger), *_side_cells(found.carrier)]  # fmt: skip


def _side_cells(side: DifferenceSideOut | None) -> list[Any]:
    cost = side.cost if side else None
    return [side.parts if side else None, cost and money_text(cost.nano), cost and cost.currency]


async def _job_for(store: BillingStore, tenant_id: str, kind: JobKind, period: Period, caller: Caller) -> BillingJob:
    """The same days are the same job. Raises `Invalid` for days that have not begun."""
    zone = (await tenant(store.tenant_store, tenant_id)).facts.timezone
    now = store.clock.now()
    if period.first > now.astimezone(zone_named(zone)).date():
        raise Invalid("day_not_begun", "This day has not begun in the tenant's time zone.")
    if period.first < EARLIEST:
        raise Invalid("day_too_early", f"Choose a day from {EARLIEST:%Y-%m-%d} on.")
    first, last = period.first.isoformat(), period.last.isoformat()
    return BillingJob(
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


async def _job(store: BillingStore, tenant_id: str, id: str, kind: JobKind) -> BillingJob:
    job = await store.jobs.get(id)
    if job is None or job.tenant_id != tenant_id or job.kind != kind:
        raise NotFound("not_found", f"No such {kind}.")
    return job
