"""A fan-out queue on RabbitMQ: this process's own, gone with its connection, bounded at both ends."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable

import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage, AbstractQueue

from shared.broker.protocol import FanOut, Message
from shared.broker.rabbitmq.connection import AMQP_FAILURES, cancelled_by_us
from shared.broker.rabbitmq.messages import from_amqp
from shared.broker.topology import LIVE_EXCHANGE, fan_out_arguments

_PREFETCH = 200
_log = structlog.get_logger(__name__)


class RabbitListener:
    def __init__(self, fan_out: FanOut, handle: Callable[[Message], Awaitable[None]]) -> None:
        self._fan_out = fan_out
        self._handle = handle
        self._attaching = asyncio.Lock()
        self._channel: AbstractChannel | None = None
        self._connection: AbstractConnection | None = None
        self._inbox: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        self._task = asyncio.get_running_loop().create_task(self._run())
        self.stopping = False

    @property
    def attached(self) -> bool:
        return self._channel is not None and not self._channel.is_closed

    async def attach(self, connection: AbstractConnection) -> None:
        async with self._attaching:
            if self._connection is connection and self.attached:
                return
            channel = await connection.channel(publisher_confirms=False)
            await channel.set_qos(prefetch_count=_PREFETCH)
            queue = await self._declare(channel)
            await queue.consume(self._inbox.put)
            self._channel, self._connection = channel, connection

    async def _declare(self, channel: AbstractChannel) -> AbstractQueue:
        # A new name every time: a half-open old connection would keep the old one locked for half a minute.
        name = f"{self._fan_out.name}.{uuid.uuid4().hex}"
        queue = await channel.declare_queue(
            name, exclusive=True, auto_delete=True, arguments=dict(fan_out_arguments(self._fan_out.max_length))
        )
        for pattern in self._fan_out.patterns:
            await queue.bind(LIVE_EXCHANGE, pattern)
        return queue

    async def stop(self, grace_seconds: float = 25.0) -> None:
        if self.stopping:
            return
        self.stopping = True
        channel, self._channel = self._channel, None
        self._inbox.put_nowait(None)  # what came before it is still handled
        _, unfinished = await asyncio.wait([self._task], timeout=grace_seconds)
        for task in unfinished:
            task.cancel()
            await asyncio.wait([task], timeout=1.0)
        if channel is not None and not channel.is_closed:
            try:
                async with asyncio.timeout(5):
                    await channel.close()  # the last consumer gone, the queue goes too
            except AMQP_FAILURES as error:
                _log.debug("channel_goodbye_failed", queue=self._fan_out.name, error=str(error))

    async def _run(self) -> None:
        while (incoming := await self._inbox.get()) is not None:
            try:
                await self._handle(from_amqp(incoming, ""))
                await incoming.ack()
            except asyncio.CancelledError:
                if cancelled_by_us():
                    raise
            except AMQP_FAILURES as error:
                _log.debug("listener_ack_lost", error=str(error))
            except Exception:  # noqa: BLE001 - one bad message must not silence the listener
                _log.exception("listener_failed", routing_key=incoming.routing_key)
