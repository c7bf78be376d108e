"""The link to a broker in another process, when that process dies at a bad moment."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator, Sequence

import pytest

from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.link.client import LinkBroker
from shared.broker.link.server import LinkServer
from shared.broker.protocol import Delivery, Subscription
from shared.clock import SystemClock
from shared.errors import BrokerUnavailable
from testkit.contract.broker_harness import Notes, message
from testkit.eventually import eventually

QUEUE = Subscription("x.y.v1", ("y",), delivery_limit=10)


class SlowToOpen(EmbeddedBroker):
    def __init__(self) -> None:
        super().__init__(None, SystemClock())
        self.opening = asyncio.Event()
        self.opening.set()

    async def start(self, topology: Sequence[Subscription]) -> None:
        await self.opening.wait()
        await super().start(topology)


class Near:
    """The process with the broker, which outlives its links here."""

    def __init__(self, broker: SlowToOpen) -> None:
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


async def forever(_: Delivery) -> None:
    await asyncio.Event().wait()


@pytest.fixture
async def near() -> AsyncIterator[Near]:
    broker = SlowToOpen()
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


async def test_each_death_counts_one_delivery_of_what_was_held(near: Near):
    """So that a process that is killed again and again does not turn what it held into dead letters so soon."""
    await near.broker.publish(message("y", b"1"))
    for deaths in range(1, 4):
        far, held = Far(), Notes(settle=forever)
        far.meet(end := near.link())
        await far.start([QUEUE])
        await far.subscribe(QUEUE.queue, held)
        await eventually(lambda held=held: held.bodies == [b"1"])
        end.shutdown(socket.SHUT_RDWR)
        await near.links_ended()
        await far.close()
        (entry,) = near.broker._queues[QUEUE.queue]._window
        assert entry.handed_out == deaths


async def test_who_subscribes_while_a_link_is_declared_is_subscribed_once(near: Near, far: Far):
    far.meet(first := near.link())
    await far.start([QUEUE])
    first.shutdown(socket.SHUT_RDWR)
    await near.links_ended()
    near.broker.opening.clear()
    far.meet(second := near.link())
    await eventually(lambda: far._waiting)
    await far.subscribe(QUEUE.queue, Notes(settle=forever))
    near.broker.opening.set()
    await eventually(lambda: far.trouble() is None)
    assert len(near.broker._queues[QUEUE.queue]._takers) == 1
    second.shutdown(socket.SHUT_RDWR)
    await near.links_ended()
    assert near.broker._queues[QUEUE.queue]._takers == []


async def test_a_disk_that_fails_while_a_link_ends_costs_only_what_was_not_written(
    near: Near, far: Far, monkeypatch: pytest.MonkeyPatch
):
    async def fail() -> None:
        raise sqlite3.OperationalError("disk I/O error")

    far.meet(end := near.link())
    await far.start([QUEUE])
    await far.subscribe(QUEUE.queue, Notes())
    with monkeypatch.context() as faulty:
        faulty.setattr(near.broker, "flush", fail)
        end.shutdown(socket.SHUT_RDWR)
        await near.links_ended()
    assert near.broker._queues[QUEUE.queue]._takers == []


async def test_a_socket_that_cannot_be_used_costs_only_itself(near: Near, far: Far):
    closed, _ = socket.socketpair()
    closed.close()
    far.meet(closed)
    far.meet(near.link())
    async with asyncio.timeout(10):
        await far.start([QUEUE])
