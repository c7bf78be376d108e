"""What a tenant is charged, from when. A card in force is never altered: a change is another card, valid from later.

Prices are decimal text, never floats: they are multiplied exactly and rounded once, when an entry is booked.
Every change publishes what sending costs (`prices.changed`), for the spend caps.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from accounts.audit import Action, Author, audit_entry, differences
from shared.aggregates import Decision, NewEvent
from shared.errors import NotFound, Refused
from shared.events import DEFAULT_PRICES, PricesChanged, SendingPrices
from shared.values import Moment, Value

MAX_CARDS = 500
"""Per tenant: ten years of weekly changes."""
MAX_AHEAD = 20
"""Future cards: every change publishes them all, an event has at most 1 MiB, and a card up to 20 KiB."""
TokenKind = Literal["prompt", "completion", "cached"]


class CountryPrice(Value):
    country: str
    """ISO 3166, or `*` for everywhere else."""
    price: str


def by_country(prices: Sequence[CountryPrice]) -> dict[str, str]:
    return {entry.country: entry.price for entry in prices}


class TokenPrice(Value):
    model: str
    """A model's name; `*` stands for any text."""
    kind: TokenKind
    price: str
    per: int
    """How many tokens the price is for."""


class CarrierFee(Value):
    """The carrier's own fee is passed on with this mark-up, or not charged."""

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

    @property
    def sending(self) -> SendingPrices:
        fee = self.carrier_fee
        return SendingPrices(
            card_id=self.id,
            valid_from=self.valid_from,
            currency=self.currency,
            sms_out=by_country(self.sms_out),
            mms_out=by_country(self.mms_out),
            carrier_fee_markup=fee.markup_percent if fee.mode == "pass_through" else None,
        )


class RateCards(Value):
    """All cards of one tenant, by `valid_from`. `version` grows with every change: of two prices for the same usage the
    one from the higher version stands."""

    tenant_id: str
    version: int = 0
    cards: tuple[RateCard, ...] = ()

    def at(self, moment: datetime) -> RateCard | None:
        """The card in force at that moment, or None before the first."""
        return next((card for card in reversed(self.cards) if card.valid_from <= moment), None)

    def card(self, id: str) -> RateCard:
        """Raises `NotFound`."""
        for card in self.cards:
            if card.id == id:
                return card
        raise NotFound("not_found", "No such rate card.")


def add_card(state: RateCards | None, tenant_id: str, card: RateCard, author: Author) -> Decision[RateCards] | None:
    """Raises `Refused` if another card begins at the same moment, or there are too many. A repeat changes nothing."""
    lists = state or RateCards(tenant_id=tenant_id)
    if any(known.id == card.id for known in lists.cards):
        return None
    if any(known.valid_from == card.valid_from for known in lists.cards):
        raise Refused("rate_card_exists", "Another rate card begins at the same moment; choose another valid_from.")
    if len(lists.cards) >= MAX_CARDS:
        raise Refused("too_many_rate_cards", f"A tenant has at most {MAX_CARDS} rate cards.")
    if card.valid_from > author.at and sum(known.valid_from > author.at for known in lists.cards) >= MAX_AHEAD:
        raise Refused("too_many_rate_cards", f"At most {MAX_AHEAD} rate cards may begin in the future.")
    cards = sorted((*lists.cards, card), key=lambda known: known.valid_from)
    after = lists.but(cards=tuple(cards), version=lists.version + 1)
    audited = audit_entry(tenant_id, author, Action("rate_card.added", card.id, after.version), differences(None, card))
    return Decision(after, events=(_prices_event(after, author.at),), records=(audited,))


def withdraw_card(state: RateCards | None, id: str, author: Author) -> Decision[RateCards]:
    """Only before it is in force: usage priced with a card must stay explainable. Raises `Refused` or `NotFound`."""
    lists = state or RateCards(tenant_id="")
    if lists.card(id).valid_from <= author.at:
        raise Refused("rate_card_in_force", "This card is or was in force; add a new card for other prices.")
    rest = tuple(card for card in lists.cards if card.id != id)
    after = lists.but(cards=rest, version=lists.version + 1)
    audited = audit_entry(lists.tenant_id, author, Action("rate_card.withdrawn", id, after.version), [])
    return Decision(after, events=(_prices_event(after, author.at),), records=(audited,))


def set_default(state: RateCards | None, card: RateCard, now: datetime) -> Decision[RateCards] | None:
    """Replaces the installation's own card, which has no history. None if sending costs the same as before."""
    lists = state or RateCards(tenant_id=DEFAULT_PRICES)
    if not lists.cards and not card.sms_out and not card.mms_out:
        return None
    if [known.sending for known in lists.cards] == [card.sending]:
        return None
    after = lists.but(cards=(card,), version=lists.version + 1)
    return Decision(after, events=(_prices_event(after, now),))


def sending_prices(lists: RateCards, now: datetime) -> PricesChanged:
    """What sending costs from now on. Includes future cards, so that no event is needed when one begins, and the card
    before the one in force, for readers with a clock that is a little behind."""
    begun = sum(card.valid_from <= now for card in lists.cards)
    cards = tuple(card.sending for card in lists.cards[max(0, begun - 2) :])
    return PricesChanged(tenant_id=lists.tenant_id, revision=lists.version, cards=cards)


def _prices_event(lists: RateCards, now: datetime) -> NewEvent:
    prices = sending_prices(lists, now)
    return NewEvent(prices, subject=prices.tenant_id, key=prices.tenant_id, discriminator=str(prices.revision))
