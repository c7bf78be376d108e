"""`/api/neighbours`: which outside systems report activities to a tenant. Admins only: the addresses are secrets."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter, Depends

from conversation.api.conversations import Limit
from conversation.neighbours.adapters.table import ADAPTERS
from conversation.neighbours.domain import neighbour as domain
from conversation.neighbours.domain.neighbour import Kind, Neighbour
from conversation.neighbours.reception import Around
from conversation.neighbours.schemas import NeighbourIn, NeighbourOut, NeighbourPatch
from shared.access.gate import Access, Principal
from shared.aggregates import Cause
from shared.errors import Invalid
from shared.http.idempotency import RequestKey, digest, request_key, require_same
from shared.http.paging import Listing, listing

PREFIX = "/api/neighbours"


def neighbours_router(around: Around, gate: Access) -> APIRouter:
    router = APIRouter(prefix=PREFIX, tags=["conversation"])
    _reading(router, around, gate)
    _changing(router, around, gate)
    return router


def _reading(router: APIRouter, around: Around, gate: Access) -> None:
    neighbours, addresses = around.neighbours, around.addresses

    @router.get("", response_model=Listing[NeighbourOut], summary="List neighbours, oldest first")
    async def list_neighbours(
        limit: Limit = 50, cursor: str | None = None, who: Principal = Depends(gate.admin)
    ) -> dict[str, Any]:
        page = await neighbours.page(who.tenant_id, limit, cursor)
        found = [neighbours.state_of(document) for document in page.items]
        return listing([NeighbourOut.of(one, addresses.url(one)) for one in found], page.next_cursor)

    @router.get("/{neighbour_id}", response_model=NeighbourOut, summary="Get a neighbour")
    async def get_neighbour(neighbour_id: str, who: Principal = Depends(gate.admin)) -> NeighbourOut:
        found = await neighbours.get(who.tenant_id, neighbour_id)
        return NeighbourOut.of(found, addresses.url(found))


def _changing(router: APIRouter, around: Around, gate: Access) -> None:
    neighbours, addresses, clock = around.neighbours, around.addresses, around.clock

    def shown(neighbour: Neighbour) -> NeighbourOut:
        return NeighbourOut.of(neighbour, addresses.url(neighbour))

    @router.post("", response_model=NeighbourOut, status_code=201, summary="Add a neighbour")
    async def add_neighbour(
        body: NeighbourIn, key: RequestKey = Depends(request_key), who: Principal = Depends(gate.admin)
    ) -> NeighbourOut:
        """Gives the address to enter at the neighbour. 409 `too_many_neighbours` at 20."""
        sealed = _sealed(around, body.kind, body.secret)
        id, given, now = key.id_for("nbr", who.tenant_id, PREFIX), digest(body.model_dump()), clock.now()
        fields = {**body.model_dump(), "secret": sealed, "id": id, "tenant_id": who.tenant_id, "request_digest": given}
        new = Neighbour.read({**fields, "created_at": now, "updated_at": now})
        made = await neighbours.create(new, key.cause(who.tenant_id, PREFIX, id))
        require_same(made.request_digest, given)
        domain.require_there(made)
        return shown(made)

    @router.patch("/{neighbour_id}", response_model=NeighbourOut, summary="Change a neighbour")
    async def patch_neighbour(
        neighbour_id: str, body: NeighbourPatch, who: Principal = Depends(gate.admin)
    ) -> NeighbourOut:
        known, changes = await neighbours.get(who.tenant_id, neighbour_id), body.changes()
        if "secret" in changes:
            changes["secret"] = _sealed(around, known.kind, changes["secret"])
        decide = partial(domain.revise, changes=changes, now=clock.now())
        return shown(await neighbours.change(who.tenant_id, known.id, Cause.request(who.tenant_id), decide))

    @router.post("/{neighbour_id}/rotate", response_model=NeighbourOut, summary="Give a neighbour a new address")
    async def rotate_address(
        neighbour_id: str, key: RequestKey = Depends(request_key), who: Principal = Depends(gate.admin)
    ) -> NeighbourOut:
        """The present address is void at once; enter the new one at the neighbour."""
        known = await neighbours.get(who.tenant_id, neighbour_id)
        request = f"{PREFIX}/rotate|{known.id}|{key.value}" if key.value else None
        cause = Cause.request(who.tenant_id, request)
        return shown(await neighbours.change(who.tenant_id, known.id, cause, partial(domain.rotate, now=clock.now())))

    @router.delete("/{neighbour_id}", status_code=204, summary="Delete a neighbour")
    async def delete_neighbour(neighbour_id: str, who: Principal = Depends(gate.admin)) -> None:
        """Its address is void at once. What it reported stays with the contacts."""
        known = await neighbours.get(who.tenant_id, neighbour_id)
        await neighbours.delete(who.tenant_id, known.id, clock.now())


def _sealed(around: Around, kind: Kind, secret: str | None) -> str | None:
    """Raises `Invalid` for a secret that this neighbour cannot have."""
    if secret is None:
        return None
    if ADAPTERS[kind].is_genuine is None:
        raise Invalid("does_not_sign", f"{kind} signs nothing: leave `secret` out; its address is the proof")
    ADAPTERS[kind].check_secret(secret.strip())
    return around.keyring.seal(secret.strip())
