"""Phone numbers of a tenant."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from accounts.access import Caller, Doors
from accounts.acts import Act
from accounts.carrier.requests import CarrierDesk
from accounts.idempotency import claim
from accounts.tenants import requests
from accounts.tenants.domain.numbers import Assignment
from accounts.tenants.number_schemas import NewNumber, NumberChange, NumberView
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing, listing
from shared.phone import to_e164

_ROUTE = "numbers"


def numbers_router(doors: Doors, desk: CarrierDesk) -> APIRouter:
    books = doors.books
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}/numbers", tags=["accounts"])

    @router.post("", status_code=201, summary="Add a phone number")
    async def add_number(
        tenant_id: str,
        body: NewNumber,
        key: RequestKey = Depends(request_key),
        caller: Caller = Depends(doors.tenant_admin),
    ) -> NumberView:
        """For a tenant's admin it must be in the carrier account of the connection, as for an import (409
        `not_at_carrier`, `not_active`, `other_profile`; 503 `carrier_away`). The operator is taken at their word."""
        tenant = await requests.tenant(books, tenant_id)
        phone_number = to_e164(body.phone_number, tenant.facts.default_region)
        await claim(books, key, tenant_id, _ROUTE, body)
        if not caller.is_operator and not await requests.has_number(books, tenant_id, phone_number):
            await desk.must_own(tenant_id, body.connection_id, phone_number)
        # The number outlives this request and this tenant, so its id cannot name the request: the key does.
        cause = key.cause(tenant_id, _ROUTE, key.id_for("req", tenant_id, _ROUTE))
        about = (body.label, body.pace, body.capabilities)
        wanted = Assignment(phone_number, tenant_id, body.connection_id, *about)
        return NumberView.of(await requests.assign_number(books, wanted, Act(cause, caller.label)))

    @router.get(
        "",
        response_model=Listing[NumberView],
        summary="The tenant's numbers",
        dependencies=[Depends(doors.tenant_admin)],
    )
    async def list_numbers(
        tenant_id: str, limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> dict[str, Any]:
        page = await books.numbers.find({"tenant_id": tenant_id}, limit=limit, cursor=cursor)
        items = [NumberView.of(books.numbers.state_of(document)) for document in page.items]
        return listing(items, page.next_cursor)

    @router.get("/{phone_number}", summary="One number", dependencies=[Depends(doors.tenant_admin)])
    async def read_number(tenant_id: str, phone_number: str) -> NumberView:
        return NumberView.of(await requests.number(books, tenant_id, phone_number))

    @router.patch("/{phone_number}", summary="Change its connection, label, pace, daily cap or capabilities")
    async def change_number(
        tenant_id: str, phone_number: str, body: NumberChange, caller: Caller = Depends(doors.tenant_admin)
    ) -> NumberView:
        act = Act.of(caller.label, tenant_id)
        return NumberView.of(await requests.change_number(books, tenant_id, phone_number, body.given(), act))

    @router.delete("/{phone_number}", status_code=204, summary="Give a number up")
    async def release_number(tenant_id: str, phone_number: str, caller: Caller = Depends(doors.tenant_admin)) -> None:
        """Its conversations stay and can be read. From now on nothing is sent from it (`number_released`), what waits
        is refused, and texts to it reach nobody here; at the carrier it stays yours until you give it up there."""
        await requests.release_number(books, tenant_id, phone_number, Act.of(caller.label, tenant_id))

    return router
