"""Carrier connections of a tenant. The API key can be entered and replaced, never read."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from accounts.access import AccountAccess, Caller
from accounts.acts import Act
from accounts.idempotency import RequestKeys
from accounts.tenants import connections
from accounts.tenants.addresses import Addresses
from accounts.tenants.connections import NewConnection
from accounts.tenants.schemas import ConnectionIn, ConnectionOut, ConnectionPatch
from accounts.tenants.store import TenantStore
from shared.errors import Forbidden
from shared.events.links import connection_id
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing, listing

_ROUTE = "connections"


def connections_router(
    access: AccountAccess, store: TenantStore, request_keys: RequestKeys, addresses: Addresses
) -> APIRouter:
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}/connections", tags=["accounts"])

    @router.post("", status_code=201, summary="Connect a carrier account")
    async def add_connection(
        tenant_id: str,
        body: ConnectionIn,
        caller: Caller = Depends(access.tenant_admin),
        key: RequestKey = Depends(request_key),
    ) -> ConnectionOut:
        if body.api_base is not None and not caller.is_operator:
            raise _api_base_refused()
        new = NewConnection(body.api_key, (body.public_key,), body.messaging_profile_id, body.api_base)
        await request_keys.claim(key, tenant_id, _ROUTE, body)
        unique = key.id_for("con", tenant_id, _ROUTE).removeprefix("con_")
        id = connection_id(store.keyring, unique)
        act = Act(key.cause(tenant_id, _ROUTE, id), caller.label)
        made = await connections.add_connection(store, tenant_id, id, new, act)
        return ConnectionOut.from_connection(made, addresses)

    @router.get(
        "",
        response_model=Listing[ConnectionOut],
        summary="List a tenant's connections",
        dependencies=[Depends(access.tenant_admin)],
    )
    async def list_connections(
        tenant_id: str, limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> dict[str, Any]:
        page = await store.connections.find({"tenant_id": tenant_id}, limit=limit, cursor=cursor)
        found = [store.connections.state_of(document) for document in page.items]
        items = [ConnectionOut.from_connection(connection, addresses) for connection in found]
        return listing(items, page.next_cursor)

    @router.get("/{id}", summary="Read a connection", dependencies=[Depends(access.tenant_admin)])
    async def read_connection(tenant_id: str, id: str) -> ConnectionOut:
        return ConnectionOut.from_connection(await connections.connection(store, tenant_id, id), addresses)

    @router.patch("/{id}", summary="Replace a connection's keys or change its settings")
    async def change_connection(
        tenant_id: str, id: str, body: ConnectionPatch, caller: Caller = Depends(access.tenant_admin)
    ) -> ConnectionOut:
        if "api_base" in body.model_fields_set and not caller.is_operator:
            current = await connections.connection(store, tenant_id, id)
            if body.api_base != current.facts.api_base:
                raise _api_base_refused()
        act = Act.without_key(caller.label, tenant_id)
        changed = await connections.change_connection(store, tenant_id, id, body.sent_fields(), act)
        return ConnectionOut.from_connection(changed, addresses)

    return router


def _api_base_refused() -> Forbidden:
    """Our services send requests with the carrier key to this address: a tenant must not point them at another host."""
    return Forbidden("admin_token_needed", "Only the operator may change a connection's api_base.")
