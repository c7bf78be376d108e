"""What a tenant is charged, from when. A card in force is never altered: a change is another card, valid from later.

Prices are decimal text, never floats: they are multiplied exactly and rounded once, when an entry is booked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from accounts.domain.audit import By, Deed, differences, entry
from shared.aggregates import Decision
from shared.errors import NotFound, Refused
from shared.values import Moment, Value

ANYWHERE = "*"
MAX_CARDS = 500
"""Of one tenant: ten years of weekly changes."""
TokenKind = Literal["prompt", "completion", "cached"]


class CountryPrice(Value):
    country: str
    """ISO 3166, or `*` for everywhere else."""
    price: str


class TokenPrice(Value):
    model: str
    """A model's name; `*` stands for any text."""
    kind: TokenKind
    price: str
    per: int
    """The price is for so many tokens."""


class CarrierFee(Value):
    """The carrier's own fee is handed on with this mark-up, or not charged at all."""

    mode: Literal["pass_through", "none"] = "pass_through"
    markup_percent: str = "0"


class RateCard(Value):
    id: str
    valid_from: Moment
    currency: str
    sms_out: tuple[CountryPrice, ...] = ()
    sms_in: tuple[CountryPrice, ...] = ()
    mms_out: tuple[CountryPrice, ...] = ()
    mms_in: tuple[CountryPrice, ...] = ()
    carrier_fee: CarrierFee = CarrierFee()
    tokens: tuple[TokenPrice, ...] = ()
    note: str = ""
    created_at: Moment
    created_by: str


class RateCards(Value):
    """All cards of one tenant, by `valid_from`. `version` grows with every change: who priced with a higher one knew
    more, and wins."""

    tenant_id: str
    version: int = 0
    cards: tuple[RateCard, ...] = ()

    def at(self, moment: datetime) -> RateCard | None:
        """The card in force then, or None before the first."""
        return next((card for card in reversed(self.cards) if card.valid_from <= moment), None)

    def card(self, id: str) -> RateCard:
        """Raises `NotFound`."""
        for card in self.cards:
            if card.id == id:
                return card
        raise NotFound("not_found", "no such rate card")


def add_card(state: RateCards | None, tenant_id: str, card: RateCard, by: By) -> Decision[RateCards] | None:
    """Raises `Refused` if another card begins at the same moment. A repeat of the same request changes nothing."""
    lists = state or RateCards(tenant_id=tenant_id)
    if any(known.id == card.id for known in lists.cards):
        return None
    if any(known.valid_from == card.valid_from for known in lists.cards):
        raise Refused("rate_card_exists", "another rate card begins at the same moment; choose another valid_from")
    if len(lists.cards) >= MAX_CARDS:
        raise Refused("too_many_rate_cards", f"a tenant has at most {MAX_CARDS} rate cards")
    cards = sorted((*lists.cards, card), key=lambda known: known.valid_from)
    after = lists.but(cards=tuple(cards), version=lists.version + 1)
    audited = entry(tenant_id, by, Deed("rate_card.added", card.id, after.version), differences(None, card))
    return Decision(after, records=(audited,))


def withdraw_card(state: RateCards | None, id: str, by: By) -> Decision[RateCards]:
    """Only before it is in force: what was priced with a card must stay explainable."""
    lists = state or RateCards(tenant_id="")
    if lists.card(id).valid_from <= by.at:
        raise Refused("rate_card_in_force", "this card is or was in force; add a new one for other prices")
    rest = tuple(card for card in lists.cards if card.id != id)
    after = lists.but(cards=rest, version=lists.version + 1)
    audited = entry(lists.tenant_id, by, Deed("rate_card.withdrawn", id, after.version), [])
    return Decision(after, records=(audited,))
