"""Deletes words and numbers past a tenant's retention: page by page, tenants in turn, at most half of the time.

Every service says what it forgets (`Service.forget`) and this says when. Accounts is asked anew in each round, so a
changed setting holds from the next one on. Each instance does it for itself: whatever one has forgotten the next does
not find, and after a crash the next round finds what is left.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from shared.clock import Clock
from shared.errors import ParleyError
from shared.internal.client import InternalClient
from shared.metrics import FORGOTTEN, RETENTION_AT

log = structlog.get_logger()

LEAST_DAYS = 30
"""The shortest retention: for so long an event may be delivered or replayed again and must be recognised."""
EVERY_SECONDS = 900.0
ROUND_SECONDS = 900.0
"""A round with more to do ends here, and the next one begins at once, with the settings of that moment."""
REST_SECONDS = 0.02

Forget = Callable[[str, datetime], AsyncGenerator[int]]
"""Forgets what this tenant has from before that moment; after each page it yields how many went."""


@dataclass(frozen=True)
class Retention:
    service: str
    forget: Mapping[str, Forget]
    """By what it is called in the metrics."""
    internal: InternalClient
    clock: Clock
    rest: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Tests need not wait."""

    async def run(self) -> None:
        """For ever."""
        finished = True
        while True:
            if finished:
                await asyncio.sleep(EVERY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - instances take turns
            try:
                finished = await self.round()
            except ParleyError as error:
                log.warning("retention_waits", service=self.service, code=error.code)
                finished = True

    async def round(self) -> bool:
        """Forget what is due, of every tenant that has a retention. False if it ended before all was done."""
        ends = self.clock.monotonic() + ROUND_SECONDS
        under_way = deque(
            [
                (what, forget(tenant_id, before))
                for tenant_id, before in await self._wishes()
                for what, forget in self.forget.items()
            ]
        )
        while under_way and self.clock.monotonic() < ends:
            what, pages = under_way.popleft()
            started = self.clock.monotonic()
            if await self._one_page(what, pages):
                under_way.append((what, pages))
                await self.rest(max(REST_SECONDS, self.clock.monotonic() - started))
        for _, pages in under_way:
            await pages.aclose()
        if not under_way:
            RETENTION_AT.labels(self.service).set(self.clock.now().timestamp())
        return not under_way

    async def _wishes(self) -> list[tuple[str, datetime]]:
        """Tenants with a retention, and the moment before which they want nothing kept. Suspended ones too."""
        now = self.clock.now()
        return [
            (row["tenant_id"], now - timedelta(days=max(days, LEAST_DAYS)))
            async for row in self.internal.rows("accounts", "tenants")
            if (days := row["retention_days"]) is not None
        ]

    async def _one_page(self, what: str, pages: AsyncGenerator[int]) -> bool:
        """Whether there may be more. What fails waits for the next round and holds up no other tenant."""
        try:
            FORGOTTEN.labels(self.service, what).inc(await anext(pages))
        except StopAsyncIteration:
            return False
        except ParleyError as error:
            log.warning("forgetting_failed", service=self.service, what=what, code=error.code)
            return False
        except Exception:
            log.exception("forgetting_failed", service=self.service, what=what)
            return False
        return True
