"""Rate cards of a tenant: written by the operator, read by the tenant's admins too."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from accounts.access import Caller, Doors
from accounts.acts import Act
from accounts.billing.domain import rate_cards
from accounts.billing.domain.rate_cards import RateCard, RateCards
from accounts.billing.schemas import NewRateCard, RateCardView
from accounts.billing.store import Billing
from accounts.idempotency import claim
from shared.errors import Conflict, NotFound
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import Listing, listing

_ROUTE = "rate-cards"


def rate_cards_router(doors: Doors, billing: Billing) -> APIRouter:
    router = APIRouter(prefix="/api/accounts/tenants/{tenant_id}/rate-cards", tags=["accounts"])

    @router.post("", status_code=201, summary="New prices, from now or later on")
    async def add_rate_card(
        tenant_id: str,
        body: NewRateCard,
        key: RequestKey = Depends(request_key),
        caller: Caller = Depends(doors.operator),
    ) -> RateCardView:
        await _known(billing, tenant_id)
        await claim(billing.books, key, tenant_id, _ROUTE, body)
        id = key.id_for("rtc", tenant_id, _ROUTE)
        now = billing.books.clock.now()
        card = body.card(id, body.valid_from or now, now, caller.label)
        act = Act(key.cause(tenant_id, _ROUTE, id), caller.label)
        cards = await _add(billing, tenant_id, card, act)
        return RateCardView.of(cards.card(id), cards.at(now))

    @router.get(
        "",
        response_model=Listing[RateCardView],
        summary="All rate cards, oldest first",
        dependencies=[Depends(doors.tenant_admin)],
    )
    async def list_rate_cards(tenant_id: str) -> dict[str, Any]:
        cards = await _cards(billing, tenant_id)
        in_force = cards.at(billing.books.clock.now())
        return listing([RateCardView.of(card, in_force) for card in cards.cards], None)

    @router.get("/{id}", summary="One rate card", dependencies=[Depends(doors.tenant_admin)])
    async def read_rate_card(tenant_id: str, id: str) -> RateCardView:
        cards = await _cards(billing, tenant_id)
        return RateCardView.of(cards.card(id), cards.at(billing.books.clock.now()))

    @router.delete("/{id}", status_code=204, summary="Withdraw a card that is not in force yet")
    async def withdraw_rate_card(tenant_id: str, id: str, caller: Caller = Depends(doors.operator)) -> None:
        now, act = billing.books.clock.now(), Act.of(caller.label, tenant_id)
        await billing.cards.change(
            tenant_id, act.cause, lambda state: rate_cards.withdraw_card(state, id, act.at(now)), publish_later=True
        )

    return router


async def _add(billing: Billing, tenant_id: str, card: RateCard, act: Act) -> RateCards:
    by = act.at(billing.books.clock.now())
    change = await billing.cards.change(
        tenant_id, act.cause, lambda state: rate_cards.add_card(state, tenant_id, card, by), publish_later=True
    )
    if change.state is None:
        raise Conflict("try_again", "it is being made by another request; try again")
    return change.state


async def _cards(billing: Billing, tenant_id: str) -> RateCards:
    return await billing.cards.get(tenant_id) or RateCards(tenant_id=tenant_id)


async def _known(billing: Billing, tenant_id: str) -> None:
    if await billing.books.tenants.get(tenant_id) is None:
        raise NotFound("not_found", "no such tenant")
