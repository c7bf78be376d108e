"""A recipient's clock as one short text: `<own zone>;<zones of the number>`.

The own zone is the contact's, where it is known. Hours in which texts may leave are kept in every zone of the number,
as sender does it; a local time is that of the own zone, or else of the last zone of the number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from shared.errors import Invalid
from shared.events import QuietHours
from shared.local_time.wall_clock import next_on_every_clock
from shared.local_time.windows import Hours, closes_in, opens_in, shared_hours
from shared.local_time.zones import zone_exists, zones_of_valid

FARTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Clock:
    own: str
    """Empty: only the number tells."""
    zones: tuple[str, ...]

    def opens(self, hours: Hours, now: datetime) -> datetime:
        """`now` if a text may leave, else when the hours open in every zone."""
        return opens_in(self.zones, hours, now)

    def closes(self, hours: Hours, now: datetime) -> datetime:
        return closes_in(self.zones, hours, now)

    def at_local(self, local: datetime, not_before: datetime) -> datetime:
        """The moment this person's clock shows `local`; the same time of a later day if that is past."""
        return next_on_every_clock(local, (self.own,) if self.own else self.zones, not_before)


def clock_text(phone_number: str, own: str | None) -> str:
    return _text_of(own if own and zone_exists(own) else "", zones_of_valid(phone_number))


@lru_cache(maxsize=4096)
def _text_of(own: str, zones: tuple[str, ...]) -> str:
    return f"{own};{','.join(zones)}"


@lru_cache(maxsize=4096)
def read_clock(text: str) -> Clock:
    own, _, zones = text.partition(";")
    return Clock(own, tuple(zones.split(",")))


def common_hours(quiet: Hours, window: Hours | None) -> QuietHours | None:
    """As sender computes them; None if the two have no hour in common."""
    hours = shared_hours(quiet, window)
    return QuietHours(opens=hours.opens, closes=hours.closes) if hours.opens < hours.closes else None


def require_near(now: datetime, at: datetime | None, local: datetime | None) -> None:
    """Raises `Invalid` for a start more than a year away. `local` has no zone."""
    far = now.replace(tzinfo=None) + FARTHEST
    if (at and at > now + FARTHEST) or (local and local > far):
        raise Invalid("too_far_ahead", "A campaign starts within a year.")
    if local and local < far - 2 * FARTHEST:
        raise Invalid("long_past", "The local time is more than a year past; give the day on which it starts.")
