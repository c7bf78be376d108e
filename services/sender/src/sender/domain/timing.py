"""The durations of the sending rules, in seconds; docs/sending.md gives the defaults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Timing:
    lease: float = 60
    """An attempt has ended if an observer saw its claim unchanged for so long, by its own monotonic clock."""
    fresh: float = 10
    """A request begins at most so long after its claim."""
    repeats: tuple[float, ...] = (5, 30, 120, 600)
    """Same key, same bytes: when, counted from the first attempt."""
    checks: tuple[float, ...] = (120, 300, 840)
    """When detail records are searched, counted from the first attempt."""
    give_up: float = 900
    gap: float = 60
    busy: tuple[float, ...] = (1, 2, 5, 15, 30, 60)
    """Waits after the carrier certainly did not accept, where it names none itself."""

    @property
    def watch(self) -> float:
        """A lane with a claimed message is looked at so long after the claim, and again and again."""
        return self.lease / 4


def after(moment: datetime, seconds: float) -> datetime:
    return moment + timedelta(seconds=seconds)
