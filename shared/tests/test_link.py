"""The link to a broker in another process, when that process dies at a bad moment."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.link.client import LinkBroker
from shared.broker.link.server import LinkServer
from shared.broker.protocol import Subscription
from shared.clock import SystemClock
from shared.errors import BrokerUnavailable
from testkit.broker_harness import Notes, message
from testkit.eventually import eventually

QUEUE = Subscription("x.y.v1", ("y",), delivery_limit=10)


class Near:
    """The process with the broker, which outlives its links here."""

    def __init__(self, broker: EmbeddedBroker) -> None:
        self.broker = broker
        self._serving: list[asyncio.Task[None]] = []
        self._ends: list[socket.socket] = []

    def link(self) -> socket.socket:
        near, far = socket.socketpair()
        self._ends.append(near)
        self._serving.append(asyncio.create_task(LinkServer(self.broker).serve(near)))
        return far

    async def links_ended(self) -> None:
        serving, self._serving = self._serving, []
        await asyncio.gather(*serving)


class Far(LinkBroker):
    """The process without a broker. It is introduced to the other one by `meet`."""

    def __init__(self) -> None:
        self._met: asyncio.Queue[socket.socket] = asyncio.Queue()
        super().__init__(self._met.get)

    def meet(self, end: socket.socket) -> None:
        self._met.put_nowait(end)


@pytest.fixture
async def near() -> AsyncIterator[Near]:
    broker = EmbeddedBroker(None, SystemClock())
    await broker.start([QUEUE])
    near = Near(broker)
    yield near
    await near.links_ended()
    await broker.close()


@pytest.fixture
async def far(near: Near) -> AsyncIterator[Far]:
    far = Far()
    yield far
    await far.close()


async def test_a_link_that_ends_before_it_was_declared_is_replaced_by_the_next(near: Near, far: Far):
    """The other process is killed twice: the second time while it starts."""
    stillborn, ours = socket.socketpair()
    far.meet(ours)
    starting = asyncio.create_task(far.start([QUEUE]))
    await eventually(lambda: far._waiting)
    stillborn.close()
    far.meet(near.link())
    async with asyncio.timeout(10):
        await starting
    notes = Notes()
    await far.subscribe(QUEUE.queue, notes)
    await far.publish(message("y", b"1"))
    await eventually(lambda: notes.bodies == [b"1"])


async def test_a_link_that_ends_while_consumers_subscribe_again_is_replaced(near: Near, far: Far):
    far.meet(first := near.link())
    await far.start([QUEUE])
    notes = Notes()
    await far.subscribe(QUEUE.queue, notes)
    first.shutdown(socket.SHUT_RDWR)
    await near.links_ended()
    stillborn, ours = socket.socketpair()
    far.meet(ours)
    await eventually(lambda: far._waiting)
    asked = asyncio.create_task(far.depth(QUEUE.queue))
    await asyncio.sleep(0)
    stillborn.close()
    far.meet(near.link())
    with pytest.raises(BrokerUnavailable):
        await asked
    await near.broker.publish(message("y", b"1"))
    await eventually(lambda: notes.bodies == [b"1"])


async def test_a_socket_that_cannot_be_used_costs_only_itself(near: Near, far: Far):
    closed, _ = socket.socketpair()
    closed.close()
    far.meet(closed)
    far.meet(near.link())
    async with asyncio.timeout(10):
        await far.start([QUEUE])
