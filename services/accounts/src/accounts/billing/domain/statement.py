"""Turns sums over the ledger's lines into a statement, per group, kind and currency. Currencies are never added up.

The projection is the run rate: cost of the month so far × (length of the month ÷ the part of it that has passed).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from accounts.billing.domain.ledger import LedgerLine, read_line
from shared.money import NANO

GroupBy = Literal["kind", "month", "day", "number", "campaign", "assistant", "model"]
EARLIEST_PROJECTION = timedelta(hours=1)
"""A rate measured over less time says nothing about a month."""


@dataclass(frozen=True)
class Sums:
    """Sums of the ledger, by the text of the line."""

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

    def add(self, line: LedgerLine, text: str, sums: Sums) -> None:
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
class StatementKey:
    """What a line of the statement is about."""

    group: str
    kind: str
    currency: str


def items(sums: Sums, group_by: GroupBy) -> list[tuple[StatementKey, Tally]]:
    """In order of group, kind and currency."""
    group_text = _GROUP_TEXT.get(group_by, _unchanged)
    found: dict[StatementKey, Tally] = {}
    for line, group, text in _lines(sums):
        key = StatementKey(group_text(group), line.kind, line.currency)
        found.setdefault(key, Tally()).add(line, text, sums)
    return sorted(found.items(), key=lambda item: (item[0].group, item[0].kind, item[0].currency))


def totals(sums: Sums) -> dict[str, Tally]:
    """By currency. `quantity` is meaningless here: parts and tokens do not add up."""
    found: dict[str, Tally] = {}
    for line, _, text in _lines(sums):
        found.setdefault(line.currency, Tally()).add(line, text, sums)
    return dict(sorted(found.items()))


def _lines(sums: Sums) -> Iterable[tuple[LedgerLine, str, str]]:
    for text in sums.entries:
        line, group = read_line(text)
        yield line, group, text


def _unchanged(group: str) -> str:
    return group


_GROUP_TEXT: dict[str, Callable[[str], str]] = {"kind": lambda _: "", "month": lambda day: day[:7]}


def projection(so_far: int, now: datetime, zone: tzinfo) -> int | None:
    """Nano-units at the end of `now`'s month in this zone; None in its first hour."""
    start, end = month_of(now.astimezone(zone).date(), zone)
    elapsed, whole = now - start, end - start
    if elapsed < EARLIEST_PROJECTION:
        return None
    millisecond = timedelta(milliseconds=1)
    quotient, rest = divmod(so_far * (whole // millisecond), elapsed // millisecond)
    return quotient + (1 if 2 * rest >= elapsed // millisecond else 0)


def month_of(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Start and end (not included) of this day's month; an hour longer or shorter where clocks change."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return midnight(first, zone), midnight(following, zone)


def midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def money_text(nano: int) -> str:
    """In units of the currency, exact, with at least two decimals: 31600000 → 0.0316, 1500000000 → 1.50."""
    whole, rest = divmod(abs(nano), NANO)
    decimals = f"{rest:09}".rstrip("0").ljust(2, "0")
    return f"{'-' if nano < 0 else ''}{whole}.{decimals}"
