"""The time zones that a phone number may be in."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone

UNKNOWN = ("America/New_York", "Pacific/Honolulu")
"""A number that may be anywhere: an hour that is decent from Eastern to Hawaii."""


@lru_cache(maxsize=20_000)
def zones_of(e164: str) -> tuple[str, ...]:
    """Sorted names of every zone this number may be in; `UNKNOWN` where the number does not tell."""
    try:
        names = timezone.time_zones_for_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return UNKNOWN
    known = tuple(sorted(name for name in names if zone_exists(name)))
    return known or UNKNOWN


@lru_cache(maxsize=2_000)
def zone_exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return name != "Etc/Unknown"


@lru_cache(maxsize=1_000)
def zone_of(name: str) -> ZoneInfo:
    """The zone of a tenant's settings; UTC if there is none of this name."""
    return ZoneInfo(name) if zone_exists(name) else ZoneInfo("UTC")
