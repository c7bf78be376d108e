"""The consumer of a queue of the embedded broker, and the delivery it hands to its handler."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from shared.broker.embedded.queue import Queue
from shared.broker.embedded.rows import QueueEntry
from shared.broker.inbox import Inbox
from shared.broker.protocol import Handle, Message

_PAUSE_SECONDS = 1.0  # before a message is given out again after its handler, or our disk, failed
_log = structlog.get_logger(__name__)

Settled = Callable[[Exception | None], None]


class Settler(Protocol):
    """What the broker does durably when a delivery is settled; `done` runs on the loop after the commit."""

    def acked(self, entry: QueueEntry, done: Settled) -> None: ...
    def retried(self, entry: QueueEntry, delay_seconds: float, done: Settled) -> None: ...
    def buried(self, entry: QueueEntry, reason: str, done: Settled) -> None: ...
    def mark(self, entry: QueueEntry) -> int: ...
    def clear(self, slot: int) -> None: ...
    async def flush(self) -> None: ...


class EmbeddedDelivery:
    __slots__ = ("_consumer", "_entry", "redelivered", "settled", "slot")

    def __init__(self, consumer: EmbeddedConsumer, entry: QueueEntry, slot: int) -> None:
        self._consumer = consumer
        self._entry = entry
        self.slot = slot
        self.redelivered = entry.handed_out > 0
        self.settled = False

    @property
    def message(self) -> Message:
        return self._entry.message

    @property
    def queue(self) -> str:
        return self._entry.queue

    @property
    def attempt(self) -> int:
        return self._entry.attempt

    async def ack(self) -> None:
        # Like an AMQP ack: not awaited. If it is lost in a crash, the message comes again, marked redelivered.
        self._consumer.settle(self, lambda done: self._consumer.settler.acked(self._entry, done))

    async def retry(self, delay_seconds: float, reason: str) -> None:
        await self._confirmed(lambda done: self._consumer.settler.retried(self._entry, delay_seconds, done))
        _log.debug("broker_retry", queue=self.queue, reason=reason, attempt=self.attempt)

    async def dead(self, reason: str) -> None:
        await self._confirmed(lambda done: self._consumer.settler.buried(self._entry, reason, done))

    async def release(self) -> None:
        self._consumer.give_back(self, self._entry)

    async def _confirmed(self, act: Callable[[Settled], None]) -> None:
        finished = asyncio.Event()
        if self._consumer.settle(self, act, lambda _: finished.set()):
            await finished.wait()


class EmbeddedConsumer:
    def __init__(self, queue: Queue, handle: Handle, prefetch: int, settler: Settler) -> None:
        self.settler = settler
        self._queue = queue
        self._handle = handle
        self._prefetch = prefetch
        self._held: dict[EmbeddedDelivery, QueueEntry] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def room(self) -> int:
        return 0 if self._stopping else self._prefetch - len(self._held)

    def take(self, entry: QueueEntry) -> None:
        delivery = EmbeddedDelivery(self, entry, self.settler.mark(entry))
        self._held[delivery] = entry
        self._empty.clear()
        task = asyncio.get_running_loop().create_task(self._run(delivery, entry))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self, grace_seconds: float = 25.0) -> None:
        if self._stopping:
            return
        self._stopping = True
        try:
            async with asyncio.timeout(grace_seconds):
                await self._empty.wait()
        except TimeoutError:
            _log.warning("consumer_stopped_with_work_left", queue=self._queue.name, unsettled=len(self._held))
        await self._abandon()
        self._queue.leave(self)
        await self.settler.flush()

    def settle(
        self, delivery: EmbeddedDelivery, act: Callable[[Settled], None], then: Settled = lambda _: None
    ) -> bool:
        """The first settlement counts; returns False for a later one. After a failed write the message comes again."""
        entry = self._held.get(delivery)
        if delivery.settled or entry is None:
            _log.warning("delivery_settled_twice", queue=delivery.queue, event_id=delivery.message.event_id)
            return False
        delivery.settled = True

        def written(error: Exception | None) -> None:
            if error is not None:
                _log.error("settlement_not_written", queue=delivery.queue, error=str(error))
                asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self._queue.came_back, entry)
            self.settler.clear(delivery.slot)
            then(error)

        act(written)
        self._drop(delivery)
        return True

    def give_back(self, delivery: EmbeddedDelivery, entry: QueueEntry) -> None:
        if delivery.settled:
            return
        delivery.settled = True
        self.settler.clear(delivery.slot)
        self._drop(delivery, came_back=entry)

    async def _run(self, delivery: EmbeddedDelivery, entry: QueueEntry) -> None:
        try:
            await self._handle(delivery)
        except asyncio.CancelledError:
            self.give_back(delivery, entry)
            raise
        except Exception:  # noqa: BLE001 - any failure of a handler must give the message back, not lose it
            _log.exception("handler_failed_without_settling", queue=delivery.queue, event_id=entry.message.event_id)
            asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self.give_back, delivery, entry)

    def _drop(self, delivery: EmbeddedDelivery, came_back: QueueEntry | None = None) -> None:
        del self._held[delivery]
        if not self._held:
            self._empty.set()
        if came_back is not None:
            self._queue.came_back(came_back)
        else:
            self._queue.hand_out()

    async def _abandon(self) -> None:
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks if self._held else []:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1.0)
        for delivery, entry in list(self._held.items()):
            self.give_back(delivery, entry)


class Listener:
    def __init__(
        self, max_length: int, handle: Callable[[Message], Awaitable[None]], leave: Callable[[], None]
    ) -> None:
        self._inbox = Inbox(max_length, handle)
        self._leave = leave

    def offer(self, message: Message) -> None:
        self._inbox.offer(message)

    async def stop(self, grace_seconds: float = 25.0) -> None:
        self._leave()
        try:
            async with asyncio.timeout(grace_seconds):
                await self._inbox.drain()
        except TimeoutError:
            _log.warning("listener_stopped_with_messages_left", left=len(self._inbox))
        await self._inbox.close()
