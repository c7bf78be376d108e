"""Phone numbers of a tenant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Depends, Query

from accounts.access import AccountAccess, Caller
from accounts.acts import Act
from accounts.idempotency import RequestKeys
from accounts.tenants import numbers
from accounts.tenants.domain.numbers import Assignment
from accounts.tenants.number_schemas import NumberIn, NumberOut, NumberPatch
from accounts.tenants.store import TenantStore
from accounts.tenants.tenants import tenant
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing, listing
from shared.phone import to_e164

_ROUTE = "numbers"
CheckOwnership = Callable[[str, str, str], Awaitable[None]]
"""Tenant, connection, E.164 number. Raises `Refused` if the connection's carrier account does not have the number."""


def numbers_router(
    access: AccountAccess, store: TenantStore, request_keys: RequestKeys, check_ownership: CheckOwnership
) -> APIRouter:
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}/numbers", tags=["accounts"])

    @router.post("", status_code=201, summary="Add a phone number")
    async def add_number(
        tenant_id: str,
        body: NumberIn,
        caller: Caller = Depends(access.tenant_admin),
        key: RequestKey = Depends(request_key),
    ) -> NumberOut:
        """A tenant's admin may add only a number of the connection's carrier account, as in an import (409
        `not_at_carrier`, `not_active`, `other_profile`; 503 `carrier_away`). The operator's numbers are not checked."""
        region = (await tenant(store, tenant_id)).facts.default_region
        phone_number = to_e164(body.phone_number, region)
        await request_keys.claim(key, tenant_id, _ROUTE, body)
        if not caller.is_operator and not await numbers.has_number(store, tenant_id, phone_number):
            await check_ownership(tenant_id, body.connection_id, phone_number)
        # The number outlives this request and this tenant, so its id cannot stand for the request: the key does.
        cause = key.cause(tenant_id, _ROUTE, key.id_for("req", tenant_id, _ROUTE))
        details = (body.label, body.pace, body.capabilities)
        assignment = Assignment(phone_number, tenant_id, body.connection_id, *details)
        return NumberOut.from_number(await numbers.assign_number(store, assignment, Act(cause, caller.label)))

    @router.get(
        "",
        response_model=Listing[NumberOut],
        summary="List a tenant's numbers",
        dependencies=[Depends(access.tenant_viewer)],
    )
    async def list_numbers(
        tenant_id: str, limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> dict[str, Any]:
        page = await store.numbers.find({"tenant_id": tenant_id}, limit=limit, cursor=cursor)
        items = [NumberOut.from_number(store.numbers.state_of(document)) for document in page.items]
        return listing(items, page.next_cursor)

    @router.get("/{phone_number}", summary="Read a number", dependencies=[Depends(access.tenant_viewer)])
    async def read_number(tenant_id: str, phone_number: str) -> NumberOut:
        return NumberOut.from_number(await numbers.number(store, tenant_id, phone_number))

    @router.patch("/{phone_number}", summary="Change a number's connection, label, pace, daily cap or capabilities")
    async def change_number(
        tenant_id: str, phone_number: str, body: NumberPatch, caller: Caller = Depends(access.tenant_admin)
    ) -> NumberOut:
        act = Act.without_key(caller.label, tenant_id)
        changed = await numbers.change_number(store, tenant_id, phone_number, body.sent_fields(), act)
        return NumberOut.from_number(changed)

    @router.delete("/{phone_number}", status_code=204, summary="Release a number")
    async def release_number(tenant_id: str, phone_number: str, caller: Caller = Depends(access.tenant_admin)) -> None:
        """Its conversations stay readable. Sending from it is refused (`number_released`), queued messages are refused,
        and texts to it are no longer delivered here. At the carrier the number stays yours until you cancel it there.
        """
        await numbers.release_number(store, tenant_id, phone_number, Act.without_key(caller.label, tenant_id))

    return router
