"""What so many parts to so many countries cost: the tenant's rate card first, then what was paid before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from campaigns.forecasts.domain.forecast import Costs, PricedBy
from shared.events import DEFAULT_PRICES, Money, PricesChanged, SendingPrices
from shared.money import ANYWHERE, amount, with_markup
from shared.values import Moment

FEE_COUNTRIES = frozenset({"US", "CA"})
"""Where carriers add a fee to each part."""
ESTIMATE_CURRENCY = Money(nano=0).currency


@dataclass(frozen=True, slots=True)
class PerPart:
    """Billionths of a currency's unit for one part, at least and at most."""

    low: int
    high: int
    currency: str = ESTIMATE_CURRENCY


@dataclass(frozen=True, slots=True)
class PriceSources:
    """`fee`: the carriers' own fee per part in the US and Canada. `past`: what the carrier charged before, its fee
    included. `estimate`: where nothing else is known."""

    card: SendingPrices | None
    past: PerPart | None
    fee: PerPart
    estimate: int


def card_in_force(own: PricesChanged | None, default: PricesChanged | None, moment: Moment) -> SendingPrices | None:
    """The tenant's card, or else the installation's (tenant `default`)."""
    card = own.at(moment) if own and own.tenant_id != DEFAULT_PRICES else None
    return card or (default.at(moment) if default else None)


def cost_of(parts_by_country: Mapping[str, int], sources: PriceSources) -> Costs:
    """Without a card, or where it names no price for some country, all is priced by what was paid before."""
    if (card := sources.card) and all(_price(card, country) is not None for country in parts_by_country):
        return _by_card(parts_by_country, card, sources.fee)
    parts = sum(parts_by_country.values())
    each, by = _fallback(sources)
    return Costs(low=parts * each.low, high=parts * each.high, currency=each.currency, priced_by=by)


def past_per_part(charged: Iterable[tuple[int, Money]]) -> PerPart | None:
    """From parts and cost of texts sent before: the range that holds the middle four fifths of them.

    In the currency of most of them; None without any.
    """
    by_currency: dict[str, list[int]] = {}
    for parts, cost in charged:
        if parts > 0:
            by_currency.setdefault(cost.currency, []).append(cost.nano // parts)
    if not by_currency:
        return None
    currency, each = max(by_currency.items(), key=lambda item: len(item[1]))
    each.sort()
    return PerPart(each[len(each) // 10], each[-1 - len(each) // 10], currency)


def _by_card(parts_by_country: Mapping[str, int], card: SendingPrices, fee: PerPart) -> Costs:
    low = high = 0
    for country, parts in parts_by_country.items():
        price = amount(parts, _price(card, country) or "0")
        low, high = low + price, high + price
        if card.carrier_fee_markup is not None and country in FEE_COUNTRIES and card.currency == fee.currency:
            low += with_markup(parts * fee.low, card.carrier_fee_markup)
            high += with_markup(parts * fee.high, card.carrier_fee_markup)
    return Costs(low=low, high=high, currency=card.currency)


def _price(card: SendingPrices, country: str) -> str | None:
    return card.sms_out.get(country, card.sms_out.get(ANYWHERE))


def _fallback(sources: PriceSources) -> tuple[PerPart, PricedBy]:
    if sources.past:
        return sources.past, "past_costs"
    return PerPart(sources.estimate, sources.estimate), "estimate"
