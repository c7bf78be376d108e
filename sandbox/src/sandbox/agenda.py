"""What the pretend world will do later: receipts, webhooks and their repeats. One task runs it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Awaitable, Callable

import structlog

Act = Callable[[], Awaitable[None]]

_log = structlog.get_logger("sandbox")


class Agenda:
    def __init__(self) -> None:
        self._due: list[tuple[float, int, Act]] = []
        self._numbers = itertools.count()
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    @property
    def pending(self) -> int:
        return len(self._due) + len(self._running)

    def after(self, seconds: float, act: Act) -> None:
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._numbers), act))
        self._wake.set()

    def clear(self) -> None:
        self._due.clear()
        for task in self._running:
            task.cancel()

    async def run(self) -> None:
        """Starts what is due, side by side, until cancelled; then stops what runs."""
        try:
            while True:
                self._start_due()
                self._wake.clear()
                await self._rest()
        finally:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    def _start_due(self) -> None:
        while self._due and self._due[0][0] <= time.monotonic():
            task = asyncio.create_task(self._carry_out(heapq.heappop(self._due)[2]))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _rest(self) -> None:
        until = self._due[0][0] - time.monotonic() if self._due else None
        try:
            async with asyncio.timeout(until):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _carry_out(self, act: Act) -> None:
        try:
            await act()
        except Exception:  # noqa: BLE001 - one broken act must not stop the world; it is logged with its trace
            _log.exception("sandbox_act_failed")
