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
from shared.events import Priority
from shared.values import Moment, Value

REPLIES_TENTH = 10
"""One part in so many of the cap (rounded down) is kept for one-to-one texts: a campaign never silences replies."""
LATEST_KEPT = 300
"""Several senders may take a place for the same message at the same moment: it is known again among so many."""


@dataclass(frozen=True)
class DayTerms:
    """A number's cap, and the zone its days are reckoned in."""

    cap: int | None
    zone: ZoneInfo

    def limit(self, priority: Priority) -> int | None:
        """How many parts of the day may be used when the next text has this priority."""
        if self.cap is None or priority == "one":
            return self.cap
        return self.cap - self.cap // REPLIES_TENTH

    def fits(self, parts: int, priority: Priority) -> bool:
        limit = self.limit(priority)
        return limit is None or parts <= limit


class DayCount(Value):
    name: str = ""
    """`2026-03-10`."""
    parts: int = 0
    latest: tuple[int, ...] = ()
    """Fingerprints of the messages counted last."""
    one_asks_at: Moment | None = None
    """When the next one-to-one text that finds no room asks again. None: all found room."""
    bulk_asks_at: Moment | None = None

    @property
    def turned_away(self) -> bool:
        return self.one_asks_at is not None or self.bulk_asks_at is not None


@dataclass(frozen=True)
class SlotRequest:
    """A message that asks for a slot; `again`: it has waited. `counted_on`: the day in which it holds a place."""

    message_id: str
    parts: int
    priority: Priority
    counted_on: str | None = None
    again: bool = False

    @property
    def fingerprint(self) -> int:
        return int.from_bytes(blake2b(self.message_id.encode(), digest_size=7).digest())


@dataclass(frozen=True)
class DayFull:
    """No room for it in this day."""

    day: str
    asks_at: datetime
    """Not all at once when the next day begins, but one after another, as fast as the number sends."""


def day_at(day: DayCount | None, moment: datetime, zone: ZoneInfo) -> DayCount:
    """The day of this moment, or a later one that was begun already."""
    name = day_of(moment, zone)
    return day if day and day.name >= name else DayCount(name=name)


def day_with(day: DayCount, request: SlotRequest, terms: DayTerms) -> DayCount | None:
    """The day with this message in it, once however often it asks; None: there is no room for it."""
    if (request.counted_on or "") >= day.name or request.fingerprint in day.latest:
        return day
    if not terms.fits(day.parts + request.parts, request.priority):
        return None
    return day.but(parts=day.parts + request.parts, latest=(*day.latest, request.fingerprint)[-LATEST_KEPT:])


def full_day(day: DayCount, priority: Priority, takes: timedelta, zone: ZoneInfo) -> tuple[DayCount, DayFull]:
    """`takes`: how long the number needs for such a message. Each priority has its own order of asking: replies do
    not wait behind a campaign's thousands."""
    field = f"{priority}_asks_at"
    at: datetime = max(getattr(day, field) or day_ends(day.name, zone), day_ends(day.name, zone))
    return day.but(**{field: at + takes}), DayFull(day.name, at)


def explanation(closed: DayFull, request: SlotRequest, terms: DayTerms, number: str, tenant_id: str) -> str:
    """Which cap, when it opens, and what to do."""
    limit = terms.limit(request.priority) or 0
    which = f"the daily cap of {number} is {_parts(terms.cap or 0)}"
    if request.priority == "bulk" and limit != terms.cap:
        which += f", {limit} of them for campaigns (the rest is kept for replies)"
    change = f"daily_parts of the number (PATCH /api/accounts/tenants/{tenant_id}/numbers/{number})"
    if not terms.fits(request.parts, request.priority):
        return f"{which}, and this text alone takes {_parts(request.parts)}: raise {change}"
    opens = day_ends(closed.day, terms.zone).astimezone(terms.zone)
    return (
        f"{which}, used up for {closed.day}; it goes out after {opens:%Y-%m-%d %H:%M} ({terms.zone.key}), "
        f"or at once if you raise or clear {change}"
    )


def _parts(count: int) -> str:
    return f"{count} SMS part{'' if count == 1 else 's'}"
