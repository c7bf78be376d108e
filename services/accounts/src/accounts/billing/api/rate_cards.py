"""Rate cards of a tenant: written by the operator, read by the tenant's admins too."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from accounts.access import AccountAccess, Caller
from accounts.acts import Act
from accounts.billing.domain import rate_cards
from accounts.billing.domain.rate_cards import RateCard, RateCards
from accounts.billing.schemas import RateCardIn, RateCardOut
from accounts.billing.store import BillingStore
from accounts.idempotency import RequestKeys
from shared.errors import NotFound
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import Listing, listing

_ROUTE = "rate-cards"


def rate_cards_router(access: AccountAccess, store: BillingStore, request_keys: RequestKeys) -> APIRouter:
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}/rate-cards", tags=["accounts"])

    @router.post("", status_code=201, summary="Add a rate card: prices from now on, or from a later date")
    async def add_rate_card(
        tenant_id: str,
        body: RateCardIn,
        caller: Caller = Depends(access.operator),
        key: RequestKey = Depends(request_key),
    ) -> RateCardOut:
        await _check_tenant(store, tenant_id)
        await request_keys.claim(key, tenant_id, _ROUTE, body)
        id = key.id_for("rtc", tenant_id, _ROUTE)
        now = store.clock.now()
        card = body.card(id, body.valid_from or now, now, caller.label)
        act = Act(key.cause(tenant_id, _ROUTE, id), caller.label)
        cards = await _add(store, tenant_id, card, act)
        return RateCardOut.from_card(cards.card(id), cards.at(now))

    @router.get(
        "",
        response_model=Listing[RateCardOut],
        summary="List a tenant's rate cards, oldest first",
        dependencies=[Depends(access.tenant_admin)],
    )
    async def list_rate_cards(tenant_id: str) -> dict[str, Any]:
        cards = await _cards(store, tenant_id)
        in_force = cards.at(store.clock.now())
        return listing([RateCardOut.from_card(card, in_force) for card in cards.cards], None)

    @router.get("/{id}", summary="Read a rate card", dependencies=[Depends(access.tenant_admin)])
    async def read_rate_card(tenant_id: str, id: str) -> RateCardOut:
        cards = await _cards(store, tenant_id)
        return RateCardOut.from_card(cards.card(id), cards.at(store.clock.now()))

    @router.delete("/{id}", status_code=204, summary="Delete a rate card that is not in force yet")
    async def withdraw_rate_card(tenant_id: str, id: str, caller: Caller = Depends(access.operator)) -> None:
        act = Act.without_key(caller.label, tenant_id)
        await act.carry_out(
            store.cards, tenant_id, store.clock, lambda state, author: rate_cards.withdraw_card(state, id, author)
        )

    return router


async def _add(store: BillingStore, tenant_id: str, card: RateCard, act: Act) -> RateCards:
    return await act.carry_out(
        store.cards, tenant_id, store.clock, lambda state, author: rate_cards.add_card(state, tenant_id, card, author)
    )


async def _cards(store: BillingStore, tenant_id: str) -> RateCards:
    return await store.cards.get(tenant_id) or RateCards(tenant_id=tenant_id)


async def _check_tenant(store: BillingStore, tenant_id: str) -> None:
    if not await store.tenant_store.has_tenant(tenant_id):
        raise NotFound("not_found", "No such tenant.")
