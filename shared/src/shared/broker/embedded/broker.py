"""The broker that needs no server: a table in a SQLite file, one process, the same promises as RabbitMQ.

What is confirmed is on disk, so `kill -9` loses nothing. The commit itself wakes the consumers, without polling; only
delayed retries use a timer. The process that owns the data folder locks it against a second one.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.broker import headers
from shared.broker.embedded import rows
from shared.broker.embedded.consumer import EmbeddedConsumer, Listener, Settled
from shared.broker.embedded.handed_out import HandedOut, marks_of
from shared.broker.embedded.queue import Queue
from shared.broker.embedded.rows import Inventory, QueueEntry
from shared.broker.embedded.topics import Bindings
from shared.broker.protocol import Consumer, FanOut, Handle, Message, QueueLook, Subscription
from shared.broker.topology import DEAD_SUFFIX, DELIVERY_LIMIT_REASON, is_dead_queue, retry_level
from shared.clock import Clock
from shared.errors import BROKER_AWAY, BrokerUnavailable, BrokerUnusable, Unroutable
from shared.sqlite.connection import make_private
from shared.sqlite.file import SqliteFile
from shared.sqlite.trouble import WAITING_IS_FUTILE, diagnose
from shared.sqlite.writer import resolve

_DUE_AT_ONCE = 500
_CLOSING_GRACE_SECONDS = 5.0
_PAUSE_SECONDS = 1.0
_LONGEST_NAP_SECONDS = 1.0  # while something is delayed: the wall clock may be set, and tests move theirs by hand


@dataclass(frozen=True)
class Post:
    """Messages on their way into their queues: written by a job, and given out once it is committed."""

    entries: list[QueueEntry]
    arrived: Callable[[list[QueueEntry]], None]

    def write(self, connection: sqlite3.Connection) -> None:
        connection.executemany(rows.INSERT, [entry.row() for entry in self.entries])

    def arrive(self, written: bool) -> None:
        """To be called in the order of the jobs, because it is the order of the queue."""
        if written:
            self.arrived(self.entries)


class EmbeddedBroker:
    """`place` is a file to share, the path of one for the broker alone, or None for memory."""

    def __init__(self, place: SqliteFile | Path | None, clock: Clock) -> None:
        self.file = place if isinstance(place, SqliteFile) else SqliteFile(place)
        self._path = self.file.path
        self._clock = clock
        self._writer = self.file.writer
        self._handed_out: HandedOut | None = None
        self._bindings = Bindings()
        self._fan_out = Bindings()
        self._queues: dict[str, Queue] = {}
        self._listeners: dict[str, Listener] = {}
        self._consumers: list[Consumer] = []
        self._numbers = itertools.count(1)
        self._next_seq = 1
        self._next_due: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._state = "not started"
        self._closing = False
        self._starting = asyncio.Lock()

    async def start(self, topology: Sequence[Subscription]) -> None:
        async with self._starting:
            if self._state == "not started":
                await self._open()
        for subscription in topology:
            self._queue(subscription.queue).delivery_limit = subscription.delivery_limit
            self._queue(subscription.dead_queue)
            self._bindings.bind(subscription.queue, subscription.patterns)

    async def publish(self, message: Message) -> None:
        await self._add(self._addressed(message))

    def post(self, messages: Sequence[Message]) -> Post:
        """These messages as a part of a larger job on the same file. Raises what `publish` raises, at once."""
        self._require_open()
        return Post([entry for message in messages for entry in self._addressed(message)], self._arrived)

    async def publish_transient(self, message: Message) -> None:
        headers.check(message)
        for name in self._fan_out.names_for(message.routing_key):
            self._listeners[name].offer(message)

    async def send_to_queue(self, queue: str, message: Message) -> None:
        headers.check(message)
        if queue not in self._queues:
            raise Unroutable("unroutable", f"there is no queue {queue!r}")
        fresh = Message(
            message.routing_key,
            message.body,
            message.event_id,
            message.tenant_id,
            message.partition_key,
            headers.own(message.headers),
        )
        await self._add([self._entry(queue, fresh)])

    async def subscribe(self, queue: str, handle: Handle, *, prefetch: int = 32) -> Consumer:
        self._require_open()
        if queue not in self._queues:
            raise Unroutable("unknown_queue", f"there is no queue {queue!r}: declare it in the topology first")
        consumer = EmbeddedConsumer(self._queues[queue], handle, prefetch, self)
        self._consumers.append(consumer)
        self._queues[queue].join(consumer)
        return consumer

    async def listen(self, fan_out: FanOut, handle: Callable[[Message], Awaitable[None]]) -> Consumer:
        self._require_open()
        name = f"{fan_out.name}#{next(self._numbers)}"

        def leave() -> None:
            self._fan_out.unbind(name)
            self._listeners.pop(name, None)

        listener = Listener(fan_out.max_length, handle, leave)
        self._listeners[name] = listener
        self._fan_out.bind(name, fan_out.patterns)
        self._consumers.append(listener)
        return listener

    async def depth(self, queue: str) -> int:
        return self._queues[queue].waiting if queue in self._queues else 0

    async def look(self, queue: str) -> QueueLook:
        found = self._queues.get(queue)
        return QueueLook(found.waiting, found.consumers) if found else QueueLook(0, 0)

    def trouble(self) -> str | None:
        if self._state != "open":
            return f"the embedded broker is {self._state}"
        return self._writer.trouble.sentence if self._writer.trouble else None

    async def close(self) -> None:
        if self._state != "open" or self._closing:
            return
        self._closing = True  # but still open while consumers finish: their handlers may publish
        await asyncio.gather(*(consumer.stop(grace_seconds=_CLOSING_GRACE_SECONDS) for consumer in self._consumers))
        self._state = "closed"
        if self._timer is not None:
            self._timer.cancel()
        await self.file.close()
        self._drop_marks()

    # What deliveries do (`Settler`).

    def acked(self, entry: QueueEntry, done: Settled) -> None:
        # Idle: a lost ack is a redelivery, which receivers absorb. It is never durable before the save it follows.
        self._writer.write(rows.DELETE, [(entry.seq,)], lambda _, error: done(error), idle=True)

    def retried(self, entry: QueueEntry, delay_seconds: float, done: Settled) -> None:
        due = self._now() + 1000 * retry_level(delay_seconds)

        def delayed(_: object, error: Exception | None) -> None:
            if error is None:
                self._wake_at(due)
            done(error)

        self._writer.write(rows.DELAY, [(due, entry.attempt + 1, entry.seq)], delayed)

    def buried(self, entry: QueueEntry, reason: str, done: Settled) -> None:
        m = entry.message
        marked = {**m.headers, headers.ERROR: headers.reason(reason)}
        letter = Message(m.routing_key, m.body, m.event_id, m.tenant_id, m.partition_key, marked)
        queue = entry.queue if is_dead_queue(entry.queue) else entry.queue + DEAD_SUFFIX
        buried = QueueEntry(self._seqs(1), queue, letter, entry.attempt)

        def moved(_: object, error: Exception | None) -> None:
            if error is None:
                self._queue(queue).arrived(buried)
            done(error)

        self._writer.write(rows.BURY, [(buried.seq, queue, rows.encode_headers(letter), entry.seq)], moved)

    def mark(self, entry: QueueEntry) -> int:
        return self._handed_out.mark(entry.seq) if self._handed_out is not None else 0

    def clear(self, slot: int) -> None:
        if self._handed_out is not None:
            self._handed_out.clear(slot)

    async def flush(self) -> None:
        await self._writer.run(lambda _: None)

    # Inside.

    async def _open(self) -> None:
        try:
            found = await self._open_files()
        except (sqlite3.Error, OSError) as error:
            self._drop_marks()
            raise _failure(error, self._path) from error
        self._next_seq = found.last_seq + 1
        for queue, count in found.in_line.items():
            self._queue(queue).found_on_disk(count)
        self._state = "open"
        if found.next_due is not None:
            self._wake_at(found.next_due)

    async def _open_files(self) -> Inventory:
        held = self._open_marks()
        await self.file.open()
        try:
            await self._writer.run(rows.make)
            found = await self._writer.run(lambda connection: rows.take_stock(connection, held))
        except BaseException:
            await self.file.close()
            raise
        if self._handed_out is not None:
            self._handed_out.forget_all()
        return found

    def _open_marks(self) -> list[int]:
        """What consumers held when an earlier process died."""
        if self._path is None:
            return []
        marks = marks_of(self._path)
        make_private(marks)
        self._handed_out = HandedOut(marks)
        return self._handed_out.left_behind()

    def _drop_marks(self) -> None:
        if self._handed_out is not None:
            self._handed_out.close()
            self._handed_out = None

    def _queue(self, name: str) -> Queue:
        if name not in self._queues:
            self._queues[name] = Queue(name, self._writer, self._overdrawn)
        return self._queues[name]

    def _overdrawn(self, entry: QueueEntry) -> None:
        def buried(error: Exception | None) -> None:
            if error is not None:
                asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self._queue(entry.queue).came_back, entry)

        self.buried(entry, DELIVERY_LIMIT_REASON, buried)

    def _addressed(self, message: Message) -> list[QueueEntry]:
        """An entry for each queue that wants it."""
        headers.check(message)
        queues = self._bindings.names_for(message.routing_key)
        if not queues:
            detail = f"no queue wants {message.routing_key!r}: is its consumer part of the declared topology?"
            raise Unroutable("unroutable", detail)
        return [self._entry(queue, message) for queue in queues]

    def _arrived(self, entries: list[QueueEntry]) -> None:
        for entry in entries:
            self._queue(entry.queue).arrived(entry)

    def _entry(self, queue: str, message: Message) -> QueueEntry:
        return QueueEntry(self._seqs(1), queue, message)

    def _seqs(self, count: int) -> int:
        first = self._next_seq
        self._next_seq += count
        return first

    async def _add(self, entries: list[QueueEntry]) -> None:
        self._require_open()
        confirmed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def written(_: object, error: Exception | None) -> None:
            if error is None:
                self._arrived(entries)
            resolve(confirmed, None, error)

        self._writer.write(rows.INSERT, [entry.row() for entry in entries], written)
        try:
            await confirmed
        except sqlite3.Error as error:
            raise _failure(error, self._path) from error

    def _require_open(self) -> None:
        if self._state != "open":
            why = f"the embedded broker is {self._state}"
            raise BrokerUnavailable("broker_closed", BROKER_AWAY, operator_detail=why)

    def _now(self) -> int:
        return round(self._clock.now().timestamp() * 1000)

    def _wake_at(self, due: int | None) -> None:
        """Arrange to look for delayed messages at that moment, or earlier if something is due earlier."""
        if due is None or self._state != "open":
            return
        self._next_due = due if self._next_due is None else min(due, self._next_due)
        if self._timer is not None:
            self._timer.cancel()
        wait = min(max(self._next_due - self._now(), 0) / 1000, _LONGEST_NAP_SECONDS)
        self._timer = asyncio.get_running_loop().call_later(wait, self._look_for_due)

    def _look_for_due(self) -> None:
        if self._next_due is None or self._now() < self._next_due:
            self._wake_at(self._next_due)
            return
        now, first_seq, self._next_due = self._now(), self._seqs(_DUE_AT_ONCE), None

        def work(connection: sqlite3.Connection) -> tuple[list[QueueEntry], int | None]:
            return rows.bring_back(connection, now, first_seq, _DUE_AT_ONCE)

        self._writer.submit(work, self._brought_back)

    def _brought_back(self, result: tuple[list[QueueEntry], int | None] | None, error: Exception | None) -> None:
        if error is not None or result is None:  # found, but where the commit failed, not moved
            self._wake_at(self._now() + 1000)
            return
        for entry in result[0]:
            self._queue(entry.queue).arrived(entry)
        self._wake_at(result[1])


def _failure(error: Exception, path: Path | None) -> BrokerUnavailable:
    trouble = diagnose(error, path)
    if trouble is None:
        return BrokerUnavailable("broker_file", BROKER_AWAY, operator_detail=f"{path}: {error}")
    kind = BrokerUnusable if trouble.kind in WAITING_IS_FUTILE else BrokerUnavailable
    return kind(f"broker_{trouble.kind}", BROKER_AWAY, operator_detail=trouble.sentence)
