"""A number's SMS parts of one day, held against its daily cap.

A message is counted with its pace slot, in the day (the tenant's) that slot lies in. Slots only go forward in time, so
one day is all there is to remember; a tenant that moves to a time zone where it is yesterday goes on in the later day.
Nothing is given back: a place wasted by a later refusal sends less, never more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from sender.domain.calendar import day_ends, day_of
from sender.domain.message import DAILY_PARTS, Line
from shared.values import Moment, Value

REPLIES_TENTH = 10
"""One part in so many of the cap (rounded down) is kept for one-to-one texts, so that a campaign silences nobody."""
LATEST_KEPT = 300
"""Several senders may take a place for the same message at the same moment: it is known again among so many."""


@dataclass(frozen=True)
class DayTerms:
    """A number's cap, and the zone its days are reckoned in."""

    cap: int | None
    zone: ZoneInfo

    def limit(self, line: Line) -> int | None:
        """How many parts of the day may be used when a text of this line is the next."""
        if self.cap is None or line == "one":
            return self.cap
        return self.cap - self.cap // REPLIES_TENTH

    def fits(self, parts: int, line: Line) -> bool:
        limit = self.limit(line)
        return limit is None or parts <= limit


class Day(Value):
    name: str = ""
    """`2026-03-10`."""
    parts: int = 0
    latest: tuple[int, ...] = ()
    """Fingerprints of the messages counted last."""
    one_asks_at: Moment | None = None
    """When the next one-to-one text that finds no room is told to ask again. None: all found room."""
    bulk_asks_at: Moment | None = None

    @property
    def turned_away(self) -> bool:
        return self.one_asks_at is not None or self.bulk_asks_at is not None


@dataclass(frozen=True)
class Asking:
    """A message that asks for a slot. `counted_on`: the day in which it holds a place already."""

    message_id: str
    parts: int
    line: Line
    counted_on: str | None = None

    @property
    def fingerprint(self) -> int:
        return int.from_bytes(blake2b(self.message_id.encode(), digest_size=7).digest())


@dataclass(frozen=True)
class DayFull:
    """No room for it in this day."""

    day: str
    asks_at: datetime
    """Not all at once when the next day begins, but one after another, as fast as the number sends."""


def day_at(day: Day | None, moment: datetime, zone: ZoneInfo) -> Day:
    """The day of this moment, or a later one that was begun already."""
    name = day_of(moment, zone)
    return day if day and day.name >= name else Day(name=name)


def counted(day: Day, asking: Asking, terms: DayTerms) -> Day | None:
    """The day with this message in it, once however often it asks; None: there is no room for it."""
    if (asking.counted_on or "") >= day.name or asking.fingerprint in day.latest:
        return day
    if not terms.fits(day.parts + asking.parts, asking.line):
        return None
    return day.but(parts=day.parts + asking.parts, latest=(*day.latest, asking.fingerprint)[-LATEST_KEPT:])


def turned_away(day: Day, line: Line, takes: timedelta, zone: ZoneInfo) -> tuple[Day, DayFull]:
    """`takes`: how long the number needs for such a message. Each line stands in a row of its own: replies do not wait
    behind a campaign's thousands."""
    field = f"{line}_asks_at"
    at: datetime = max(getattr(day, field) or day_ends(day.name, zone), day_ends(day.name, zone))
    return day.but(**{field: at + takes}), DayFull(day.name, at)


def waits_for(number: str, line: Line) -> str:
    """By this, those who wait for the same room are found when a cap is raised."""
    return f"{DAILY_PARTS}|{number}|{line}"


def explained(closed: DayFull, asking: Asking, terms: DayTerms, number: str, tenant_id: str) -> str:
    """Which cap, when it opens, and what to do."""
    limit = terms.limit(asking.line) or 0
    which = f"the daily cap of {number} is {_parts(terms.cap or 0)}"
    if asking.line == "bulk" and limit != terms.cap:
        which += f", {limit} of them for campaigns (the rest is kept for replies)"
    change = f"daily_parts of the number (PATCH /api/accounts/tenants/{tenant_id}/numbers/{number})"
    if not terms.fits(asking.parts, asking.line):
        return f"{which}, and this text alone takes {_parts(asking.parts)}: raise {change}"
    opens = day_ends(closed.day, terms.zone).astimezone(terms.zone)
    return (
        f"{which}, used up for {closed.day}; it goes out after {opens:%Y-%m-%d %H:%M} ({terms.zone.key}), "
        f"or at once if you raise or clear {change}"
    )


def _parts(count: int) -> str:
    return f"{count} SMS part{'' if count == 1 else 's'}"
