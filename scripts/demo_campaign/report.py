"""What was foreseen and what came of it, as lines for a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

_NANO = 1_000_000_000


def forecast_line(forecast: dict[str, Any]) -> str:
    parts = ", ".join(f"{n} × {parts} part{'s' * (parts != '1')}" for parts, n in forecast["parts"].items())
    return f"{forecast['kept']} of {forecast['recipients']} recipients; {parts}; {_range(forecast['cost'])}"


def report_table(report: dict[str, Any]) -> list[str]:
    """A line for each figure."""
    foreseen, outcome = report["forecast"], report["outcome"]
    finish = foreseen["finishes_at"]
    latest = _clock(finish["latest"])
    rows = [
        ("", "forecast", "outcome"),
        ("texts sent", foreseen["kept"], outcome["sent"]),
        ("parts", sum(int(parts) * n for parts, n in foreseen["parts"].items()), outcome["parts"]),
        ("cost", _range(foreseen["cost"]), _range(outcome["at_forecast_prices"])),
        ("carrier's own", "", _amount(outcome["cost"]["nano"], outcome["cost"]["currency"])),
        (
            "finished (UTC)",
            f"{_clock(finish['earliest'])} to {latest}",
            _clock(outcome["finished_at"]),
        ),
        ("opted out", foreseen["expected_opt_outs"], outcome["opted_out"]),
        ("replied", "", outcome["replied"]),
    ]
    return [f"  {name:16} {before!s:>24} {after!s:>16}" for name, before, after in rows]


def _range(cost: dict[str, Any]) -> str:
    low, high = (_amount(cost[end], cost["currency"]) for end in ("low", "high"))
    return low if low == high else f"{low} to {high}"


def _amount(nano: int, currency: str) -> str:
    return f"{nano / _NANO:.2f} {currency}"


def _clock(moment: str | None) -> str:
    return datetime.fromisoformat(moment).strftime("%H:%M:%S") if moment else "not yet"
