"""What a tenant used and owes: the statement, and the entries it is the sum of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from accounts.access import OWN_OR_OPERATOR, Doors
from accounts.billing import csv_export, examples
from accounts.billing.domain.statement import GroupBy, items, midnight, money_text, projected, totals
from accounts.billing.record_usage import zone_named
from accounts.billing.schemas import EntryView, Item, Projection, Statement, Total
from accounts.billing.statement import Period, sums
from accounts.billing.store import Billing
from accounts.tenants.domain.tenants import Tenant
from shared.access.gate import credential_of
from shared.database.protocol import Range, Sort
from shared.errors import Invalid, NotFound
from shared.events import UsageKind
from shared.http.openapi_problems import may_answer
from shared.http.paging import MAX_LIMIT, Listing, listing
from shared.phone import to_e164

_ITEM_COLUMNS = (
    "kind", "currency", "quantity", "amount", "amount_nano", "estimated_quantity", "estimated_amount", "entries",
    "estimated_entries", "unpriced_entries",
)  # fmt: skip
_ENTRY_COLUMNS = tuple(name for name in EntryView.model_fields if name != "carrier_cost")
_CSV_HEAD = (*_ENTRY_COLUMNS, "carrier_cost", "carrier_currency")


@dataclass(frozen=True)
class Asked:
    """Whose usage, and of which days of their calendar."""

    tenant: Tenant
    period: Period
    today: date
    stated: bool
    """The period was asked for; it is not the default."""

    @property
    def name(self) -> str:
        return f"{self.period.first}_{self.period.last}"


def usage_router(doors: Doors, billing: Billing) -> APIRouter:
    router = APIRouter(
        prefix="/api/accounts/usage", tags=["accounts"], dependencies=OWN_OR_OPERATOR, responses=may_answer(404)
    )

    async def asked(
        request: Request,
        tenant_id: str | None = Query(default=None, description="needed with ADMIN_TOKEN, else your own"),
        first: date | None = Query(default=None, alias="from", description="default: first day of the month"),
        last: date | None = Query(default=None, alias="to", description="this day included; default: today"),
    ) -> Asked:
        tenant = await _reader(doors, request, tenant_id)
        today = billing.books.clock.now().astimezone(zone_named(tenant.facts.timezone)).date()
        end = last or today
        period = Period(first or min(end, today).replace(day=1), end)
        return Asked(tenant, period, today, stated=first is not None or last is not None)

    by_whom: Asked = Depends(asked)

    @router.get(
        "",
        summary="Statement of a period",
        response_model_exclude_unset=True,
        responses=csv_export.or_csv(examples.STATEMENT_CSV),
    )
    async def statement(
        request: Request,
        who: Asked = by_whom,
        group_by: GroupBy = "kind",
        format: str | None = Query(default=None, description="csv or json; default by the Accept header"),
    ) -> Statement:
        as_csv = csv_export.wanted(request, format)
        made = await _statement(billing, who, group_by)
        return _statement_csv(made) if as_csv else made  # pyright: ignore[reportReturnType] - FastAPI takes both

    @router.get(
        "/entries",
        summary="Entries of the ledger, newest day first; each with its causes",
        description="Of the month so far, unless `from` or `to` is given; of one message or model run: all there are.",
        response_model=Listing[EntryView],
        responses=csv_export.or_csv(examples.ENTRIES_CSV),
    )
    async def entries(
        request: Request,
        who: Asked = by_whom,
        where: dict[str, Any] = Depends(_filters),
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str | None = None,
        format: str | None = Query(default=None, description="csv (all entries, streamed) or json"),
    ) -> Any:
        conditions: dict[str, Any] = {"tenant_id": who.tenant.id, **where}
        if "number" in where:
            conditions["number"] = _number(where["number"], who.tenant)
        of_one_cause = not _ONE_CAUSE.isdisjoint(where)
        if who.stated or not of_one_cause:
            conditions["day"] = who.period.days
        if not of_one_cause:
            # Days are of the tenant's calendar; this bound only lets the index on time be used.
            conditions["used_at"] = _loosely(who.period)
        if csv_export.wanted(request, format):
            stream = csv_export.pages(billing.ledger, conditions, _NEWEST, _CSV_HEAD, _entry_row)
            return StreamingResponse(stream, media_type=csv_export.MEDIA_TYPE, headers=csv_export.download("entries"))
        page = await billing.ledger.find(conditions, sort=_NEWEST, limit=limit, cursor=cursor)
        return listing([EntryView.of(row) for row in page.items], page.next_cursor)

    return router


_NEWEST = Sort("used_at", descending=True)
_A_DAY = timedelta(days=2)
_ONE_CAUSE = {"message_id", "run_id"}
"""A charge is traced by what it is for, whenever that was; each has an index of its own."""


async def _reader(doors: Doors, request: Request, tenant_id: str | None) -> Tenant:
    """The operator names a tenant; everybody else reads their own only."""
    credential = credential_of(request)
    if doors.gate.is_admin_token(credential):
        if not tenant_id:
            raise Invalid("tenant_needed", "with ADMIN_TOKEN, say whose usage: ?tenant_id=ten_…")
    else:
        who = await doors.gate.check(credential)
        if tenant_id not in (None, who.tenant_id):
            raise NotFound("not_found", "no such tenant")
        tenant_id = who.tenant_id
    tenant = await doors.books.tenants.get(tenant_id)
    if tenant is None:
        raise NotFound("not_found", "no such tenant")
    return tenant


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
    """As the ledger has it. A plus that was not escaped in the address arrives as a space. Raises `Invalid`."""
    return to_e164(f"+{given[1:]}" if given.startswith(" ") else given, tenant.facts.default_region)


def _loosely(period: Period) -> Range:
    try:
        first, last = period.first - _A_DAY, period.last + _A_DAY
    except OverflowError:
        return Range()
    return Range(gte=midnight(first, UTC), lt=midnight(last, UTC))


async def _statement(billing: Billing, who: Asked, group_by: GroupBy) -> Statement:
    found = await sums(billing.ledger, who.tenant.id, who.period, group_by)
    days = {"from": who.period.first, "to": who.period.last}
    return Statement(
        tenant_id=who.tenant.id,
        **days,
        timezone=who.tenant.facts.timezone,
        group_by=group_by,
        items=[Item.in_place(place, tally, group_by) for place, tally in items(found, group_by)],
        totals=[Total.of(currency, tally) for currency, tally in totals(found).items()],
        month=f"{who.today:%Y-%m}",
        projection=await _projection(billing, who),
    )


async def _projection(billing: Billing, who: Asked) -> list[Projection] | None:
    if not who.period.first <= who.today <= who.period.last:
        return None
    month = Period(who.today.replace(day=1), who.today)
    so_far = totals(await sums(billing.ledger, who.tenant.id, month, "kind"))
    now, zone = billing.books.clock.now(), zone_named(who.tenant.facts.timezone)
    amounts = ((currency, tally.amount, projected(tally.amount, now, zone)) for currency, tally in so_far.items())
    return [
        Projection(
            currency=currency,
            amount=money_text(nano),
            amount_nano=nano,
            amount_so_far=money_text(spent),
            amount_so_far_nano=spent,
        )
        for currency, spent, nano in amounts
        if nano is not None
    ]


def _statement_csv(statement: Statement) -> Response:
    group = [] if statement.group_by == "kind" else [statement.group_by]
    columns = [*group, *_ITEM_COLUMNS]
    rows = [[*(getattr(item, name) for name in columns), _costs(item)] for item in statement.items]
    text = csv_export.lines([[*columns, "carrier_costs"], *rows])
    name = f"usage_{statement.first}_{statement.last}"
    return Response(text, media_type=csv_export.MEDIA_TYPE, headers=csv_export.download(name))


def _costs(item: Item) -> str:
    return " ".join(f"{cost.amount} {cost.currency}" for cost in item.carrier_costs)


def _entry_row(row: dict[str, Any]) -> list[Any]:
    entry = EntryView.of(row)
    cost = entry.carrier_cost
    used_at = entry.used_at.isoformat(timespec="milliseconds")
    shown = [used_at if name == "used_at" else getattr(entry, name) for name in _ENTRY_COLUMNS]
    return [*shown, cost.amount if cost else "", cost.currency if cost else ""]
