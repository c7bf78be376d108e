"""What the contract suite of the brokers needs: a way to connect, unique names, and a consumer that takes notes."""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.link.client import LinkBroker
from shared.broker.link.server import LinkServer
from shared.broker.protocol import Broker, Delivery, Message, Subscription
from shared.broker.rabbitmq.broker import RabbitBroker
from shared.clock import SystemClock
from testkit.eventually import eventually

Settle = Callable[[Delivery], Awaitable[None]]


class BrokerHarness(Protocol):
    async def connect(self) -> Broker:
        """A client of the one broker under test; call `start` on it yourself."""
        ...

    async def reopen(self) -> Broker:
        """Every client left; a new one over the same stored messages."""
        ...

    async def close(self) -> None: ...


class EmbeddedHarness:
    """All clients share the one broker a process may have on its file."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._broker: EmbeddedBroker | None = None

    async def connect(self) -> Broker:
        if self._broker is None:
            self._broker = EmbeddedBroker(self._path, SystemClock())
        return self._broker

    async def reopen(self) -> Broker:
        await self.close()
        return await self.connect()

    async def close(self) -> None:
        if self._broker is not None:
            await self._broker.close()
        self._broker = None


class LinkHarness:
    """Every client is at the far end of a link of its own to one embedded broker."""

    def __init__(self, path: Path) -> None:
        self._near = EmbeddedHarness(path)
        self._far: list[LinkBroker] = []
        self._serving: list[asyncio.Task[None]] = []

    async def connect(self) -> Broker:
        broker = await self._near.connect()
        await broker.start([])
        near, far = socket.socketpair()
        self._serving.append(asyncio.create_task(LinkServer(broker).serve(near)))
        sockets: asyncio.Queue[socket.socket] = asyncio.Queue()
        sockets.put_nowait(far)
        self._far.append(LinkBroker(sockets.get))
        return self._far[-1]

    async def reopen(self) -> Broker:
        await self.close()
        return await self.connect()

    async def close(self) -> None:
        far, self._far = self._far, []
        await asyncio.gather(*(broker.close() for broker in far))
        serving, self._serving = self._serving, []
        await asyncio.gather(*serving)
        await self._near.close()


class RabbitHarness:
    """Every client has connections of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._brokers: list[RabbitBroker] = []

    async def connect(self) -> Broker:
        broker = RabbitBroker(self.url, SystemClock(), client_name="contract suite")
        self._brokers.append(broker)
        return broker

    async def reopen(self) -> Broker:
        await self.close()
        return await self.connect()

    async def close(self) -> None:
        brokers, self._brokers = self._brokers, []
        await asyncio.gather(*(broker.close() for broker in brokers))


class Names:
    """A corner of the broker nobody else uses: one prefix per test."""

    def __init__(self) -> None:
        self.prefix = f"t{uuid.uuid4().hex[:12]}"

    def key(self, rest: str) -> str:
        return f"{self.prefix}.{rest}"

    def queue(self, name: str, *patterns: str, delivery_limit: int = 20) -> Subscription:
        full = tuple(f"{self.prefix}.{pattern}" for pattern in patterns)
        return Subscription(f"{self.prefix}-{name}.v1", full, delivery_limit)


def message(key: str, body: bytes = b"{}", headers: Mapping[str, str] | None = None) -> Message:
    return Message(
        key, body, event_id=str(uuid.uuid4()), tenant_id="ten_1", partition_key="thr_1", headers=headers or {}
    )


async def ack(delivery: Delivery) -> None:
    await delivery.ack()


class Notes:
    """A handler that writes down what it got and settles it as told (default: ack)."""

    def __init__(self, settle: Settle = ack) -> None:
        self.deliveries: list[Delivery] = []
        self.transient: list[Message] = []
        self._settle = settle

    async def __call__(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        await self._settle(delivery)

    async def heard(self, message: Message) -> None:
        self.transient.append(message)

    @property
    def bodies(self) -> list[bytes]:
        return [delivery.message.body for delivery in self.deliveries]


async def started(harness: BrokerHarness, *topology: Subscription) -> Broker:
    broker = await harness.connect()
    await broker.start(topology)
    return broker


async def has_depth(broker: Broker, queue: str, wanted: int) -> None:
    async def reached() -> bool:
        found = await broker.depth(queue)
        assert found == wanted
        return True

    await eventually(reached)


async def keep(_: Delivery) -> None:
    """Leave it unsettled."""
