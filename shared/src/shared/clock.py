"""Time, passed in. Nothing else in Parley asks the operating system what time it is."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


def milliseconds(moment: datetime) -> datetime:
    """Cut to milliseconds, in UTC: what every store can give back unchanged (BSON keeps no more)."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    beyond = moment.microsecond % 1000
    # Most have nothing to cut, and every time of every stored value comes by here.
    return moment.replace(microsecond=moment.microsecond - beyond) if beyond else moment


class Clock(Protocol):
    def now(self) -> datetime:
        """Wall-clock time, aware, UTC, whole milliseconds."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow on this machine; for leases and deadlines, never stored."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return milliseconds(datetime.now(UTC))

    def monotonic(self) -> float:
        # BOOTTIME also counts the time a machine slept, so a frozen process cannot think a lease is fresh.
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class ManualClock:
    """For tests: stands still until a test moves it."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = milliseconds(start)
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now = milliseconds(self._now + timedelta(seconds=seconds))
        self._monotonic += seconds
