"""When the last text leaves: the pool of numbers sends as fast as it may, to the people whose hours are open.

Texts are a fluid that flows at the pool's pace, in two orders: first to those whose hours close first, and last. The
better order at full pace gives the earliest end, the worse one at the slow pace the latest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from campaigns.forecasts.domain.forecast import Finish
from shared.events import NumberChanged
from shared.local_time.windows import Hours

MOST_DAYS = 100
"""A campaign that takes longer has no forecast end: nobody waits for it."""
MOST_CLOCKS = 60
"""Groups of recipients with the same hours; smaller groups are counted with the largest."""
REPLIES_TENTH = 10
"""Sender keeps one part in so many of a number's daily cap for one-to-one texts (rounded down)."""
WORST_SHARE = 0.75
"""Of the pace: one-to-one texts go first, and the carrier throttles at times."""
SETTLING = timedelta(minutes=15)
"""So long may the last text wait for an outcome that is unknown (sender gives it up then)."""


class Clock(Protocol):
    """The hours of one group of recipients."""

    def opens(self, hours: Hours, now: datetime) -> datetime: ...
    def closes(self, hours: Hours, now: datetime) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Group:
    """Recipients with the same clock, whose texts have so many parts in all, and may leave from `starts_at`."""

    clock: Clock
    parts: int
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Capacity:
    """The numbers a campaign sends from. `daily_parts`: of all of them, for campaigns; None: at least one has no cap.

    `others`: campaigns of the tenant that share them now.
    """

    parts_per_second: float
    daily_parts: int | None
    zone: ZoneInfo
    """Of the tenant: its days are what a daily cap counts in."""
    others: int = 0


def capacity_of(numbers: list[NumberChanged], account_pace: float, zone: ZoneInfo, others: int = 0) -> Capacity:
    """`account_pace`: the most parts per second that sender sends through one carrier connection."""
    by_connection: dict[str | None, float] = {}
    for number in numbers:
        by_connection[number.connection_id] = by_connection.get(number.connection_id, 0.0) + number.parts_per_second
    pace = sum(min(each, account_pace) for each in by_connection.values())
    caps = [cap - cap // REPLIES_TENTH for number in numbers if (cap := number.daily_parts) is not None]
    return Capacity(pace, sum(caps) if len(caps) == len(numbers) else None, zone, others)


def finish(groups: list[Group], capacity: Capacity, hours: Hours) -> Finish:
    """Earliest and latest moment at which the last text leaves; the latest also allows for today's parts to be used up
    already where numbers have a daily cap."""
    if not groups or capacity.parts_per_second <= 0:
        return Finish(earliest=None, latest=None)
    groups = _fewer(groups)
    starts_at = min(group.starts_at for group in groups)
    slow_pace = capacity.parts_per_second * WORST_SHARE / (1 + capacity.others)
    quick = [_Flow(groups, hours, capacity, _Course(capacity.parts_per_second, order)).end() for order in _ORDERS]
    slow = [_Flow(groups, hours, capacity, _Course(slow_pace, order, used_up=True)).end() for order in _ORDERS]
    earliest = min((end for end in quick if end), default=None)
    if earliest is None or None in slow:
        return Finish(earliest=earliest, latest=None)
    first_part = timedelta(seconds=1 / capacity.parts_per_second)  # leaves at once
    earliest -= min(first_part, earliest - starts_at)
    return Finish(earliest=earliest, latest=max(end for end in (earliest, *slow) if end) + SETTLING)


def _fewer(groups: list[Group]) -> list[Group]:
    if len(groups) <= MOST_CLOCKS:
        return groups
    largest, *others = sorted(groups, key=lambda group: group.parts, reverse=True)
    kept, folded = others[: MOST_CLOCKS - 1], others[MOST_CLOCKS - 1 :]
    parts = largest.parts + sum(group.parts for group in folded)
    starts_at = max(group.starts_at for group in (largest, *folded))
    return [Group(largest.clock, parts, starts_at), *kept]


@dataclass(slots=True)
class _Window:
    """A group and the hours in which it is served next."""

    clock: Clock
    left: float
    opens: datetime
    closes: datetime

    def move_on(self, hours: Hours, now: datetime) -> None:
        """The first hours that have not ended at `now`."""
        self.opens = self.clock.opens(hours, max(now, self.opens))
        self.closes = max(self.clock.closes(hours, self.opens), self.opens)


def _closes_first(windows: list[_Window]) -> _Window:
    return min(windows, key=lambda window: window.closes)


def _closes_last(windows: list[_Window]) -> _Window:
    return max(windows, key=lambda window: window.closes)


_Order = Callable[[list[_Window]], _Window]
"""Which of the open windows is served."""
_ORDERS: tuple[_Order, ...] = (_closes_first, _closes_last)


@dataclass(frozen=True, slots=True)
class _Course:
    """How texts flow: so many parts a second, in this order; `used_up`: the first day's cap is used up already."""

    pace: float
    order: _Order
    used_up: bool = False


class _Flow:
    def __init__(self, groups: list[Group], hours: Hours, capacity: Capacity, course: _Course) -> None:
        self._hours, self._capacity, self._pace, self._order = hours, capacity, course.pace, course.order
        self._now = min(group.starts_at for group in groups)
        self._until = self._now + timedelta(days=MOST_DAYS)
        self._windows = [_Window(group.clock, float(group.parts), group.starts_at, group.starts_at) for group in groups]
        for window in self._windows:
            window.move_on(hours, window.opens)
        self._day_ends = self._now
        self._today: float = 0.0
        self._begin_day(used_up=course.used_up)

    def end(self) -> datetime | None:
        """None: not within `MOST_DAYS`, or some hours never come: zones so far apart that they do not meet."""
        if any(window.closes <= window.opens for window in self._windows):
            return None
        while self._windows:
            if self._now >= self._until:
                return None
            self._step()
        return self._now

    def _step(self) -> None:
        if self._now >= self._day_ends:
            self._begin_day(used_up=False)
        for window in self._windows:
            if window.closes <= self._now:
                window.move_on(self._hours, self._now)
        opened = [window for window in self._windows if window.opens <= self._now < window.closes]
        opening = min((window.opens for window in self._windows if window.opens > self._now), default=self._until)
        if not opened or self._today <= 0:
            self._now = min(opening if not opened else self._day_ends, self._until)
            return
        served = self._order(opened)
        self._serve(served, min(opening, served.closes, self._day_ends))

    def _serve(self, window: _Window, until: datetime) -> None:
        room = (until - self._now).total_seconds() * self._pace
        flows = min(window.left, room, self._today)
        window.left -= flows
        self._today -= flows
        self._now = until if flows == room else self._now + timedelta(seconds=flows / self._pace)
        if window.left <= 1e-6:
            self._windows.remove(window)

    def _begin_day(self, *, used_up: bool) -> None:
        tomorrow = self._now.astimezone(self._capacity.zone).date() + timedelta(days=1)
        midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=self._capacity.zone)
        self._day_ends = midnight.astimezone(UTC)
        cap = self._capacity.daily_parts
        self._today = float("inf") if cap is None else 0.0 if used_up else float(cap)
