"""The amount for one quantity by the card in force, rounded once, half to even, to whole nano-units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.billing.domain.rate_cards import CountryPrice, RateCard, TokenPrice, by_country
from shared.events import UsageEntry
from shared.money import amount, price_to, with_markup

_TOKENS = {"tokens_prompt": "prompt", "tokens_completion": "completion", "tokens_cached": "cached"}


@dataclass(frozen=True)
class UsagePrice:
    """`price` is for `per` of the quantity. `unpriced`: the card has no price for this, so it costs nothing."""

    amount_nano: int
    currency: str
    price: str = "0"
    per: int = 1
    unpriced: bool = False


def usage_price(card: RateCard, used: UsageEntry) -> UsagePrice:
    if used.kind == "carrier_fee":
        return _fee(card, used)
    if used.kind in _TOKENS:
        return _tokens(card, used)
    return _message(card, used)


def _message(card: RateCard, used: UsageEntry) -> UsagePrice:
    out = used.kind == "sms_parts_out"
    if used.message_type == "mms":
        # An MMS costs its price once, whatever the length of its text.
        return _per_message(card.mms_out if out else card.mms_in, used, card.currency)
    found = price_to(by_country(card.sms_out if out else card.sms_in), used.contact)
    if found is None:
        return UsagePrice(0, card.currency, unpriced=True)
    return UsagePrice(amount(used.quantity, found), card.currency, found)


def _per_message(prices: Sequence[CountryPrice], used: UsageEntry, currency: str) -> UsagePrice:
    found = price_to(by_country(prices), used.contact)
    if found is None:
        return UsagePrice(0, currency, unpriced=True)
    return UsagePrice(amount(min(used.quantity, 1), found), currency, found)


def _fee(card: RateCard, used: UsageEntry) -> UsagePrice:
    """Passed on in the carrier's own currency: nothing is converted here."""
    if card.carrier_fee.mode == "none":
        return UsagePrice(0, card.currency)
    if used.carrier_cost is None:
        return UsagePrice(0, card.currency, unpriced=True)
    cost = used.carrier_cost
    return UsagePrice(with_markup(cost.nano, card.carrier_fee.markup_percent), cost.currency, "", 0)


def _tokens(card: RateCard, used: UsageEntry) -> UsagePrice:
    kind, model = _TOKENS[used.kind], used.model or ""
    for entry in card.tokens:  # the first that fits, in the order of the card
        if entry.kind == kind and _fits(entry, model):
            return UsagePrice(amount(used.quantity, entry.price, entry.per), card.currency, entry.price, entry.per)
    return UsagePrice(0, card.currency, unpriced=True)


def _fits(entry: TokenPrice, model: str) -> bool:
    return _matches(entry.model.lower(), model.lower())


def _matches(pattern: str, text: str) -> bool:
    """`*` stands for any characters. Each part is looked for once, behind the one before it."""
    first, *parts = pattern.split("*")
    if not parts:
        return text == first
    if not text.startswith(first):
        return False
    *middle, last = parts
    at = len(first)
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return text.endswith(last) and len(text) - len(last) >= at
