"""Carrier connections of a tenant. The API key goes in and never comes out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from accounts.access import Caller, Doors
from accounts.acts import Act
from accounts.idempotency import claim
from accounts.tenants import requests
from accounts.tenants.requests import NewConnection
from accounts.tenants.schemas import ConnectionChange, ConnectionView, NewConnectionBody
from shared.errors import Forbidden
from shared.events.links import connection_id
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing, listing

_ROUTE = "connections"


def connections_router(doors: Doors, public_base: str) -> APIRouter:
    books = doors.books
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}/connections", tags=["accounts"])

    @router.post("", status_code=201, summary="Connect a carrier account")
    async def add_connection(
        tenant_id: str,
        body: NewConnectionBody,
        key: RequestKey = Depends(request_key),
        caller: Caller = Depends(doors.tenant_admin),
    ) -> ConnectionView:
        if body.api_base is not None and not caller.is_operator:
            raise _operators_address()
        await claim(books, key, tenant_id, _ROUTE, body)
        unique = key.id_for("con", tenant_id, _ROUTE).removeprefix("con_")
        id = connection_id(books.keyring, unique)
        new = NewConnection(body.api_key, (body.public_key,), body.messaging_profile_id, body.api_base)
        act = Act(key.cause(tenant_id, _ROUTE, id), caller.label)
        return ConnectionView.of(await requests.add_connection(books, tenant_id, id, new, act), public_base)

    @router.get(
        "",
        response_model=Listing[ConnectionView],
        summary="The tenant's connections",
        dependencies=[Depends(doors.tenant_admin)],
    )
    async def list_connections(
        tenant_id: str, limit: int = Query(default=50, ge=1, le=MAX_LIMIT), cursor: str | None = None
    ) -> dict[str, Any]:
        page = await books.connections.find({"tenant_id": tenant_id}, limit=limit, cursor=cursor)
        found = [books.connections.state_of(document) for document in page.items]
        return listing([ConnectionView.of(connection, public_base) for connection in found], page.next_cursor)

    @router.get("/{id}", summary="One connection", dependencies=[Depends(doors.tenant_admin)])
    async def read_connection(tenant_id: str, id: str) -> ConnectionView:
        return ConnectionView.of(await requests.connection(books, tenant_id, id), public_base)

    @router.patch("/{id}", summary="Replace keys or settings")
    async def change_connection(
        tenant_id: str, id: str, body: ConnectionChange, caller: Caller = Depends(doors.tenant_admin)
    ) -> ConnectionView:
        if "api_base" in body.model_fields_set and not caller.is_operator:
            current = await requests.connection(books, tenant_id, id)
            if body.api_base != current.facts.api_base:
                raise _operators_address()
        act = Act.of(caller.label, tenant_id)
        changed = await requests.change_connection(books, tenant_id, id, body.given(), act)
        return ConnectionView.of(changed, public_base)

    return router


def _operators_address() -> Forbidden:
    """Our services call this address with the carrier key in hand: whoever chooses it makes us knock at any door."""
    return Forbidden("admin_token_needed", "only the operator points a connection at another address, or back")
