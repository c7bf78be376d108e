"""Thin layers over a broker: one notes what a handler publishes, one says when so many deliveries are settled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from shared.broker.protocol import Broker, Consumer, Delivery, FanOut, Handle, Message, QueueLook, Subscription


@dataclass
class Published:
    """What a handler published, in order; `transient` where nobody waits for a confirm."""

    message: Message
    transient: bool


@dataclass
class NotingBroker:
    """Passes everything on and remembers what was published."""

    inner: Broker
    noted: list[Published] = field(default_factory=list[Published])

    async def publish(self, message: Message) -> None:
        self.noted.append(Published(message, transient=False))
        await self.inner.publish(message)

    async def publish_transient(self, message: Message) -> None:
        self.noted.append(Published(message, transient=True))
        await self.inner.publish_transient(message)

    async def start(self, topology: Sequence[Subscription]) -> None:
        await self.inner.start(topology)

    async def send_to_queue(self, queue: str, message: Message) -> None:
        await self.inner.send_to_queue(queue, message)

    async def subscribe(self, queue: str, handle: Handle, *, prefetch: int = 32) -> Consumer:
        return await self.inner.subscribe(queue, handle, prefetch=prefetch)

    async def listen(self, fan_out: FanOut, handle: Callable[[Message], Awaitable[None]]) -> Consumer:
        return await self.inner.listen(fan_out, handle)

    async def depth(self, queue: str) -> int:
        return await self.inner.depth(queue)

    async def look(self, queue: str) -> QueueLook:
        return await self.inner.look(queue)

    def trouble(self) -> str | None:
        return self.inner.trouble()

    async def close(self) -> None:
        await self.inner.close()


class Countdown(NotingBroker):
    """As above, and `finished` once that many deliveries have been handled and settled."""

    def __init__(self, inner: Broker, count: int) -> None:
        super().__init__(inner)
        self.finished = asyncio.Event()
        self._left = count

    async def subscribe(self, queue: str, handle: Handle, *, prefetch: int = 32) -> Consumer:
        async def counted(delivery: Delivery) -> None:
            await handle(delivery)
            self._left -= 1
            if self._left <= 0:
                self.finished.set()

        return await self.inner.subscribe(queue, counted, prefetch=prefetch)
