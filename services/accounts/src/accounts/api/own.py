"""What credentials tell of their own: who am I, and what have we used."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, Literal

from fastapi import APIRouter, Depends, Query

from accounts import handlers
from accounts.doors import Doors
from accounts.schemas import Me
from accounts.statement import Period, quantities
from shared.errors import Invalid
from shared.service.access import Principal


def own_router(doors: Doors) -> APIRouter:
    router = APIRouter(prefix="/api/accounts", tags=["accounts"])
    viewer: Principal = Depends(doors.gate.viewer)
    admin: Principal = Depends(doors.gate.admin)

    @router.get("/me", summary="Whose credentials are these?")
    async def me(who: Principal = viewer) -> Me:
        tenant = await handlers.tenant(doors.books, who.tenant_id)
        user = await doors.books.users.get(who.user_id) if who.user_id else None
        return Me(
            tenant_id=who.tenant_id,
            tenant_name=tenant.facts.name,
            role=who.role,
            subject_id=who.subject_id,
            user_id=who.user_id,
            email=user.profile.email if user else None,
            name=user.profile.name if user else None,
            expires_at=who.expires_at,
        )

    @router.get("/usage", summary="Quantities used in a period (UTC days, the last one included)")
    async def usage(
        who: Principal = admin,
        first: date | None = Query(default=None, alias="from", description="default: first day of this month"),
        last: date | None = Query(default=None, alias="to", description="default: today"),
        group_by: Literal["kind", "number", "day"] = "kind",
    ) -> dict[str, Any]:
        today = doors.books.clock.now().date()
        period = Period(first or today.replace(day=1), last or today)
        if period.first > period.last:
            raise Invalid("bad_period", "`from` is after `to`")
        items = await quantities(doors.books.ledger, who.tenant_id, period, group_by)
        return {"from": _midnight(period.first), "to": _midnight(period.last), "group_by": group_by, "items": items}

    return router


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
