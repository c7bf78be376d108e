"""When a business is open, on the clock of its own wall, and what is said while it is closed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from shared.values import Value

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60


class OpeningTimes(Value):
    """The same times on some days of the week. Where `closes` is not after `opens`, they end on the next day."""

    days: tuple[Weekday, ...]
    opens: str
    """HH:MM, included."""
    closes: str
    """HH:MM, not included; 24:00 is the end of the day."""


class BusinessHours(Value):
    open: tuple[OpeningTimes, ...]
    holidays: tuple[str, ...] = ()
    """Dates (YYYY-MM-DD) on which the business does not open."""


class OutsideHours(Value):
    """What happens to a text that comes while the business is closed.

    `answer`: the assistant answers as always. `reply`: the text below is sent instead and a person answers later; the
    assistant goes on with the next text in business hours. `person`: the conversation is handed over, with the text
    below if there is one.
    """

    action: Literal["answer", "reply", "person"] = "answer"
    text: str = ""
    every_hours: int = 12
    """The text is sent to one customer at most once in so many hours."""


def is_open(hours: BusinessHours | None, at: datetime, timezone: str) -> bool:
    """Whether the wall clock of this zone shows a time at which the business is open. A span that began yesterday and
    ends after midnight belongs to yesterday, its holiday included. None: always open."""
    if hours is None:
        return True
    local = at.astimezone(ZoneInfo(timezone))
    minute = local.hour * 60 + local.minute
    yesterday = local.date() - timedelta(days=1)
    return _covers(hours, local.date(), minute) or _covers(hours, yesterday, minute + _DAY_MINUTES)


def minutes(clock: str) -> int:
    """Of HH:MM, since midnight."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _covers(hours: BusinessHours, day: date, minute: int) -> bool:
    """`minute` counts from this day's midnight and may lie in the next day."""
    if day.isoformat() in hours.holidays:
        return False
    weekday = WEEKDAYS[day.weekday()]
    return any(weekday in times.days and _between(times, minute) for times in hours.open)


def _between(times: OpeningTimes, minute: int) -> bool:
    opens, closes = minutes(times.opens), minutes(times.closes)
    return opens <= minute < (closes if closes > opens else closes + _DAY_MINUTES)
