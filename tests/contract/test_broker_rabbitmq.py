"""What only a broker behind a network has to prove: it outlives its server, its connections and its operators."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from broker_on_server import connected, grown_by, publishes, through
from shared.broker.protocol import Delivery, FanOut
from shared.broker.rabbitmq.broker import RabbitBroker
from shared.clock import SystemClock
from shared.errors import BrokerUnavailable
from testkit.contract.broker_harness import Names, Notes, message
from testkit.eventually import eventually
from testkit.servers.rabbitmq import LocalNode
from testkit.tcp_proxy import TcpProxy

pytestmark = pytest.mark.rabbitmq


@pytest.fixture
async def proxy(rabbitmq_url: str) -> AsyncIterator[TcpProxy]:
    parts = urlsplit(rabbitmq_url)
    async with TcpProxy(parts.hostname or "localhost", parts.port or 5672) as proxy:
        yield proxy


class Traffic:
    """Publishes without end from several tasks and repeats what was not confirmed, as the outbox does."""

    def __init__(self, broker: RabbitBroker, key: str) -> None:
        self.confirmed: set[str] = set()
        self.unconfirmed = 0
        self._broker = broker
        self._key = key
        self._going = True
        self._tasks = [asyncio.create_task(self._publish(worker)) for worker in range(8)]

    async def stop(self) -> None:
        self._going = False
        await asyncio.gather(*self._tasks)

    async def _publish(self, worker: int) -> None:
        n = 0
        while self._going:
            n += 1
            body = f"{worker}-{n}"
            while True:
                try:
                    await self._broker.publish(message(self._key, body.encode()))
                except BrokerUnavailable:
                    self.unconfirmed += 1
                    await asyncio.sleep(0.05)
                    continue
                self.confirmed.add(body)
                break


async def test_a_cut_connection_under_load_loses_nothing(rabbitmq_url: str, proxy: TcpProxy, names: Names) -> None:
    queue = names.queue("work", "a")
    handled: set[str] = set()

    async def handle(delivery: Delivery) -> None:
        await asyncio.sleep(0.002)
        handled.add(delivery.message.body.decode())
        await delivery.ack()

    async with connected(through(proxy, rabbitmq_url), queue) as broker:
        await broker.subscribe(queue.queue, handle)
        traffic = Traffic(broker, names.key("a"))
        for cut in range(1, 4):
            await eventually(lambda wanted=cut * 100: len(traffic.confirmed) > wanted, within=30)
            proxy.cut()
            await eventually(lambda: broker.trouble() is not None)
            await eventually(lambda: broker.trouble() is None, within=20)
        await traffic.stop()
        await eventually(lambda: traffic.confirmed <= handled, within=30)
        assert traffic.unconfirmed > 0, "the cuts were not felt"


@pytest.mark.slow
async def test_a_server_killed_under_load_loses_nothing_confirmed(own_rabbitmq: LocalNode, names: Names) -> None:
    queue = names.queue("work", "a")
    handled: set[str] = set()
    live = Notes()

    async def handle(delivery: Delivery) -> None:
        handled.add(delivery.message.body.decode())
        await delivery.ack()

    async with connected(own_rabbitmq.url, queue) as broker:
        await broker.subscribe(queue.queue, handle)
        await broker.listen(FanOut("live", (names.key("rt"),)), live.heard)
        traffic = Traffic(broker, names.key("a"))
        for round_ in (1, 2):
            await grown_by(200, handled)
            await asyncio.to_thread(own_rabbitmq.kill if round_ == 1 else own_rabbitmq.stop)
            await eventually(lambda: broker.trouble() is not None)
            await asyncio.to_thread(own_rabbitmq.start)
            await eventually(lambda: broker.trouble() is None, within=30)
        await grown_by(200, handled)
        await traffic.stop()
        await eventually(lambda: traffic.confirmed <= handled, within=30)
        await broker.publish_transient(message(names.key("rt")))
        await eventually(lambda: len(live.transient) == 1)


@pytest.mark.slow
async def test_under_a_memory_alarm_publishing_fails_in_time_and_consuming_goes_on(
    own_rabbitmq: LocalNode, names: Names
) -> None:
    queue = names.queue("work", "a", delivery_limit=2)
    again = asyncio.Event()

    async def handle(delivery: Delivery) -> None:
        if delivery.message.body == b"retry" and delivery.attempt == 0:
            await again.wait()
            await delivery.retry(1, "later")
        else:
            await delivery.ack()

    async with connected(own_rabbitmq.url, queue) as broker:
        bodies = [b"retry", *(str(i).encode() for i in range(5))]
        for body in bodies:
            await broker.publish(message(names.key("a"), body))
        await asyncio.to_thread(own_rabbitmq.control, "set_vm_memory_high_watermark", "0.00001")
        with pytest.raises(BrokerUnavailable):
            await broker.publish(message(names.key("a"), b"late"))
        assert "alarm" in (broker.trouble() or "")
        notes = Notes(handle)
        await broker.subscribe(queue.queue, notes)
        await eventually(lambda: sorted(notes.bodies)[:6] == sorted(bodies))
        again.set()  # its retry cannot be confirmed now
        with pytest.raises(BrokerUnavailable):
            await broker.publish(message(names.key("a"), b"late"))
        await asyncio.to_thread(own_rabbitmq.control, "set_vm_memory_high_watermark", "0.4")
        await eventually(lambda: publishes(broker, names), within=20)
        await eventually(lambda: notes.bodies.count(b"retry") >= 2, within=20)
        assert await broker.depth(queue.dead_queue) == 0
        assert broker.trouble() is None


async def test_a_silent_network_makes_publishing_fail_in_time(rabbitmq_url: str, proxy: TcpProxy, names: Names) -> None:
    queue = names.queue("work", "a")
    async with connected(through(proxy, rabbitmq_url), queue) as broker:
        await broker.publish(message(names.key("a")))
        proxy.stall()
        begun = time.monotonic()
        results = await asyncio.gather(
            *(broker.publish(message(names.key("a"))) for _ in range(10)), return_exceptions=True
        )
        assert time.monotonic() - begun < 7
        assert all(isinstance(result, BrokerUnavailable) for result in results)
        assert "confirm" in (broker.trouble() or "")
        proxy.flow()
        await eventually(lambda: publishes(broker, names), within=10)
        assert broker.trouble() is None


@pytest.mark.slow
async def test_a_silent_network_is_noticed_by_heartbeats(rabbitmq_url: str, proxy: TcpProxy, names: Names) -> None:
    queue = names.queue("work", "a")
    async with connected(through(proxy, rabbitmq_url), queue) as broker:
        notes = Notes()
        await broker.subscribe(queue.queue, notes)
        proxy.stall()
        await eventually(lambda: broker.trouble() is not None, within=45)
        proxy.cut()
        proxy.flow()
        await eventually(lambda: publishes(broker, names), within=30)
        await eventually(lambda: len(notes.deliveries) > 0, within=30)


async def test_an_ack_on_a_lost_connection_is_dropped_and_the_message_comes_again(
    rabbitmq_url: str, proxy: TcpProxy, names: Names
) -> None:
    queue = names.queue("work", "a")
    go = asyncio.Event()

    async def slow_the_first_time(delivery: Delivery) -> None:
        if not delivery.redelivered:
            await go.wait()
        await delivery.ack()

    async with connected(through(proxy, rabbitmq_url), queue) as broker:
        notes = Notes(slow_the_first_time)
        consumer = await broker.subscribe(queue.queue, notes, prefetch=2)
        await broker.publish(message(names.key("a")))
        await eventually(lambda: len(notes.deliveries) == 1)
        proxy.cut()
        await eventually(lambda: len(notes.deliveries) == 2, within=20)
        go.set()
        await consumer.stop()
        assert [d.redelivered for d in notes.deliveries] == [False, True]
        assert await broker.depth(queue.queue) == 0


async def test_stopping_under_load_never_loses_an_ack(rabbitmq_url: str, names: Names) -> None:
    queue = names.queue("work", "a")
    handled: list[bytes] = []

    async def handle(delivery: Delivery) -> None:
        await asyncio.sleep(0.01)
        handled.append(delivery.message.body)
        await delivery.ack()

    async with connected(rabbitmq_url, queue) as broker, connected(rabbitmq_url, queue) as other:
        await asyncio.gather(*(broker.publish(message(names.key("a"), str(i).encode())) for i in range(1_500)))
        for _ in range(15):
            consumer = await other.subscribe(queue.queue, handle)
            await grown_by(40, handled, at_most=1_500)
            await consumer.stop()
            assert other.trouble() is None
        await other.subscribe(queue.queue, handle)
        await eventually(lambda: len(handled) >= 1_500, within=30)
        assert sorted(handled, key=int) == [str(i).encode() for i in range(1_500)], "handled twice: an ack was lost"


async def test_a_server_that_is_not_there_is_said(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.broker.rabbitmq.broker._FIRST_CONNECT_SECONDS", 1.5)
    broker = RabbitBroker("amqp://guest:guest@127.0.0.1:1/", SystemClock(), "test")
    with pytest.raises(BrokerUnavailable):
        await broker.start([names.queue("work", "a")])
    assert "RabbitMQ" in (broker.trouble() or "")
    with pytest.raises(BrokerUnavailable):
        await broker.publish(message(names.key("a")))
    await broker.close()


async def test_a_broker_started_before_its_server_is_reachable_comes_up_later(
    rabbitmq_url: str, proxy: TcpProxy, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.broker.rabbitmq.broker._FIRST_CONNECT_SECONDS", 1.5)
    proxy.refusing = True
    broker = RabbitBroker(through(proxy, rabbitmq_url), SystemClock(), "test")
    with pytest.raises(BrokerUnavailable):
        await broker.start([names.queue("work", "a")])
    notes = Notes()
    await broker.subscribe(names.queue("work").queue, notes)
    proxy.refusing = False
    await eventually(lambda: publishes(broker, names), within=20)
    await eventually(lambda: len(notes.deliveries) >= 1)
    assert broker.trouble() is None
    await broker.close()
