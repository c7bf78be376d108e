"""What a campaign is expected to cost, and on what ground."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from campaigns.forecasts.domain.forecast import Costs
from campaigns.forecasts.domain.pricing import PerPart, PriceSources, card_in_force, cost_of, past_per_part
from shared.events import DEFAULT_PRICES, Money, PricesChanged, SendingPrices

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
FEE = PerPart(3_000_000, 5_000_000)


def card(sms_out: dict[str, str], **more: Any) -> SendingPrices:
    return SendingPrices(card_id="crd", valid_from=NOON, currency="USD", sms_out=sms_out, mms_out={}, **more)


def sources(card: SendingPrices | None = None, past: PerPart | None = None) -> PriceSources:
    return PriceSources(card, past, FEE, 10_000_000)


def test_a_rate_card_prices_each_country() -> None:
    found = cost_of({"US": 1000, "GB": 10}, sources(card({"US": "0.008", "*": "0.05"})))
    assert found == Costs(low=8_500_000_000, high=8_500_000_000, currency="USD", priced_by="rate_card")


def test_the_carriers_fee_makes_a_range_where_the_card_passes_it_on() -> None:
    found = cost_of({"US": 1000, "GB": 1000}, sources(card({"*": "0.01"}, carrier_fee_markup="10")))
    assert (found.low, found.high) == (20_000_000_000 + 3_300_000_000, 20_000_000_000 + 5_500_000_000)


def test_without_a_price_for_a_country_past_costs_count_and_it_says_so() -> None:
    found = cost_of({"US": 2, "GB": 1}, sources(card({"US": "0.01"}), PerPart(4, 6, "EUR")))
    assert found == Costs(low=12, high=18, currency="EUR", priced_by="past_costs")


def test_without_any_ground_the_installations_estimate_counts() -> None:
    assert cost_of({"US": 3}, sources()) == Costs(low=30_000_000, high=30_000_000, currency="USD", priced_by="estimate")


def test_past_costs_are_per_part_and_leave_out_the_odd_ones() -> None:
    usual = [(2, Money(nano=8_000_000))] * 18
    found = past_per_part([*usual, (1, Money(nano=90_000_000)), (1, Money(nano=0)), (0, Money(nano=5))])
    assert found == PerPart(4_000_000, 4_000_000)
    assert past_per_part([]) is None


def test_the_tenants_card_comes_before_the_installations() -> None:
    own = PricesChanged(tenant_id="ten_a", revision=1, cards=(card({"*": "1"}),))
    default = PricesChanged(tenant_id=DEFAULT_PRICES, revision=1, cards=(card({"*": "2"}),))
    assert card_in_force(own, default, NOON) == own.cards[0]
    assert card_in_force(PricesChanged(tenant_id="ten_a", revision=0), default, NOON) == default.cards[0]
    assert card_in_force(None, None, NOON) is None
