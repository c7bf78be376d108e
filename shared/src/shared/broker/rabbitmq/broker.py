"""The broker on RabbitMQ: quorum queues, two connections (publish, consume), and a watchdog over its consumers.

Two connections, because under a memory or disk alarm the server stops reading from connections that publish, and acks
have to get through.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aio_pika import ExchangeType
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity

from shared.broker.protocol import Consumer, FanOut, Handle, Message, QueueLook, Subscription
from shared.broker.rabbitmq.connection import AMQP_FAILURES, Link
from shared.broker.rabbitmq.consumer import RabbitConsumer
from shared.broker.rabbitmq.listener import RabbitListener
from shared.broker.rabbitmq.messages import to_amqp
from shared.broker.rabbitmq.publisher import Publisher
from shared.broker.rabbitmq.watchdog import Watchdog
from shared.broker.topology import EXCHANGE, LIVE_EXCHANGE, plan
from shared.clock import Clock
from shared.errors import BROKER_AWAY, BrokerUnavailable, Unroutable

_FIRST_CONNECT_SECONDS = 30.0
_DECLARED_FIRST_SECONDS = 10.0
_REPAIR_EVERY_SECONDS = 15.0
_CLOSING_GRACE_SECONDS = 5.0
_log = structlog.get_logger(__name__)


class RabbitBroker:
    def __init__(
        self, url: str, clock: Clock, client_name: str, first_connect_seconds: float = _FIRST_CONNECT_SECONDS
    ) -> None:
        """A start waits `first_connect_seconds` for the server, then it fails."""
        self._clock = clock
        self._first_connect_seconds = first_connect_seconds
        self._publishing = Link(url, f"{client_name} (publish)", self._declare_everything)
        self._consuming = Link(url, f"{client_name} (consume)", self._attach_everyone)
        self._publisher = Publisher(self._publishing)
        self._topology: dict[str, Subscription] = {}
        self._consumers: list[RabbitConsumer] = []
        self._listeners: list[RabbitListener] = []
        self.watchdog = Watchdog(self._consuming, self._consumers, self._listeners, self._declare_again)
        self._repaired_at = -_REPAIR_EVERY_SECONDS
        self._closed = False

    async def start(self, topology: Sequence[Subscription]) -> None:
        self._require_open()
        self._topology.update({subscription.queue: subscription for subscription in topology})
        connection = self._publishing.connection()
        if connection is not None:
            await self._declare(connection, topology)
        self._publishing.open()
        self.watchdog.start()
        try:
            async with asyncio.timeout(self._first_connect_seconds):
                await self._publishing.up.wait()
                self._consuming.open()  # after the first: its queues have to exist
                await self._consuming.up.wait()
        except TimeoutError:
            self._consuming.open()
            why = self.trouble() or "RabbitMQ does not answer"
            raise BrokerUnavailable("no_broker", BROKER_AWAY, operator_detail=why) from None

    async def publish(self, message: Message) -> None:
        self._require_open()
        try:
            await self._publisher.confirmed(EXCHANGE, message.routing_key, to_amqp(message))
        except Unroutable:
            # Perhaps somebody deleted a queue or a binding: then it is our topology that is right.
            if not await self._repair():
                raise
            await self._publisher.confirmed(EXCHANGE, message.routing_key, to_amqp(message))

    async def publish_transient(self, message: Message) -> None:
        self._require_open()
        await self._publisher.transient(LIVE_EXCHANGE, message.routing_key, to_amqp(message, transient=True))

    async def send_to_queue(self, queue: str, message: Message) -> None:
        self._require_open()
        await self._publisher.confirmed("", queue, to_amqp(message))

    async def subscribe(self, queue: str, handle: Handle, *, prefetch: int = 32) -> Consumer:
        self._require_open()
        consumer = RabbitConsumer(queue, handle, prefetch, self._publisher, self._declare_again)
        try:
            await self._attach(consumer)
        except ChannelNotFoundEntity as error:
            detail = f"there is no queue {queue!r}: declare it in the topology first"
            raise Unroutable("unknown_queue", detail) from error
        self._consumers.append(consumer)
        return consumer

    async def listen(self, fan_out: FanOut, handle: Callable[[Message], Awaitable[None]]) -> Consumer:
        self._require_open()
        listener = RabbitListener(fan_out, handle)
        await self._attach(listener)
        self._listeners.append(listener)
        return listener

    async def depth(self, queue: str) -> int:
        return (await self.look(queue)).ready

    async def look(self, queue: str) -> QueueLook:
        connection = self._consume_connection()
        try:
            # A channel of its own: asking for a queue that is not there closes it.
            async with asyncio.timeout(5), connection.channel(publisher_confirms=False) as scratch:
                found = (await scratch.declare_queue(queue, passive=True)).declaration_result
                return QueueLook(found.message_count or 0, found.consumer_count or 0)
        except ChannelNotFoundEntity:
            return QueueLook(0, 0)
        except AMQP_FAILURES as error:
            raise BrokerUnavailable("no_depth", BROKER_AWAY, operator_detail=f"{queue}: {error}") from error

    def trouble(self) -> str | None:
        if self._closed:
            return "the connection to RabbitMQ is closed"
        return self._publishing.trouble or self._consuming.trouble or self._publisher.trouble() or self.watchdog.trouble

    async def close(self) -> None:
        if self._closed:
            return
        await self.watchdog.stop()
        leaving = [*self._consumers, *self._listeners]
        await asyncio.gather(*(one.stop(grace_seconds=_CLOSING_GRACE_SECONDS) for one in leaving))
        self._closed = True
        await self._consuming.close()
        await self._publishing.close()

    # Inside.

    def _require_open(self) -> None:
        if self._closed:
            why = "this connection to RabbitMQ was closed"
            raise BrokerUnavailable("broker_closed", BROKER_AWAY, operator_detail=why)

    def _consume_connection(self) -> AbstractConnection:
        self._require_open()
        connection = self._consuming.connection()
        if connection is None:
            why = self._consuming.trouble or "RabbitMQ is not connected"
            raise BrokerUnavailable("no_broker", BROKER_AWAY, operator_detail=why)
        return connection

    async def _attach(self, one: RabbitConsumer | RabbitListener) -> None:
        """Attach now if connected; otherwise when the connection comes up, or at the watchdog's next round."""
        connection = self._consuming.connection()
        if connection is None:
            return
        try:
            await one.attach(connection)
        except ChannelNotFoundEntity:
            raise
        except AMQP_FAILURES as error:
            _log.warning("not_attached_yet", error=str(error))

    async def _declare_everything(self, connection: AbstractConnection) -> None:
        await self._declare(connection, list(self._topology.values()))

    async def _declare_again(self) -> str | None:
        """Returns what went wrong, if anything; never raises."""
        connection = self._publishing.connection()
        if connection is None:
            return self._publishing.trouble
        try:
            async with asyncio.timeout(_FIRST_CONNECT_SECONDS):
                await self._declare_everything(connection)
        except AMQP_FAILURES as error:
            _log.error("topology_not_declared", error=str(error))
            return f"the queues could not be declared: {error}"
        return None

    async def _repair(self) -> bool:
        """Declare everything again, at most every 15 s, however many messages are unroutable."""
        now = self._clock.monotonic()
        if now - self._repaired_at < _REPAIR_EVERY_SECONDS:
            return False
        self._repaired_at = now
        await self._declare_again()
        return True

    async def _declare(self, connection: AbstractConnection, topology: Sequence[Subscription]) -> None:
        async with connection.channel(publisher_confirms=False) as channel:
            await channel.declare_exchange(EXCHANGE, ExchangeType.TOPIC, durable=True)
            await channel.declare_exchange(LIVE_EXCHANGE, ExchangeType.TOPIC, durable=True)
            for subscription in topology:
                for wanted in plan(subscription):
                    queue = await channel.declare_queue(wanted.name, durable=True, arguments=dict(wanted.arguments))
                    for pattern in wanted.patterns:
                        await queue.bind(EXCHANGE, pattern)

    async def _attach_everyone(self, connection: AbstractConnection) -> None:
        with contextlib.suppress(TimeoutError):  # a server that lost its data has no queues before we declare them
            async with asyncio.timeout(_DECLARED_FIRST_SECONDS):
                await self._publishing.up.wait()
        for one in [*self._consumers, *self._listeners]:
            if one.stopping:
                continue
            try:
                await one.attach(connection)
            except ChannelNotFoundEntity as error:
                # One missing queue must not keep the others waiting; the watchdog goes on trying.
                _log.error("queue_missing", error=str(error))
