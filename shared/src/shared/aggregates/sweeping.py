"""Finds the effects that a crash or an absent broker left behind, in every collection of aggregates of a service."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from shared.aggregates.done import together
from shared.clock import Clock
from shared.database.paging import pages
from shared.database.protocol import Collection, Document, Range, Sort
from shared.errors import ParleyError

log = structlog.get_logger()

SWEEP_AFTER = timedelta(seconds=2)
SWEEP_EVERY_SECONDS = 0.5
SWEEP_BATCH = 200
SWEEP_MOST = 10_000

SeeThrough = Callable[[Collection, Document], Awaitable[None]]
"""Carries out what a document holds; it raises nothing that would keep the sweeper from the next one."""


class Sweeping:
    def __init__(self, clock: Clock, see_through: SeeThrough) -> None:
        self._clock = clock
        self._see_through = see_through
        self._watched: dict[str, Collection] = {}

    def watch(self, store: Collection) -> None:
        self._watched[store.spec.name] = store

    async def sweep(self) -> int:
        """Carry out what has waited for more than two seconds; returns how many documents were looked at."""
        looked_at = 0
        for store in self._watched.values():
            looked_at += await self._sweep(store)
        return looked_at

    async def _sweep(self, store: Collection) -> int:
        looked_at = 0
        waiting = {"outbox_at": Range(lt=self._clock.now() - SWEEP_AFTER)}
        # On to the next page, because effects that always fail must not hide the others; but not without end.
        async for page in pages(store, waiting, Sort("outbox_at"), size=SWEEP_BATCH):
            await together([self._one(store, document) for document in page])
            looked_at += len(page)
            if looked_at >= SWEEP_MOST:
                break
        return looked_at

    async def _one(self, store: Collection, document: Document) -> None:
        await self._see_through(store, document)

    async def run(self) -> None:
        """Sweep for ever."""
        while True:
            try:
                await self.sweep()
            except ParleyError as error:
                log.warning("sweep_failed", code=error.code)
            await asyncio.sleep(SWEEP_EVERY_SECONDS)

    async def oldest_waiting_seconds(self) -> float:
        """Age of the oldest effect not carried out, for `/metrics` and alarms; 0 if none waits."""
        oldest = 0.0
        for store in self._watched.values():
            page = await store.find({"outbox_at": Range(lt=self._clock.now())}, sort=Sort("outbox_at"), limit=1)
            for document in page.items:
                oldest = max(oldest, (self._clock.now() - document["outbox_at"]).total_seconds())
        return oldest
