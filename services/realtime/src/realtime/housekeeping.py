"""Forgets what is past its time: log entries and used tickets. Every instance does it; twice is harmless."""

from __future__ import annotations

import asyncio
import random

import structlog

from realtime.event_log import Log
from realtime.tickets import Tickets
from shared.errors import ParleyError

log = structlog.get_logger()

_EVERY_SECONDS = 60.0


async def keep_house(entries: Log, tickets: Tickets) -> None:
    """For ever."""
    while True:
        await asyncio.sleep(_EVERY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - instances take turns
        try:
            await entries.trim()
            await tickets.trim()
        except ParleyError as error:
            log.warning("trimming_failed", code=error.code)
