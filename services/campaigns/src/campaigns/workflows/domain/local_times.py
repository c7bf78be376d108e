"""Moments on a person's clock: the contact's own zone, else the last of the zones that the number may be in.

A time that a change of the clock skips comes an hour later; of one that comes twice, the first counts.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns.workflows.domain.run import Run
from shared.local_time.wall_clock import on_every_clock
from shared.local_time.zones import zone_exists, zones_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FURTHEST = 10
"""Days to look ahead: every weekday comes within seven."""


def zones_of_run(run: Run) -> tuple[str, ...]:
    own = run.contact.timezone
    return (own,) if own and zone_exists(own) else zones_of(run.recipient.phone_number)


def today_of(zones: tuple[str, ...], now: datetime) -> date:
    """The date in the zone where the day begins last."""
    return min(now.astimezone(ZoneInfo(zone)).date() for zone in zones)


def next_at(clock: str, zones: tuple[str, ...], now: datetime, weekdays: Collection[str] = WEEKDAYS) -> datetime:
    """The next moment, `now` included, at which their clocks have come to this time ("10:00") on one of these days."""
    yesterday = today_of(zones, now) - timedelta(days=1)
    days = (yesterday + timedelta(days=ahead) for ahead in range(_FURTHEST))
    wanted = (day for day in days if WEEKDAYS[day.weekday()] in weekdays)
    return next(moment for day in wanted if (moment := _moment(day, clock, zones)) >= now)


def days_later_at(clock: str, zones: tuple[str, ...], now: datetime, days: int) -> datetime:
    """At this time, so many days after today; `now` if that is past."""
    return max(now, _moment(today_of(zones, now) + timedelta(days=days), clock, zones))


def start_of(day: date, zones: tuple[str, ...]) -> datetime:
    return _moment(day, "00:00", zones)


def moment_of(text: str) -> datetime | None:
    """This RFC 3339 moment in UTC; None if it is none, or has no zone."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.utcoffset() is not None else None
    except (ValueError, OverflowError):
        return None


def _moment(day: date, clock: str, zones: tuple[str, ...]) -> datetime:
    return on_every_clock(datetime.combine(day, time.fromisoformat(clock)), zones)
