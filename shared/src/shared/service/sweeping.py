"""Repeats work at start and then at an interval, mostly deleting what is too old: no store expires documents for us."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

import structlog

from shared.errors import ParleyError

log = structlog.get_logger()

EVERY_SECONDS = 3600.0


async def keep_swept(
    sweeps: Sequence[Callable[[], Awaitable[object]]], *, every: float = EVERY_SECONDS, spread: bool = False
) -> None:
    """For ever, every so many seconds; what fails is tried again next time, and holds up nothing else. `spread` varies
    the pause by half and waits before the first round too, so that instances take turns."""
    if spread:
        await asyncio.sleep(_varied(every))
    while True:
        for sweep in sweeps:
            try:
                await sweep()
            except ParleyError as error:
                log.warning("sweeping_failed", code=error.code, detail=error.operator_detail)
        await asyncio.sleep(_varied(every) if spread else every)


def _varied(seconds: float) -> float:
    return seconds * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
