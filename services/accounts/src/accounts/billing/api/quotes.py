"""`/internal/accounts/token-quotes`: what tokens would cost a tenant by the card in force. Books nothing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from accounts.billing.domain.pricing import usage_price
from accounts.billing.store import BillingStore
from shared.clock import Clock
from shared.events import UsageEntry
from shared.internal.access import internal_only
from shared.keyring import Keyring


class TokensIn(BaseModel):
    model: str
    kind: Literal["tokens_prompt", "tokens_completion", "tokens_cached"]
    quantity: Annotated[int, Field(ge=0, lt=2**53)]


class QuoteIn(BaseModel):
    tenant_id: str
    used: Annotated[list[TokensIn], Field(max_length=300)]


def quotes_router(billing: BillingStore, clock: Clock, keyring: Keyring) -> APIRouter:
    routes = APIRouter(
        prefix="/internal/accounts/token-quotes",
        dependencies=[Depends(internal_only(keyring))],
        include_in_schema=False,
    )

    @routes.post("")
    async def quote(body: QuoteIn) -> dict[str, Any]:
        """`unpriced`: the card has no price for some of it."""
        now = clock.now()
        cards = await billing.cards.get(body.tenant_id)
        card = (cards.at(now) if cards else None) or billing.default_card
        entries = [
            UsageEntry(ledger_key="quote", revision=1, used_at=now, **tokens.model_dump())
            for tokens in body.used
            if tokens.quantity
        ]
        prices = [usage_price(card, entry) for entry in entries]
        return {
            "nano": sum(price.amount_nano for price in prices),
            "currency": card.currency,
            "unpriced": any(price.unpriced for price in prices),
        }

    return routes
