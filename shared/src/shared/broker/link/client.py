"""The end of a link in a process that has no broker of its own: the same `Broker`, with the same promises.

The process with the broker may be killed and come back: the next socket that `sockets` gives is used then, and every
consumer subscribes again. What had no confirm when the link ended fails as `BrokerUnavailable`: it may have been
published all the same.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog

from shared.broker import headers
from shared.broker.link.delivery import LinkConsumer, LinkListener
from shared.broker.link.wire import Command, Wire, packed
from shared.broker.protocol import Consumer, FanOut, Handle, Message, QueueLook, Subscription
from shared.errors import BROKER_AWAY, BrokerUnavailable, Invalid, ParleyError, Unroutable

log = structlog.get_logger()

_AWAY = "the process with the broker is away"
_CLOSED = "the link to the broker is closed"
_CLOSING_GRACE_SECONDS = 5.0


class LinkBroker:
    """`sockets` waits for the next link to the process with the broker."""

    def __init__(self, sockets: Callable[[], Awaitable[socket.socket]]) -> None:
        self._sockets = sockets
        self._topology: dict[str, Subscription] = {}
        self._wire: Wire | None = None
        self._trouble: str | None = None
        self._linked = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._consumers: dict[int, LinkConsumer | LinkListener] = {}
        self._closed = False

    async def start(self, topology: Sequence[Subscription]) -> None:
        """Waits for the first link: the process with the broker is started at the same moment as this one."""
        self._topology |= {subscription.queue: subscription for subscription in topology}
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep_linked())
            await self._linked.wait()
        else:
            await self._declare(topology)

    async def publish(self, message: Message) -> None:
        headers.check(message)
        await self._asked("publish", packed(message))

    async def publish_transient(self, message: Message) -> None:
        headers.check(message)
        await self._asked("transient", packed(message))

    async def send_to_queue(self, queue: str, message: Message) -> None:
        headers.check(message)
        await self._asked("send", queue, packed(message))

    async def subscribe(self, queue: str, handle: Handle, *, prefetch: int = 32) -> Consumer:
        consumer = LinkConsumer(next(self._numbers), self, queue, handle, prefetch)
        return await self._joined(consumer)

    async def listen(self, fan_out: FanOut, handle: Callable[[Message], Awaitable[None]]) -> Consumer:
        return await self._joined(LinkListener(next(self._numbers), self, fan_out, handle))

    async def depth(self, queue: str) -> int:
        return await self._asked("depth", queue)

    async def look(self, queue: str) -> QueueLook:
        return QueueLook(*await self._asked("look", queue))

    def trouble(self) -> str | None:
        if self._closed:
            return _CLOSED
        return self._trouble if self._linked.is_set() else _AWAY

    async def close(self) -> None:
        if self._closed:
            return
        await asyncio.gather(*(consumer.stop(_CLOSING_GRACE_SECONDS) for consumer in list(self._consumers.values())))
        self._closed = True
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait({self._keeping})
        if self._wire is not None:
            self._wire.close()
        self._fail_all()

    # What consumers and deliveries use.

    def say(self, command: Command) -> None:
        if self._wire is not None:
            self._wire.say(command)

    def ask(self, word: str, *arguments: Any) -> asyncio.Future[Any]:
        """The answer. Raises `BrokerUnavailable` if there is no link now, or it ends before the answer."""
        wire, number = self._wire, next(self._numbers)
        if wire is None:
            raise BrokerUnavailable("broker_away", BROKER_AWAY, operator_detail=_AWAY)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        wire.say((word, number, *arguments))
        return answer

    def left(self, consumer: int) -> None:
        self._consumers.pop(consumer, None)

    # Inside.

    async def _asked(self, word: str, *arguments: Any) -> Any:
        if self._closed:
            raise _closed()
        return await self.ask(word, *arguments)

    async def _joined(self, consumer: LinkConsumer | LinkListener) -> Consumer:
        """Where the process with the broker is away or only starts, it hears of this consumer with all the others."""
        if self._closed:
            raise _closed()
        self._consumers[consumer.id] = consumer
        if not self._linked.is_set():
            return consumer
        try:
            await self._asked(*consumer.wish)
        except BrokerUnavailable:
            if self._closed:
                raise
        except ParleyError:
            self.left(consumer.id)
            raise
        return consumer

    async def _keep_linked(self) -> None:
        while True:
            await self._use(await self._sockets())

    async def _use(self, end: socket.socket) -> None:
        """Until this link ends, which it may do before it has answered anything."""
        lost = asyncio.Event()
        wire = Wire(self._on_command, lambda: self._on_lost(lost))
        try:
            await asyncio.get_running_loop().create_unix_connection(lambda: wire, sock=end)
        except OSError as error:
            log.warning("link_unusable", error=str(error))
            end.close()
            return
        if not lost.is_set():
            self._wire, self._trouble = wire, None
            await self._introduce_ourselves()
        await lost.wait()

    async def _introduce_ourselves(self) -> None:
        try:
            await self._declare(list(self._topology.values()))
            known = set[int]()
            while new := [consumer for id, consumer in self._consumers.items() if id not in known]:
                known |= {consumer.id for consumer in new}
                await asyncio.gather(*(self.ask(*consumer.wish) for consumer in new))
        except ParleyError as error:
            log.error("link_refused", code=error.code, detail=error.operator_detail)
            return
        if self._wire is not None:
            self._linked.set()

    def _on_lost(self, lost: asyncio.Event) -> None:
        """What waits for an answer learns it now: the next link can be used only when nothing waits on this one."""
        lost.set()
        self._wire = None
        self._linked.clear()
        self._fail_all()
        for consumer in list(self._consumers.values()):
            consumer.link_lost()

    async def _declare(self, topology: Sequence[Subscription]) -> None:
        await self.ask("start", [(each.queue, each.patterns, each.delivery_limit) for each in topology])

    def _fail_all(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            if not answer.done():
                error = BrokerUnavailable("broker_away", BROKER_AWAY, operator_detail="the link ended unanswered")
                answer.set_exception(error)

    def _on_command(self, command: Command) -> None:
        word, number, *rest = command
        if word == "done":
            self._answer(number, rest[0], None)
        elif word == "failed":
            self._answer(number, None, _error(*rest))
        elif word == "trouble":
            self._trouble = number
        elif (consumer := self._consumers.get(number)) is not None:
            consumer.take(*rest)

    def _answer(self, number: int, result: Any, error: ParleyError | None) -> None:
        answer = self._waiting.pop(number, None)
        if answer is None or answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(result)


def _closed() -> BrokerUnavailable:
    return BrokerUnavailable("broker_closed", BROKER_AWAY, operator_detail=_CLOSED)


def _error(kind: str, code: str, detail: str, operator_detail: str) -> ParleyError:
    if kind == "Invalid":
        return Invalid(code, detail)
    if kind == "Unroutable":
        return Unroutable(code, detail, operator_detail=operator_detail)
    return BrokerUnavailable(code, detail, operator_detail=operator_detail)
