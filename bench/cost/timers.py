"""Tells housekeeping from the work of texts: marks each task that a timer has woken, and no text.

A loop that rings have woken (`Alarm`) works for a text. One that slept until its next poll does not, unless it finds
something.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from bench.cost.tally import BY_TIMER
from shared.service.alarm import Alarm

_POLL_SECONDS = 0.1
"""Shorter pauses belong to the work itself: racers that spread, readers that give way."""


@contextmanager
def marked() -> Generator[None]:
    sleep, wait = asyncio.sleep, Alarm.wait

    async def marked_sleep(delay: float, result: Any = None) -> Any:
        answer = await sleep(delay, result)
        if delay >= _POLL_SECONDS:
            BY_TIMER.set(True)
        return answer

    async def marked_wait(alarm: Alarm, at_most_seconds: float) -> None:
        await wait(alarm, at_most_seconds)
        BY_TIMER.set(not alarm._rung.is_set())

    asyncio.sleep, Alarm.wait = marked_sleep, marked_wait  # pyright: ignore[reportAttributeAccessIssue]
    try:
        yield
    finally:
        asyncio.sleep, Alarm.wait = sleep, wait
