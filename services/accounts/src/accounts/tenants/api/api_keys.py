"""API keys of a tenant: made, listed without their secret, revoked."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from accounts.access import Caller, Doors
from accounts.acts import Act
from accounts.idempotency import claim
from accounts.store import Books
from accounts.tenants import requests
from accounts.tenants.domain.api_keys import ApiKey
from accounts.tenants.requests import NewKey
from accounts.tenants.schemas import ApiKeyShown, ApiKeyView, NewApiKey
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing, listing

_ROUTE = "api-keys"


def api_keys_router(doors: Doors) -> APIRouter:
    books = doors.books
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}/api-keys", tags=["accounts"])

    @router.post("", status_code=201, summary="Make an API key; it is shown this once")
    async def issue_key(
        tenant_id: str,
        body: NewApiKey,
        key: RequestKey = Depends(request_key),
        caller: Caller = Depends(doors.tenant_admin),
    ) -> ApiKeyShown:
        await claim(books, key, tenant_id, _ROUTE, body)
        id = key.id_for("key", tenant_id, _ROUTE)
        new = NewKey(body.label, body.role)
        act = Act(key.cause(tenant_id, _ROUTE, id), caller.label)
        made, credential = await requests.issue_key(books, tenant_id, id, new, act)
        return ApiKeyShown(id=id, key=credential, label=made.label, role=made.role, created_at=made.created_at)

    @router.get(
        "",
        response_model=Listing[ApiKeyView],
        summary="The tenant's API keys",
        dependencies=[Depends(doors.tenant_admin)],
    )
    async def list_keys(
        tenant_id: str, limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> dict[str, Any]:
        page = await books.api_keys.find({"tenant_id": tenant_id}, limit=limit, cursor=cursor)
        items = [await _shown(books, books.api_keys.state_of(document)) for document in page.items]
        return listing(items, page.next_cursor)

    @router.delete("/{id}", status_code=204, summary="Revoke a key, at every service, for good")
    async def revoke_key(tenant_id: str, id: str, caller: Caller = Depends(doors.tenant_admin)) -> None:
        await requests.revoke_key(books, tenant_id, id, Act.of(caller.label, tenant_id))

    return router


async def _shown(books: Books, key: ApiKey) -> ApiKeyView:
    used = await books.key_uses.get(key.id)
    return ApiKeyView.of(key, used["at"] if used else None, requests.is_of_first_secret(books, key))
