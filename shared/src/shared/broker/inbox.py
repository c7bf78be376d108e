"""A fan-out queue in memory: bounded, oldest dropped first, one message after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from shared.broker.protocol import Message

_log = structlog.get_logger(__name__)


class Inbox:
    def __init__(self, max_length: int, handle: Callable[[Message], Awaitable[None]]) -> None:
        self._waiting: asyncio.Queue[Message] = asyncio.Queue()
        self._max_length = max_length
        self._handle = handle
        self._task = asyncio.get_running_loop().create_task(self._run())

    def __len__(self) -> int:
        return self._waiting.qsize()

    def offer(self, message: Message) -> None:
        if self._waiting.qsize() >= self._max_length:
            self._waiting.get_nowait()
            self._waiting.task_done()
        self._waiting.put_nowait(message)

    async def drain(self) -> None:
        """Until all that was offered is handled."""
        await self._waiting.join()

    async def close(self) -> None:
        """What is left is dropped."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            message = await self._waiting.get()
            try:
                await self._handle(message)
            except Exception:  # noqa: BLE001 - one bad message must not silence the listener
                _log.exception("listener_failed", routing_key=message.routing_key)
            finally:
                self._waiting.task_done()
