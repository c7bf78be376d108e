"""Whether it is a decent hour where the recipient is: in every time zone their number may be in."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone

from shared.events import QuietHours

UNKNOWN = ("America/New_York", "Pacific/Honolulu")
"""A number that may be anywhere: an hour that is decent from Eastern to Hawaii."""
_TRIES = 60


@lru_cache(maxsize=20_000)
def zones_of(e164: str) -> tuple[str, ...]:
    try:
        names = timezone.time_zones_for_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return UNKNOWN
    known = tuple(sorted(name for name in names if _exists(name)))
    return known or UNKNOWN


def opens_at(e164: str, hours: QuietHours, now: datetime) -> datetime:
    """`now` if this person may be texted, else the first moment at which they may, in every zone of theirs."""
    moment = _first(zones_of(e164), hours, now)
    return moment or _first(UNKNOWN, hours, now) or now + timedelta(hours=1)


def _first(zones: tuple[str, ...], hours: QuietHours, now: datetime) -> datetime | None:
    """None if these zones are so far apart that their windows never meet."""
    moment = now
    for _ in range(_TRIES):
        later = max((_opening(ZoneInfo(zone), hours, moment) for zone in zones), default=moment)
        if later == moment:
            return moment
        moment = later
    return None


def _opening(zone: ZoneInfo, hours: QuietHours, moment: datetime) -> datetime:
    local = moment.astimezone(zone)
    if hours.opens <= local.hour < hours.closes:
        return moment
    day = local.date() + timedelta(days=1 if local.hour >= hours.opens else 0)
    opening = datetime(day.year, day.month, day.day, hours.opens, tzinfo=zone)
    return opening.astimezone(moment.tzinfo)


def _exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return name != "Etc/Unknown"
