"""Finds consumers that were lost without an error, the most common trouble with AMQP clients.

Every 15 s, on a scratch channel: is ours attached, does the queue know a consumer at all, and does ours get anything
while messages wait? If not, it is attached anew; if that fails, `trouble` says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aio_pika.abc import AbstractConnection

from shared.broker.rabbitmq.connection import AMQP_FAILURES, Link, cancelled_by_us, ended
from shared.broker.rabbitmq.consumer import RabbitConsumer
from shared.broker.rabbitmq.listener import RabbitListener

_EVERY_SECONDS = 15.0
_CHECK_SECONDS = 10.0
_SECOND_LOOK_SECONDS = 1.0
_log = structlog.get_logger(__name__)


class Watchdog:
    def __init__(
        self,
        link: Link,
        consumers: list[RabbitConsumer],
        listeners: list[RabbitListener],
        declare_again: Callable[[], Awaitable[str | None]],
        every_seconds: float = _EVERY_SECONDS,
    ) -> None:
        self._link = link
        self._consumers = consumers
        self._listeners = listeners
        self._declare_again = declare_again
        self._every_seconds = every_seconds
        self._received: dict[RabbitConsumer, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._undeclared = False
        self.trouble: str | None = None

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        if self._task is not None:
            await ended(self._task)

    async def check(self) -> None:
        """One round; also forgets consumers that were stopped."""
        self._consumers[:] = [c for c in self._consumers if not c.stopping]
        self._listeners[:] = [one for one in self._listeners if not one.stopping]
        self._received = {c: n for c, n in self._received.items() if not c.stopping}
        connection = self._link.connection()
        if connection is None:
            return  # the link itself reports that
        self.trouble = await self._declare_again() if self._undeclared else None
        self._undeclared = self.trouble is not None
        for listener in self._listeners:
            if not listener.attached:
                await self._recover(listener, connection, "a live listener")
        for consumer in list(self._consumers):
            if await self._lost(consumer, connection):
                await self._recover(consumer, connection, consumer.queue)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every_seconds)
            try:
                await self.check()
            except asyncio.CancelledError:
                if cancelled_by_us():
                    raise
            except AMQP_FAILURES as error:
                _log.warning("watchdog_round_failed", error=str(error))

    async def _lost(self, consumer: RabbitConsumer, connection: AbstractConnection) -> bool:
        if not consumer.attached:
            return True
        before = self._received.get(consumer)
        self._received[consumer] = consumer.received
        try:
            waiting, consumers = await self._ask(consumer.queue, connection)
            if waiting and before == consumer.received and not consumer.unsettled:
                await asyncio.sleep(_SECOND_LOOK_SECONDS)  # it may have come just now, and be on its way
                waiting, consumers = await self._ask(consumer.queue, connection)
        except AMQP_FAILURES:
            return True  # the queue is gone, or we cannot ask: attaching anew will tell
        starving = waiting and before == consumer.received and not consumer.unsettled
        return not consumers or bool(starving)

    async def _ask(self, queue: str, connection: AbstractConnection) -> tuple[int, int]:
        """Messages ready, and consumers, of everybody."""
        async with asyncio.timeout(_CHECK_SECONDS), connection.channel(publisher_confirms=False) as scratch:
            found = (await scratch.declare_queue(queue, passive=True)).declaration_result
        return found.message_count or 0, found.consumer_count or 0

    async def _recover(self, lost: RabbitConsumer | RabbitListener, connection: AbstractConnection, what: str) -> None:
        _log.warning("consumer_lost", queue=what)
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                undeclared = await self._declare_again()
                self._undeclared = undeclared is not None
                self.trouble = undeclared or self.trouble
                await lost.attach(connection)
        except AMQP_FAILURES as error:
            self.trouble = f"no consumer on {what}: {error}"
            _log.error("consumer_not_recovered", queue=what, error=str(error))
