"""The statement of a tenant's usage, and the ledger entries it is the sum of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from accounts.access import OWN_OR_OPERATOR, AccountAccess
from accounts.billing import examples
from accounts.billing.days import Day
from accounts.billing.domain.statement import GroupBy, items, midnight, money_text, projection, totals
from accounts.billing.record_usage import zone_named
from accounts.billing.schemas import LedgerEntryOut, ProjectionOut, StatementLineOut, StatementOut, TotalOut
from accounts.billing.statement import Period, sums
from accounts.billing.store import BillingStore
from accounts.tenants.domain.tenants import Tenant
from accounts.tenants.tenants import tenant
from shared.database.protocol import Range, Sort
from shared.errors import Invalid, NotFound
from shared.events import UsageKind
from shared.http import csv_export
from shared.http.openapi_problems import may_answer
from shared.http.paging import MAX_LIMIT, Listing, listing
from shared.phone import to_e164

_ITEM_COLUMNS = (
    "kind", "currency", "quantity", "amount", "amount_nano", "estimated_quantity", "estimated_amount", "entries",
    "estimated_entries", "unpriced_entries",
)  # fmt: skip
_ENTRY_COLUMNS = tuple(name for name in LedgerEntryOut.model_fields if name != "carrier_cost")
_CSV_HEAD = (*_ENTRY_COLUMNS, "carrier_cost", "carrier_currency")


@dataclass(frozen=True)
class UsageQuery:
    """The tenant, and the days of its calendar."""

    tenant: Tenant
    period: Period
    today: date
    period_given: bool
    """False: the default period."""

    @property
    def name(self) -> str:
        return f"{self.period.first}_{self.period.last}"


def usage_router(access: AccountAccess, store: BillingStore) -> APIRouter:
    router = APIRouter(
        prefix="/api/accounts/usage",
        tags=["accounts"],
        dependencies=[*OWN_OR_OPERATOR, Depends(access.authenticate)],
        responses=may_answer(404),
    )

    async def readable_tenant(
        request: Request,
        tenant_id: str | None = Query(
            default=None, description="Required with ADMIN_TOKEN; otherwise your own tenant."
        ),
    ) -> Tenant:
        """A dependency of its own, so that a caller without credentials gets 401 before any parameter is judged."""
        return await _readable_tenant(access, store, request, tenant_id)

    async def usage_query(
        found: Tenant = Depends(readable_tenant),
        first: Day | None = Query(default=None, alias="from", description="Default: first day of the month."),
        last: Day | None = Query(default=None, alias="to", description="This day is included. Default: today."),
    ) -> UsageQuery:
        today = store.clock.now().astimezone(zone_named(found.facts.timezone)).date()
        end = last or today
        period = Period(first or min(end, today).replace(day=1), end)
        return UsageQuery(found, period, today, period_given=first is not None or last is not None)

    query: UsageQuery = Depends(usage_query)

    @router.get(
        "",
        summary="Read the statement of a period",
        response_model_exclude_unset=True,
        responses=csv_export.csv_responses(examples.STATEMENT_CSV),
    )
    async def statement(
        request: Request,
        usage: UsageQuery = query,
        group_by: GroupBy = "kind",
        format: str | None = Query(default=None, description="`csv` or `json`; default by the Accept header."),
    ) -> StatementOut:
        as_csv = csv_export.is_wanted(request, format)
        made = await _statement(store, usage, group_by)
        return _statement_csv(made) if as_csv else made  # pyright: ignore[reportReturnType] - FastAPI takes both

    @router.get(
        "/entries",
        summary="List ledger entries, newest first, each with its cause",
        description="The month so far, unless `from` or `to` is given. For one message or model run: all its entries.",
        response_model=Listing[LedgerEntryOut],
        responses=csv_export.csv_responses(examples.ENTRIES_CSV),
    )
    async def entries(
        request: Request,
        usage: UsageQuery = query,
        where: dict[str, Any] = Depends(_filters),
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str | None = None,
        format: str | None = Query(default=None, description="`csv` (all entries, streamed) or `json`."),
    ) -> Any:
        conditions: dict[str, Any] = {"tenant_id": usage.tenant.id, **where}
        if "number" in where:
            conditions["number"] = _number(where["number"], usage.tenant)
        of_one_cause = not _ONE_CAUSE.isdisjoint(where)
        if usage.period_given or not of_one_cause:
            conditions["day"] = usage.period.days
        if not of_one_cause:
            # Days follow the tenant's calendar; this wider bound lets the database use its index on time.
            conditions["used_at"] = _wider_range(usage.period)
        if csv_export.is_wanted(request, format):
            stream = csv_export.lines_by_page(store.ledger, conditions, _NEWEST, _CSV_HEAD, _entry_row)
            return StreamingResponse(
                stream, media_type=csv_export.MEDIA_TYPE, headers=csv_export.download_headers("entries")
            )
        page = await store.ledger.find(conditions, sort=_NEWEST, limit=limit, cursor=cursor)
        return listing([LedgerEntryOut.from_row(row) for row in page.items], page.next_cursor)

    return router


_NEWEST = Sort("used_at", descending=True)
_A_DAY = timedelta(days=2)
_ONE_CAUSE = {"message_id", "run_id"}
"""A charge is traced by its cause, whatever its date. Each of these fields has an index."""


async def _readable_tenant(
    access: AccountAccess, store: BillingStore, request: Request, tenant_id: str | None
) -> Tenant:
    """The operator names a tenant; all other callers read their own."""
    identity = await access.identify(request)
    own = identity.who.tenant_id if identity.who else None
    if tenant_id in (None, own) and own:
        return await tenant(store.tenant_store, own)
    if not identity.is_operator:
        raise NotFound("not_found", "No such tenant.")
    if not tenant_id:
        raise Invalid("tenant_needed", "With ADMIN_TOKEN, name the tenant: ?tenant_id=ten_…")
    return await tenant(store.tenant_store, tenant_id)


async def _filters(
    kind: UsageKind | None = None,
    number: str | None = None,
    message_id: str | None = None,
    conversation_id: str | None = None,
    campaign_id: str | None = None,
    assistant_id: str | None = None,
    run_id: str | None = None,
    model: str | None = None,
    estimate: bool | None = None,
    unpriced: bool | None = None,
) -> dict[str, Any]:
    return {name: value for name, value in locals().items() if value is not None}


def _number(given: str, tenant: Tenant) -> str:
    """In E.164. A plus that is not escaped in the URL arrives as a space. Raises `Invalid`."""
    return to_e164(f"+{given[1:]}" if given.startswith(" ") else given, tenant.facts.default_region)


def _wider_range(period: Period) -> Range:
    try:
        first, last = period.first - _A_DAY, period.last + _A_DAY
    except OverflowError:
        return Range()
    return Range(gte=midnight(first, UTC), lt=midnight(last, UTC))


async def _statement(store: BillingStore, usage: UsageQuery, group_by: GroupBy) -> StatementOut:
    found = await sums(store.ledger, usage.tenant.id, usage.period, group_by)
    days = {"from": usage.period.first, "to": usage.period.last}
    return StatementOut(
        tenant_id=usage.tenant.id,
        **days,
        timezone=usage.tenant.facts.timezone,
        group_by=group_by,
        items=[StatementLineOut.from_tally_of(key, tally, group_by) for key, tally in items(found, group_by)],
        totals=[TotalOut.from_tally(currency, tally) for currency, tally in totals(found).items()],
        month=f"{usage.today:%Y-%m}",
        projection=await _projection(store, usage),
    )


async def _projection(store: BillingStore, usage: UsageQuery) -> list[ProjectionOut] | None:
    if not usage.period.first <= usage.today <= usage.period.last:
        return None
    month = Period(usage.today.replace(day=1), usage.today)
    so_far = totals(await sums(store.ledger, usage.tenant.id, month, "kind"))
    now, zone = store.clock.now(), zone_named(usage.tenant.facts.timezone)
    amounts = ((currency, tally.amount, projection(tally.amount, now, zone)) for currency, tally in so_far.items())
    return [
        ProjectionOut(
            currency=currency,
            amount=money_text(nano),
            amount_nano=nano,
            amount_so_far=money_text(spent),
            amount_so_far_nano=spent,
        )
        for currency, spent, nano in amounts
        if nano is not None
    ]


def _statement_csv(statement: StatementOut) -> Response:
    group = [] if statement.group_by == "kind" else [statement.group_by]
    columns = [*group, *_ITEM_COLUMNS]
    rows = [[*(getattr(item, name) for name in columns), _costs(item)] for item in statement.items]
    text = csv_export.lines([[*columns, "carrier_costs"], *rows])
    name = f"usage_{statement.first}_{statement.last}"
    return Response(text, media_type=csv_export.MEDIA_TYPE, headers=csv_export.download_headers(name))


def _costs(item: StatementLineOut) -> str:
    return " ".join(f"{cost.amount} {cost.currency}" for cost in item.carrier_costs)


def _entry_row(row: dict[str, Any]) -> list[Any]:
    entry = LedgerEntryOut.from_row(row)
    cost = entry.carrier_cost
    used_at = entry.used_at.isoformat(timespec="milliseconds")
    cells = [used_at if name == "used_at" else getattr(entry, name) for name in _ENTRY_COLUMNS]
    return [*cells, cost.amount if cost else "", cost.currency if cost else ""]
