"""What is done at start and again every hour, mostly dropping what is too old: expiry is ours on every store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from shared.errors import ParleyError

log = structlog.get_logger()

EVERY_SECONDS = 3600.0


async def keep_swept(sweeps: Sequence[Callable[[], Awaitable[int]]]) -> None:
    """For ever. What fails is tried again next time, and holds up nothing else."""
    while True:
        for sweep in sweeps:
            try:
                await sweep()
            except ParleyError as error:
                log.warning("sweeping_failed", code=error.code)
        await asyncio.sleep(EVERY_SECONDS)
