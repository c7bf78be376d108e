"""Tenants: made and listed by the operator, read and changed by their own admins too."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from accounts.access import Caller, Doors
from accounts.acts import Act
from accounts.idempotency import claim
from accounts.tenants import requests
from accounts.tenants.schemas import NewTenant, TenantChange, TenantView
from shared.errors import Forbidden
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing, listing

_INSTALLATION = "installation"


def tenants_router(doors: Doors) -> APIRouter:
    books = doors.books
    router = APIRouter(prefix="/api/accounts/tenants", tags=["accounts"])

    @router.post("", status_code=201, summary="Open a tenant")
    async def open_tenant(
        body: NewTenant, key: RequestKey = Depends(request_key), caller: Caller = Depends(doors.operator)
    ) -> TenantView:
        await claim(books, key, _INSTALLATION, "tenants", body)
        id = key.id_for("ten", _INSTALLATION, "tenants")
        act = Act(key.cause(id, "tenants", id), caller.label)
        return TenantView.of(await requests.open_tenant(books, id, body.settings(), act))

    @router.get("", response_model=Listing[TenantView], summary="All tenants", dependencies=[Depends(doors.operator)])
    async def list_tenants(
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> dict[str, Any]:
        page = await books.tenants.find({}, limit=limit, cursor=cursor)
        items = [TenantView.of(books.tenants.state_of(document)) for document in page.items]
        return listing(items, page.next_cursor)

    @router.get("/{tenant_id}", summary="One tenant", dependencies=[Depends(doors.tenant_admin)])
    async def read_tenant(tenant_id: str) -> TenantView:
        return TenantView.of(await requests.tenant(books, tenant_id))

    @router.patch("/{tenant_id}", summary="Change settings")
    async def change_tenant(
        tenant_id: str, body: TenantChange, caller: Caller = Depends(doors.tenant_admin)
    ) -> TenantView:
        if "status" in body.model_fields_set and not caller.is_operator:
            raise Forbidden("admin_token_needed", "only the operator suspends a tenant or lets it act again")
        changed = await requests.change_tenant(books, tenant_id, body.settings(), Act.of(caller.label, tenant_id))
        return TenantView.of(changed)

    return router
