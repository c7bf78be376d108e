"""Tenants: opened and listed by the operator, read and changed by their own admins too."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from accounts.access import AccountAccess, Caller
from accounts.acts import Act
from accounts.idempotency import RequestKeys
from accounts.tenants import tenants
from accounts.tenants.schemas import TenantIn, TenantOut, TenantPatch
from accounts.tenants.store import TenantStore
from shared.errors import Forbidden
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing, listing

_INSTALLATION = "installation"


def tenants_router(access: AccountAccess, store: TenantStore, request_keys: RequestKeys) -> APIRouter:
    router = APIRouter(prefix="/api/accounts/tenants", tags=["accounts"])

    @router.post("", status_code=201, summary="Open a tenant")
    async def open_tenant(
        body: TenantIn, caller: Caller = Depends(access.operator), key: RequestKey = Depends(request_key)
    ) -> TenantOut:
        await request_keys.claim(key, _INSTALLATION, "tenants", body)
        id = key.id_for("ten", _INSTALLATION, "tenants")
        act = Act(key.cause(id, "tenants", id), caller.label)
        return TenantOut.from_tenant(await tenants.open_tenant(store, id, body.settings(), act))

    @router.get("", response_model=Listing[TenantOut], summary="List tenants", dependencies=[Depends(access.operator)])
    async def list_tenants(
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> dict[str, Any]:
        page = await store.tenants.find({}, limit=limit, cursor=cursor)
        items = [TenantOut.from_tenant(store.tenants.state_of(document)) for document in page.items]
        return listing(items, page.next_cursor)

    @router.get("/{tenant_id}", summary="Read a tenant", dependencies=[Depends(access.tenant_admin)])
    async def read_tenant(tenant_id: str) -> TenantOut:
        return TenantOut.from_tenant(await tenants.tenant(store, tenant_id))

    @router.patch("/{tenant_id}", summary="Change a tenant's settings")
    async def change_tenant(
        tenant_id: str, body: TenantPatch, caller: Caller = Depends(access.tenant_admin)
    ) -> TenantOut:
        if "status" in body.model_fields_set and not caller.is_operator:
            raise Forbidden("admin_token_needed", "Only the operator may suspend a tenant or reactivate it.")
        act = Act.without_key(caller.label, tenant_id)
        return TenantOut.from_tenant(await tenants.change_tenant(store, tenant_id, body.settings(), act))

    return router
