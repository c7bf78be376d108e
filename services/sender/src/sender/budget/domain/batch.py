"""Decides upon several asks about one budget, one after the other, for one save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sender.budget.domain.budget import (
    Answer,
    Ask,
    Budget,
    DaySum,
    Entry,
    Full,
    Reserve,
    Settle,
    Stale,
    Told,
    Waiting,
    no_room,
)
from sender.domain.calendar import month_of
from sender.domain.cost import Terms
from shared.events import BudgetWarned, Money

Threshold = Literal[50, 80, 100]
THRESHOLDS: tuple[Threshold, ...] = (50, 80, 100)
TOLD_KEPT = 60
HOLD_CHECKED = timedelta(seconds=60)
"""A reservation older than this is compared with its message."""
ASKED_EVERY = timedelta(seconds=1)


@dataclass
class Sheet:
    """A budget while several asks are decided upon, one after the other, for one save."""

    budget: Budget
    archived: Mapping[str, Entry]
    terms: Terms | None
    now: datetime
    entries: dict[str, Entry] = field(init=False)
    days: dict[str, int] = field(init=False)
    nano: int = field(init=False)
    refused: set[str] = field(default_factory=set[str])
    touched: bool = False
    freed: bool = False
    call: bool = False
    asked: bool = False

    def __post_init__(self) -> None:
        self.entries = {entry.message_id: entry for entry in self.budget.open}
        self.days = {each.day: each.nano for each in self.budget.days}
        self.nano = self.budget.nano

    def answer(self, ask: Ask) -> Answer:
        if self.budget.closed:  # nothing counts any more, and nothing may be taken from what nobody counts
            return Stale() if isinstance(ask, Reserve) else None
        match ask:
            case Reserve():
                return self._reserve(ask)
            case Settle():
                return self._settle(ask)
            case Waiting():
                return self._waiting(ask)

    def _known(self, message_id: str) -> Entry | None:
        return self.entries.get(message_id) or self.archived.get(message_id)

    def _reserve(self, ask: Reserve) -> Answer:
        old = self._known(ask.message_id)
        mine = old.nano if old and old.day == ask.day else 0
        if old and ask.rev < old.rev:
            # A reservation for what has ended would be kept until somebody finds it.
            return None if mine else Stale()
        if old and ask.rev == old.rev and ask.nano == mine:
            return None
        if self.terms and ask.nano > mine:  # what it has is not taken back, whatever became of the cap
            spent = self.nano - (old.nano if old else 0), self.days.get(ask.day, 0) - mine
            if refused := no_room(*spent, ask.nano, ask.day, self.terms):
                if old and old.held_at:  # its price has risen since: it waits, and may not keep others waiting
                    self._put(old.but(nano=0, rev=ask.rev, held_at=None))
                return refused
        # Under the latest revision: what was said about earlier ones must not take its reservation away.
        held_at = (old.held_at if old and mine else None) or self.now
        self._put(Entry(message_id=ask.message_id, day=ask.day, nano=ask.nano, rev=ask.rev, held_at=held_at))
        return None

    def _settle(self, ask: Settle) -> None:
        old = self._known(ask.message_id)
        if old:
            clears = ask.ended and old.held_at is not None and ask.rev == old.rev
            if ask.rev <= old.rev and not clears:
                return
        self._put(Entry(message_id=ask.message_id, day=ask.day, nano=ask.nano, rev=ask.rev))

    def _waiting(self, ask: Waiting) -> Full | None:
        if self.terms is None:
            return None
        self.asked = True
        day = self.terms.today(self.now)
        refused = no_room(self.nano, self.days.get(day, 0), ask.nano, day, self.terms)
        if refused:
            self.refused.add(refused.name)
        else:
            self.call = True
        return refused

    def _put(self, entry: Entry) -> None:
        old = self._known(entry.message_id)
        if old:
            self.nano -= old.nano
            self.days[old.day] = self.days.get(old.day, 0) - old.nano
            self.freed = self.freed or entry.nano < old.nano
        self.nano += entry.nano
        self.days[entry.day] = self.days.get(entry.day, 0) + entry.nano
        self.entries[entry.message_id] = entry
        self.touched = True

    def drop(self, archived: Sequence[Entry]) -> int:
        """Leave out what lies in the archive, if it is still the same here."""
        dropped = [entry for entry in archived if self.entries.get(entry.message_id) == entry]
        for entry in dropped:
            del self.entries[entry.message_id]
        return len(dropped)

    def done(self, archived: Sequence[Entry] = ()) -> tuple[Budget, list[BudgetWarned]]:
        """The budget to save (the same one: nothing to save) and the warnings to give."""
        budget, warnings = self.budget, self._warnings()
        asked = self.asked and (not budget.waiting or budget.asked_at is None or self._asked_long_ago())
        if self.touched or warnings or archived:
            dropped = self.drop(archived)
            told = tuple(Told(name=w.name, cap=w.cap.nano, threshold=w.threshold) for w in warnings)
            budget = budget.but(
                nano=self.nano,
                days=tuple(DaySum(day=day, nano=nano) for day, nano in sorted(self.days.items())),
                open=tuple(self.entries.values()),
                dropped=budget.dropped + dropped,
                told=(*budget.told, *told)[-TOLD_KEPT:],
            )
        if asked:
            budget = budget.but(waiting=True, asked_at=self.now)
        budget = self._with_due(budget)
        return (budget if budget is self.budget else budget.but(changes=budget.changes + 1)), warnings

    def _asked_long_ago(self) -> bool:
        return self.budget.asked_at is not None and self.budget.asked_at + ASKED_EVERY <= self.now

    def _with_due(self, budget: Budget) -> Budget:
        if budget.waiting and (self.freed or self.call):
            return budget.called(self.now)
        if budget is self.budget:
            return budget
        latest = self.now + HOLD_CHECKED
        return budget.but(due_at=latest) if budget.due_at is None or budget.due_at > latest else budget

    def _warnings(self) -> list[BudgetWarned]:
        if self.terms is None or not (self.touched or self.refused):
            return []
        today = self.terms.today(self.now)
        periods: list[tuple[Literal["day", "month"], str, int | None, int]] = [
            ("day", today, self.terms.daily, self.days.get(today, 0)),
            ("month", self.budget.month, self.terms.monthly, self.nano),
        ]
        warnings: list[BudgetWarned] = []
        for period, name, cap, spent in periods:
            if cap is None or month_of(name) != self.budget.month or month_of(today) != self.budget.month:
                continue
            told = {each.threshold for each in self.budget.told if each.name == name and each.cap == cap}
            for threshold in THRESHOLDS:
                reached = spent * 100 >= cap * threshold or name in self.refused
                if reached and threshold not in told:
                    warnings.append(self._warning(period, name, threshold, spent, cap))
        return warnings

    def _warning(self, period: Literal["day", "month"], name: str, threshold: Threshold, spent: int,
                 cap: int) -> BudgetWarned:  # fmt: skip
        currency = self.terms.currency if self.terms else "USD"
        return BudgetWarned(
            tenant_id=self.budget.tenant_id, period=period, name=name, threshold=threshold,
            spent=Money(nano=spent, currency=currency), cap=Money(nano=cap, currency=currency),
        )  # fmt: skip
