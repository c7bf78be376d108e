"""A forecast set against the outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from campaigns.forecasts.domain.forecast import Costs, Forecast
from shared.events import Money
from shared.values import Moment, Value


class Outcome(Value):
    """What a campaign did so far. `sent`: recipients whose first text left; they correspond to the forecast's `kept`.

    `cost` is what the carrier charged as far as it has said; None where nothing is known, or several currencies are.
    A forecast by the rate card is another figure: what the tenant pays (`at_forecast_prices`).
    """

    recipients: int
    sent: int
    skipped: tuple[tuple[str, int], ...] = ()
    parts: int = 0
    """Of all texts that left."""
    cost: Money | None = None
    finished_at: Moment | None = None
    opted_out: int = 0


def at_forecast_prices(forecast: Forecast, parts: int) -> Costs | None:
    """What so many parts cost by the prices of the forecast, and its mix of countries. None if it foresaw no part."""
    cost, expected = forecast.cost, forecast.all_parts
    if not expected:
        return None
    return cost.but(low=cost.low * parts // expected, high=cost.high * parts // expected)


def differences(forecast: Forecast, outcome: Outcome) -> dict[str, Any]:
    """Per figure what was expected, what came, and the difference (outcome − forecast).

    A range says how far outside it the outcome is; 0: within. Times differ in seconds. `cost` compares what the
    forecast was priced by: by the rate card the parts that left, at the same prices; otherwise the carrier's charges.
    """
    skipped, came = dict(forecast.skipped), dict(outcome.skipped)
    return {
        "recipients": _apart(forecast.recipients, outcome.recipients),
        "sent": _apart(forecast.kept, outcome.sent),
        "skipped": {code: _apart(skipped.get(code, 0), came.get(code, 0)) for code in sorted(skipped | came)},
        "parts": _apart(forecast.all_parts, outcome.parts),
        "cost": _cost(forecast, outcome),
        "finished_at": _finish(forecast, outcome.finished_at),
        "opted_out": _apart(forecast.expected_opt_outs, outcome.opted_out),
    }


def _apart(expected: int, came: int) -> dict[str, int]:
    return {"forecast": expected, "outcome": came, "difference": came - expected}


def _cost(forecast: Forecast, outcome: Outcome) -> dict[str, Any] | None:
    """None while nothing has left or the carrier has not said, or in another currency: no exchange rate is known."""
    expected = forecast.cost
    if expected.priced_by == "rate_card":
        came = at_forecast_prices(forecast, outcome.parts)
        return _ranges_apart(expected, came) if came and outcome.parts else None
    charged = outcome.cost
    if charged is None or charged.currency != expected.currency:
        return None
    return _ranges_apart(expected, expected.but(low=charged.nano, high=charged.nano)) | {"outcome": charged.plain()}


def _ranges_apart(expected: Costs, came: Costs) -> dict[str, Any]:
    above, below = max(came.low - expected.high, 0), max(expected.low - came.high, 0)
    return {"forecast": expected.plain(), "outcome": came.plain(), "difference": above - below}


def _finish(forecast: Forecast, came: datetime | None) -> dict[str, Any] | None:
    """None while it runs, or where the forecast saw no end."""
    earliest, latest = forecast.finishes_at.earliest, forecast.finishes_at.latest
    if came is None or earliest is None or latest is None:
        return None
    seconds = (came - min(max(came, earliest), latest)).total_seconds()
    return {"forecast": forecast.finishes_at.plain(), "outcome": came, "difference": seconds}
