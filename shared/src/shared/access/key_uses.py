"""Reports to accounts that an API key is in use: at most once a minute per key and process, beside the request.

A hint for administrators ("unused since spring: revoke it"), not an effect: it may be lost, come late or come twice,
and nothing waits for it. So it goes straight to the owner instead of through an event.
"""

from __future__ import annotations

import asyncio

import structlog
from cachetools import TTLCache

from shared.clock import Clock
from shared.errors import ParleyError
from shared.internal.client import InternalClient

log = structlog.get_logger()

EVERY_SECONDS = 60.0
MOST_KEYS = 10_000


class KeyUses:
    def __init__(self, internal: InternalClient, clock: Clock) -> None:
        self._internal = internal
        self._clock = clock
        self._noted: TTLCache[str, bool] = TTLCache(MOST_KEYS, EVERY_SECONDS, timer=clock.monotonic)
        self._telling: set[asyncio.Task[None]] = set()

    def note(self, key_id: str) -> None:
        """This key was just used."""
        if key_id in self._noted:
            return
        self._noted[key_id] = True
        task = asyncio.create_task(self._tell(key_id))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self, key_id: str) -> None:
        try:
            await self._internal.post("accounts", "key-uses", {"key_id": key_id, "at": self._clock.now().isoformat()})
        except (ParleyError, RuntimeError) as error:  # RuntimeError: the client was closed, we are shutting down
            log.debug("key_use_untold", error=type(error).__name__)
