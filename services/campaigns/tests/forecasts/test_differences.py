"""A forecast and its outcome, side by side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from campaigns.forecasts.domain.differences import Outcome, at_forecast_prices, differences
from campaigns.forecasts.domain.forecast import Costs, Finish, Forecast, OptOutHistory, Ucs2, forecast_wire
from shared.events import Money

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FORECAST = Forecast(
    recipients=100, kept=90, skipped=(("opted_out", 6), ("missing_variable", 4)), parts=((1, 80), (2, 10)), ucs2=Ucs2(),
    cost=Costs(low=1000, high=1200, currency="USD"), finishes_at=Finish(earliest=NOON, latest=NOON + HOUR),
    expected_opt_outs=2, opt_out_history=OptOutHistory(texted=1000, opted_out=22), next_day=0, costliest=None,
    made_at=NOON - HOUR,
)  # fmt: skip


BY_PAST_COSTS = FORECAST.but(cost=FORECAST.cost.but(priced_by="past_costs"))


def test_figures_stand_side_by_side() -> None:
    outcome = Outcome(
        recipients=100, sent=88, skipped=(("opted_out", 8), ("frequency_cap", 4)), parts=97,
        cost=Money(nano=1300), finished_at=NOON + HOUR / 2, opted_out=3,
    )  # fmt: skip
    found = differences(BY_PAST_COSTS, outcome)
    assert found["sent"] == {"forecast": 90, "outcome": 88, "difference": -2}
    assert found["parts"] == {"forecast": 100, "outcome": 97, "difference": -3}
    assert {code: each["difference"] for code, each in found["skipped"].items()} == {
        "opted_out": 2, "missing_variable": -4, "frequency_cap": 4,
    }  # fmt: skip
    assert found["cost"]["difference"] == 100, "what the carrier charged is above the highest"
    assert found["finished_at"]["difference"] == 0, "within the range"
    assert found["opted_out"]["difference"] == 1


def test_what_is_not_known_yet_or_cannot_be_compared_is_left_open() -> None:
    euros = Outcome(recipients=100, sent=0, cost=Money(nano=1, currency="EUR"))
    found = differences(FORECAST, euros)
    assert (found["cost"], differences(BY_PAST_COSTS, euros)["cost"]) == (None, None)
    assert found["finished_at"] is None


def test_a_forecast_by_the_rate_card_is_compared_with_the_parts_that_left_at_its_own_prices() -> None:
    outcome = Outcome(recipients=100, sent=50, parts=50, cost=Money(nano=9000))
    assert at_forecast_prices(FORECAST, 50) == Costs(low=500, high=600, currency="USD")
    found = differences(FORECAST, outcome)["cost"]
    assert (found["outcome"]["low"], found["outcome"]["high"], found["difference"]) == (500, 600, -400)
    assert differences(FORECAST, outcome.but(parts=110))["cost"]["difference"] == 0, "the ranges meet"
    assert at_forecast_prices(FORECAST.but(parts=()), 50) is None, "nothing was foreseen"


def test_opt_outs_are_expected_at_the_rate_of_the_history() -> None:
    assert OptOutHistory(texted=1000, opted_out=22).expected(90) == 2
    assert OptOutHistory().expected(90) == 0


def test_the_wire_has_maps() -> None:
    wire = forecast_wire(FORECAST)
    assert wire["skipped"] == {"opted_out": 6, "missing_variable": 4}
    assert wire["parts"] == {"1": 80, "2": 10}
