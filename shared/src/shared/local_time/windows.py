"""Whether it is a decent hour where the recipient is: in every time zone their number may be in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from shared.local_time.zones import UNKNOWN, zones_of

_TRIES = 60


class Hours(Protocol):
    """Whole hours of the recipient's day: `opens` included, `closes` not."""

    @property
    def opens(self) -> int: ...
    @property
    def closes(self) -> int: ...


@dataclass(frozen=True)
class SharedHours:
    """Where `opens` is not before `closes`, they never meet."""

    opens: int
    closes: int


def shared_hours(hours: Hours, window: Hours | None) -> Hours:
    """The hours that both allow."""
    if window is None:
        return hours
    return SharedHours(max(hours.opens, window.opens), min(hours.closes, window.closes))


def opens_at(e164: str, hours: Hours, now: datetime) -> datetime:
    """`now` if this person may be texted, else the first moment at which they may, in every zone of theirs."""
    return opens_in(zones_of(e164), hours, now)


def opens_in(zones: tuple[str, ...], hours: Hours, now: datetime) -> datetime:
    """As `opens_at`, for zones that are known already."""
    moment = _first(zones, hours, now)
    return moment or _first(UNKNOWN, hours, now) or now + timedelta(hours=1)


def closes_in(zones: tuple[str, ...], hours: Hours, moment: datetime) -> datetime:
    """When the hours that are open at `moment` close in the first of these zones, in UTC; `moment` if they are not
    open. Where the hours never meet in these zones, those of `UNKNOWN` count, as for `opens_in`."""
    closes = _first_closing(zones, hours, moment)
    if closes > moment or meet(zones, hours, moment):
        return closes
    return _first_closing(UNKNOWN, hours, moment)


def meet(zones: tuple[str, ...], hours: Hours, now: datetime) -> bool:
    """Whether there is a moment, in the weeks from `now`, at which the hours are open in all of these zones."""
    return _first(zones, hours, now) is not None


def _first(zones: tuple[str, ...], hours: Hours, now: datetime) -> datetime | None:
    """None if these zones are so far apart that their windows never meet."""
    moment = now
    for _ in range(_TRIES):
        later = max((_opening(ZoneInfo(zone), hours, moment) for zone in zones), default=moment)
        if later == moment:
            return moment
        moment = later
    return None


def _opening(zone: ZoneInfo, hours: Hours, moment: datetime) -> datetime:
    local = moment.astimezone(zone)
    if hours.opens <= local.hour < hours.closes:
        return moment
    day = local.date() + timedelta(days=1 if local.hour >= hours.opens else 0)
    opening = datetime(day.year, day.month, day.day, hours.opens, tzinfo=zone)
    return opening.astimezone(moment.tzinfo)


def _first_closing(zones: tuple[str, ...], hours: Hours, moment: datetime) -> datetime:
    return min((_closing(ZoneInfo(zone), hours, moment) for zone in zones), default=moment)


def _closing(zone: ZoneInfo, hours: Hours, moment: datetime) -> datetime:
    local = moment.astimezone(zone)
    if not hours.opens <= local.hour < hours.closes:
        return moment
    day = local.date() + timedelta(days=hours.closes // 24)
    return datetime(day.year, day.month, day.day, hours.closes % 24, tzinfo=zone).astimezone(UTC)
