"""What a campaign is expected to do. Stored with the campaign, and set against the outcome later (`differences.py`)."""

from __future__ import annotations

from typing import Any, Literal

from shared.values import Moment, Value

PricedBy = Literal["rate_card", "past_costs", "estimate"]
"""Where the price of a part comes from: the tenant's rate card (or the installation's); what the carrier charged for
this tenant's earlier campaigns; the installation's estimate per part."""


class Costs(Value):
    """Billionths of the currency's unit. `high` has the carrier's fee at its highest, `low` at its lowest."""

    low: int
    high: int
    currency: str
    priced_by: PricedBy = "rate_card"


class Finish(Value):
    """When the last text leaves. None: not within `finish.MOST_DAYS`, or there is nothing to send."""

    earliest: Moment | None
    latest: Moment | None


class CharacterCount(Value):
    character: str
    n: int
    """Recipients with it in their text."""


class Ucs2(Value):
    """Recipients for which the text needs UCS-2, and the characters that most of them have."""

    n: int = 0
    worst: tuple[CharacterCount, ...] = ()


class Costliest(Value):
    """The recipient with the longest text."""

    recipient_id: str
    phone_number: str
    parts: int
    encoding: str


class OptOutHistory(Value):
    """People texted by the tenant's earlier campaigns, and those who opted out after it."""

    texted: int = 0
    opted_out: int = 0

    def expected(self, texts: int) -> int:
        """Of so many people; 0 without any history."""
        return round(texts * self.opted_out / self.texted) if self.texted else 0


class Forecast(Value):
    """`recipients` = `kept` + all `skipped`; the sum of `parts` is `kept`."""

    recipients: int
    kept: int
    skipped: tuple[tuple[str, int], ...]
    """Reason and recipients, as they will show at sending."""
    parts: tuple[tuple[int, int], ...]
    """Number of parts, and recipients whose text has so many."""
    ucs2: Ucs2
    cost: Costs
    finishes_at: Finish
    expected_opt_outs: int
    opt_out_history: OptOutHistory
    next_day: int
    """Recipients whose clock is past the local start time: they are texted the next day."""
    costliest: Costliest | None
    made_at: Moment

    @property
    def all_parts(self) -> int:
        return sum(parts * n for parts, n in self.parts)


def forecast_wire(forecast: Forecast) -> dict[str, Any]:
    """As the API shows it."""
    wire = forecast.plain()
    wire["skipped"] = dict(forecast.skipped)
    wire["parts"] = {str(parts): n for parts, n in forecast.parts}
    return wire
