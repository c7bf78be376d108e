"""The time zones that a phone number may be in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import PhoneNumber, timezone

_TABLE: dict[str, tuple[str, ...]] = cast("Any", timezone).TIMEZONE_DATA
"""By the first digits; the longest ones that are in it decide."""
_MOST_DIGITS = max(len(digits) for digits in _TABLE if digits.startswith("1"))
"""Of a number of the US or Canada that the table tells apart: country, area and office."""
UNKNOWN = ("America/New_York", "Pacific/Honolulu")
"""A number that may be anywhere: an hour that is decent from Eastern to Hawaii."""


@lru_cache(maxsize=20_000)
def zones_of(e164: str) -> tuple[str, ...]:
    """Sorted names of every zone this number may be in; `UNKNOWN` where the number does not tell."""
    try:
        names = timezone.time_zones_for_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return UNKNOWN
    return _known(tuple(names))


def zones_of_valid(e164: str) -> tuple[str, ...]:
    """As `zones_of`, of a number that is known to be valid: the zones of one of the US or Canada are found by its first
    digits, without asking again what kind of number it is. For lists of a million."""
    if not e164.startswith("+1") or len(e164) != 12 or _is_of_an_island(e164[2:5]):
        return zones_of(e164)
    return _zones_of_prefix(e164[1 : 1 + _MOST_DIGITS])


@lru_cache(maxsize=4_000)
def _zones_of_prefix(digits: str) -> tuple[str, ...]:
    found = (_TABLE[digits[:end]] for end in range(len(digits), 0, -1) if digits[:end] in _TABLE)
    return _known(next(found, ()))


@lru_cache(maxsize=1_000)
def _is_of_an_island(area_code: str) -> bool:
    """Whether a country of its own within +1 has it: mobile numbers there are of no place, for the library."""
    number = PhoneNumber(country_code=1, national_number=int(f"{area_code}5550123"))
    return phonenumbers.region_code_for_number(number) not in (None, "US", "CA")


@lru_cache(maxsize=2_000)
def _known(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(name for name in names if zone_exists(name))) or UNKNOWN


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
