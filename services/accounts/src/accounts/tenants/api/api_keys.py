"""API keys of a tenant: made, listed without their secret, revoked."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from accounts.access import AccountAccess, Caller
from accounts.acts import Act
from accounts.idempotency import RequestKeys
from accounts.tenants import api_keys
from accounts.tenants.api_keys import NewKey
from accounts.tenants.domain.api_keys import ApiKey
from accounts.tenants.schemas import ApiKeyIn, ApiKeyOut, IssuedApiKeyOut
from accounts.tenants.store import TenantStore
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing, listing

_ROUTE = "api-keys"


def api_keys_router(access: AccountAccess, store: TenantStore, request_keys: RequestKeys) -> APIRouter:
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}/api-keys", tags=["accounts"])

    @router.post("", status_code=201, summary="Make an API key; it is shown only in this answer")
    async def issue_key(
        tenant_id: str,
        body: ApiKeyIn,
        caller: Caller = Depends(access.tenant_admin),
        key: RequestKey = Depends(request_key),
    ) -> IssuedApiKeyOut:
        await request_keys.claim(key, tenant_id, _ROUTE, body)
        id = key.id_for("key", tenant_id, _ROUTE)
        act = Act(key.cause(tenant_id, _ROUTE, id), caller.label)
        made, credential = await api_keys.issue_key(store, tenant_id, id, NewKey(body.label, body.role), act)
        return IssuedApiKeyOut(id=id, key=credential, label=made.label, role=made.role, created_at=made.created_at)

    @router.get(
        "",
        response_model=Listing[ApiKeyOut],
        summary="List a tenant's API keys",
        dependencies=[Depends(access.tenant_admin)],
    )
    async def list_keys(
        tenant_id: str, limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> dict[str, Any]:
        page = await store.api_keys.find({"tenant_id": tenant_id}, limit=limit, cursor=cursor)
        items = [await _key_out(store, store.api_keys.state_of(document)) for document in page.items]
        return listing(items, page.next_cursor)

    @router.delete("/{id}", status_code=204, summary="Revoke an API key at every service; this cannot be undone")
    async def revoke_key(tenant_id: str, id: str, caller: Caller = Depends(access.tenant_admin)) -> None:
        await api_keys.revoke_key(store, tenant_id, id, Act.without_key(caller.label, tenant_id))

    return router


async def _key_out(store: TenantStore, key: ApiKey) -> ApiKeyOut:
    used = await store.key_uses.get(key.id)
    return ApiKeyOut.from_key(key, used["at"] if used else None, api_keys.is_of_first_secret(store, key))
