"""From sums over the ledger's lines to what a tenant reads: per group, kind and currency; never two currencies added.

The projection is plain run-rate: what the month has cost so far × (length of the month ÷ the part of it that is over).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from accounts.billing.domain.ledger import Line, read_line
from shared.money import NANO

GroupBy = Literal["kind", "month", "day", "number", "campaign", "assistant", "model"]
EARLIEST_PROJECTION = timedelta(hours=1)
"""A rate measured over less says nothing about a month."""


@dataclass(frozen=True)
class Sums:
    """What lines add up to: line text → figure."""

    quantity: Mapping[str, int]
    amount: Mapping[str, int]
    carrier: Mapping[str, int]
    entries: Mapping[str, int]


@dataclass
class Tally:
    """One line of a statement, or one currency's total."""

    quantity: int = 0
    amount: int = 0
    entries: int = 0
    estimated_quantity: int = 0
    estimated_amount: int = 0
    estimated_entries: int = 0
    unpriced_entries: int = 0
    carrier: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, line: Line, text: str, sums: Sums) -> None:
        quantity, amount, entries = sums.quantity[text], sums.amount[text], sums.entries[text]
        self.quantity += quantity
        self.amount += amount
        self.entries += entries
        if line.estimate:
            self.estimated_quantity += quantity
            self.estimated_amount += amount
            self.estimated_entries += entries
        if line.unpriced:
            self.unpriced_entries += entries
        if line.carrier_currency:
            self.carrier[line.carrier_currency] = self.carrier.get(line.carrier_currency, 0) + sums.carrier[text]


@dataclass(frozen=True)
class Place:
    """Where a line stands in the statement."""

    group: str
    kind: str
    currency: str


def items(sums: Sums, group_by: GroupBy) -> list[tuple[Place, Tally]]:
    """In order of group, kind and currency."""
    shown = _SHOWN.get(group_by, _whole)
    found: dict[Place, Tally] = {}
    for line, group, text in _lines(sums):
        place = Place(shown(group), line.kind, line.currency)
        found.setdefault(place, Tally()).add(line, text, sums)
    return sorted(found.items(), key=lambda item: (item[0].group, item[0].kind, item[0].currency))


def totals(sums: Sums) -> dict[str, Tally]:
    """By currency. Their `quantity` means nothing: parts and tokens do not add up."""
    found: dict[str, Tally] = {}
    for line, _, text in _lines(sums):
        found.setdefault(line.currency, Tally()).add(line, text, sums)
    return dict(sorted(found.items()))


def _lines(sums: Sums) -> Iterable[tuple[Line, str, str]]:
    for text in sums.entries:
        line, group = read_line(text)
        yield line, group, text


def _whole(group: str) -> str:
    return group


_SHOWN: dict[str, Callable[[str], str]] = {"kind": lambda _: "", "month": lambda day: day[:7]}


def projected(so_far: int, now: datetime, zone: tzinfo) -> int | None:
    """Nano-units at the end of `now`'s month in this zone; None in its first hour."""
    start, end = month_of(now.astimezone(zone).date(), zone)
    elapsed, whole = now - start, end - start
    if elapsed < EARLIEST_PROJECTION:
        return None
    millisecond = timedelta(milliseconds=1)
    quotient, rest = divmod(so_far * (whole // millisecond), elapsed // millisecond)
    return quotient + (1 if 2 * rest >= elapsed // millisecond else 0)


def month_of(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From when to when (not included) the month of this day lasts; an hour longer or shorter where clocks change."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return midnight(first, zone), midnight(following, zone)


def midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def money_text(nano: int) -> str:
    """In whole units, exact, with two decimals at least: 31600000 → 0.0316, 1500000000 → 1.50."""
    whole, rest = divmod(abs(nano), NANO)
    decimals = f"{rest:09}".rstrip("0").ljust(2, "0")
    return f"{'-' if nano < 0 else ''}{whole}.{decimals}"
