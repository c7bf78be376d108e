"""What was counted so far, by kind and place, and whether something is under way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

Kind = Literal["events", "live frames", "handlings", "gets", "finds", "writes", "commits", "round trips"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Counts = Counter[tuple[Kind, str]]

BY_TIMER: ContextVar[bool] = ContextVar("by_timer", default=False)
"""The current task has woken by its timer and has found no work yet."""
_OWN: ContextVar[bool] = ContextVar("own", default=False)


class Tally:
    """`texts` counts what texts cause, `housekeeping` what timers cause without a text."""

    def __init__(self) -> None:
        self.texts: Counts = Counter()
        self.housekeeping: Counts = Counter()
        self.under_way = 0

    def count(self, kind: Kind, place: str, times: int = 1) -> None:
        if not _OWN.get() and times:
            (self.housekeeping if BY_TIMER.get() else self.texts)[kind, place] += times

    @contextmanager
    def busy(self) -> Generator[None]:
        if _OWN.get() or BY_TIMER.get():
            yield
            return
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1


@contextmanager
def uncounted() -> Generator[None]:
    """For what the measurement itself asks."""
    before = _OWN.set(True)
    try:
        yield
    finally:
        _OWN.reset(before)


def difference(after: Counts, before: Counts) -> Counts:
    """What was added. `Counter` would drop nothing here, because counts only grow."""
    return Counter({key: count - before[key] for key, count in after.items() if count != before[key]})


def totals(counts: Counts) -> Counter[Kind]:
    found: Counter[Kind] = Counter()
    for (kind, _), count in counts.items():
        found[kind] += count
    return found
