"""A time on the recipient's own clock ("10:00") as a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_MOST_DAYS = 3
"""A local time that is past in one zone comes again within two days in any."""


def on_every_clock(local: datetime, zones: tuple[str, ...]) -> datetime:
    """The moment, in UTC, at which this local time (without a zone) has come in the last of these zones.

    A time that the clock skips in spring comes an hour later; of one that it shows twice in autumn, the first counts.
    """
    return max(local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC) for zone in zones)


def next_on_every_clock(local: datetime, zones: tuple[str, ...], not_before: datetime) -> datetime:
    """As `on_every_clock`; where that is before `not_before`, the same time of the first day on which it is not."""
    behind = (not_before - on_every_clock(local, zones)).days
    first = local + timedelta(days=max(behind, 0))
    days = (first + timedelta(days=extra) for extra in range(_MOST_DAYS + 1))
    return next(moment for day in days if (moment := on_every_clock(day, zones)) >= not_before)
