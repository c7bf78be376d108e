"""Consuming from RabbitMQ: hand out, settle, survive a lost connection, leave without losing anything.

Handlers run in tasks of ours, not of aiormq, which cancels its own when a connection dies. What was unsettled then
is delivered again by the server; the late ack of the first run is logged and dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine

import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aio_pika.exceptions import ChannelInvalidStateError

from shared.broker.protocol import Handle, Message
from shared.broker.rabbitmq.connection import AMQP_FAILURES, cancelled_by_us
from shared.broker.rabbitmq.messages import attempt_of, from_amqp, to_amqp, was_handed_out_before
from shared.broker.rabbitmq.publisher import Publisher
from shared.broker.topology import DEAD_SUFFIX, is_dead_queue, retry_level, retry_queue
from shared.errors import ParleyError, Unroutable

_PAUSE_SECONDS = 1.0
_RETIREMENT_SECONDS = 60.0
_log = structlog.get_logger(__name__)

Repair = Callable[[], Awaitable[object]]
"""Declares the whole topology again; never raises."""


class RabbitDelivery:
    __slots__ = ("_consumer", "_incoming", "attempt", "message", "queue", "redelivered", "settled")

    def __init__(self, consumer: RabbitConsumer, incoming: AbstractIncomingMessage) -> None:
        self._consumer = consumer
        self._incoming = incoming
        self.queue = consumer.queue
        self.message: Message = from_amqp(incoming, consumer.queue)
        self.attempt = attempt_of(incoming)
        self.redelivered = was_handed_out_before(incoming)
        self.settled = False

    async def ack(self) -> None:
        if self._begin():
            await self._finish(self._incoming.ack())

    async def retry(self, delay_seconds: float, reason: str) -> None:
        if not self._begin():
            return
        if is_dead_queue(self.queue):
            # Dead letters have no ladder: wait with it in hand. The level bounds the wait.
            await asyncio.sleep(min(retry_level(delay_seconds), 60))
            await self._finish(self._incoming.reject(requeue=True))
            return
        target = retry_queue(self.queue, retry_level(delay_seconds))
        _log.debug("broker_retry", queue=self.queue, reason=reason, attempt=self.attempt)
        await self._move(target, self.attempt + 1, None)

    async def dead(self, reason: str) -> None:
        if self._begin():
            target = self.queue if is_dead_queue(self.queue) else self.queue + DEAD_SUFFIX
            await self._move(target, self.attempt, reason)

    async def release(self) -> None:
        # Rejected, not nacked: from 4.3 only that counts against the delivery limit.
        if self._begin():
            await self._finish(self._incoming.reject(requeue=True))

    def _begin(self) -> bool:
        if self.settled:
            _log.warning("delivery_settled_twice", queue=self.queue, event_id=self.message.event_id)
            return False
        self.settled = True
        return True

    async def _move(self, target: str, attempt: int, error: str | None) -> None:
        """Into another queue, confirmed, and only then out of this one.

        While that fails the message stays unsettled: giving it back would use up its delivery limit in a minute, and
        holding it makes the server send less.
        """
        moved = False
        try:
            while not moved and self._in_hand():
                moved = await self._consumer.copy(self.message, target, attempt, error)
        finally:
            await self._finish(self._incoming.ack() if moved else self._incoming.reject(requeue=True))

    def _in_hand(self) -> bool:
        """Whether its channel still is there; without it the server has given the message to somebody else."""
        try:
            return not self._incoming.channel.is_closed
        except ChannelInvalidStateError:  # what asking for a lost channel raises
            return False

    async def _finish(self, settlement: Awaitable[None]) -> None:
        try:
            await settlement
        except asyncio.CancelledError:
            if cancelled_by_us():
                raise
            _log.warning("settlement_lost", queue=self.queue, event_id=self.message.event_id)
        except AMQP_FAILURES as error:
            # Its channel is gone, so the server has already given the message to somebody else.
            _log.warning("settlement_lost", queue=self.queue, event_id=self.message.event_id, error=str(error))
        finally:
            self._consumer.settled(self)


class RabbitConsumer:
    def __init__(self, queue: str, handle: Handle, prefetch: int, publisher: Publisher, repair: Repair) -> None:
        self.queue = queue
        self._publisher = publisher
        self._repair = repair
        self.received = 0
        self._handle = handle
        self._prefetch = prefetch
        self._channel: AbstractChannel | None = None
        # After a reconnect the server sends anew while handlers of before still run: together not above prefetch.
        self._slots = asyncio.Semaphore(prefetch)
        self._attaching = asyncio.Lock()
        self._held: set[RabbitDelivery] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self.stopping = False

    @property
    def attached(self) -> bool:
        return self._channel is not None and not self._channel.is_closed

    @property
    def unsettled(self) -> int:
        return len(self._held)

    async def attach(self, connection: AbstractConnection) -> None:
        """Start to consume on this connection; what an earlier channel still held comes again."""
        async with self._attaching:
            before, self._channel = self._channel, None
            if before is not None and not before.is_closed:
                self._spawn(self._retire(before, set(self._tasks)))
            channel = await connection.channel(publisher_confirms=False)
            await channel.set_qos(prefetch_count=self._prefetch)
            queue = await channel.get_queue(self.queue)  # passive: fails if it is not there
            await queue.consume(self._incoming)
            self._channel = channel

    async def stop(self, grace_seconds: float = 25.0) -> None:
        """Drain, then close the channel. To cancel first, or to close under running handlers, loses settlements."""
        if self.stopping:
            return
        self.stopping = True
        try:
            async with asyncio.timeout(grace_seconds):
                await self._empty.wait()
        except TimeoutError:
            _log.warning("consumer_stopped_with_work_left", queue=self.queue, unsettled=len(self._held))
        await self._abandon()
        channel, self._channel = self._channel, None
        if channel is not None and not channel.is_closed:
            try:
                async with asyncio.timeout(5):
                    await channel.close()
            except AMQP_FAILURES as error:
                _log.debug("channel_goodbye_failed", queue=self.queue, error=str(error))

    async def copy(self, message: Message, target: str, attempt: int, error: str | None) -> bool:
        """One try, with a pause if it failed; a queue that is missing is declared again."""
        try:
            await self._publisher.confirmed("", target, to_amqp(message, attempt, error))
        except ParleyError as failure:
            _log.error("broker_move_failed", queue=self.queue, target=target, error=str(failure))
            if isinstance(failure, Unroutable):
                await self._repair()
            await asyncio.sleep(_PAUSE_SECONDS)
            return False
        return True

    def settled(self, delivery: RabbitDelivery) -> None:
        if delivery in self._held:
            self._held.discard(delivery)
            self._slots.release()
            if not self._held:
                self._empty.set()

    async def _incoming(self, incoming: AbstractIncomingMessage) -> None:
        self.received += 1
        if self.stopping:
            return  # unsettled: it goes back when the channel closes
        self._spawn(self._run(incoming))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _retire(self, channel: AbstractChannel, handlers: set[asyncio.Task[None]]) -> None:
        """Close a channel we left, but not under handlers that still settle on it: that kills the whole connection."""
        if handlers:
            await asyncio.wait(handlers, timeout=_RETIREMENT_SECONDS)
        try:
            await channel.close()
        except AMQP_FAILURES as error:
            _log.debug("channel_goodbye_failed", queue=self.queue, error=str(error))

    async def _run(self, incoming: AbstractIncomingMessage) -> None:
        await self._slots.acquire()
        if self.stopping or incoming.channel.is_closed:
            self._slots.release()
            return
        delivery = RabbitDelivery(self, incoming)
        self._held.add(delivery)
        self._empty.clear()
        try:
            await self._handle(delivery)
        except Exception:  # noqa: BLE001 - any failure of a handler must give the message back, not lose it
            _log.exception("handler_failed_without_settling", queue=self.queue, event_id=delivery.message.event_id)
            await asyncio.sleep(_PAUSE_SECONDS)
            if not delivery.settled:
                await delivery.release()

    async def _abandon(self) -> None:
        """Give back what was not finished in time; nothing may touch the channel after that."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1.0)
        for delivery in list(self._held):
            if delivery.settled:
                self.settled(delivery)
            else:
                await delivery.release()
