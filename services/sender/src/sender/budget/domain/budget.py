"""The budget of one tenant and month, its days included: what may still be reserved, and which warnings are due.

One document for both periods, so that a message reserves in its day and its month at once or not at all. Every amount
belongs to a message and stems from a revision of it: repeating or reordering what is said about a message changes
nothing. Settled amounts beyond the latest few lie in an archive; decisions are given those they are about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sender.domain.calendar import day_ends, month_ends, month_of
from sender.domain.cost import Terms
from shared.values import Moment, Value


class Entry(Value):
    """What one message counts with. `held_at`: reserved then, and not known yet whether it left."""

    message_id: str
    day: str
    nano: int
    rev: int = 0
    """The revision of the message that this stems from."""
    held_at: Moment | None = None


class DaySum(Value):
    day: str
    nano: int


class Told(Value):
    """A warning that was given."""

    name: str
    cap: int
    threshold: int


class Budget(Value):
    tenant_id: str
    month: str
    nano: int = 0
    """Of the whole month, reservations included."""
    days: tuple[DaySum, ...] = ()
    open: tuple[Entry, ...] = ()
    """Reservations, and the amounts settled last."""
    told: tuple[Told, ...] = ()
    changes: int = 0
    dropped: int = 0
    """How many entries went to the archive from here."""
    waiting: bool = False
    """Messages wait for room."""
    asked_at: Moment | None = None
    """When the latest of them was told to wait, to the second."""
    calls: int = 0
    """How often somebody said that there may be room."""
    due_at: Moment | None = None
    """When the budget's worker looks at it next."""
    closed: bool = False
    """Long over: only the sums are kept."""

    @property
    def held(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.open if entry.held_at)

    def of_day(self, day: str) -> int:
        return next((each.nano for each in self.days if each.day == day), 0)

    def called(self, now: datetime) -> Budget:
        """To be looked at now."""
        return self.but(calls=self.calls + 1, due_at=now)


@dataclass(frozen=True)
class Reserve:
    message_id: str
    rev: int
    day: str
    nano: int


@dataclass(frozen=True)
class Settle:
    """What a message turned out to count with. `ended`: read from its record, to clear a reservation left behind."""

    message_id: str
    rev: int
    day: str
    nano: int
    ended: bool = False


@dataclass(frozen=True)
class Waiting:
    """A message that will count with so much waits for room."""

    nano: int


Ask = Reserve | Settle | Waiting


@dataclass(frozen=True)
class Full:
    """No room under this cap."""

    period: Literal["day", "month"]
    name: str
    cap: int
    opens_at: datetime


@dataclass(frozen=True)
class Stale:
    """The asker looks at yesterday's world: the message was claimed meanwhile, or the month is long over."""


Answer = Full | Stale | None
"""None: done."""


def full(budget: Budget, nano: int, day: str, terms: Terms, credit: int = 0) -> Full | None:
    """Whether so much more does not fit; `credit` is what the same message counts with already."""
    return no_room(budget.nano - credit, budget.of_day(day), nano, day, terms)


def no_room(month_sum: int, day_sum: int, nano: int, day: str, terms: Terms) -> Full | None:
    month = month_of(day)
    if terms.monthly is not None and month_sum + nano > terms.monthly:
        return Full("month", month, terms.monthly, month_ends(month, terms.zone))
    if terms.daily is not None and day_sum + nano > terms.daily:
        return Full("day", day, terms.daily, day_ends(day, terms.zone))
    return None
