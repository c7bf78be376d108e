"""Queues and bindings on the server that somebody deleted, that a consumer lost, or that an earlier version left."""

from __future__ import annotations

import asyncio
from functools import partial

import aio_pika
import pytest

from broker_on_server import connected, delete_queue
from shared.broker.protocol import Delivery, Subscription
from shared.broker.rabbitmq.broker import RabbitBroker
from shared.broker.topology import retry_queue
from shared.events.former_bindings_cli import remove_former_bindings
from testkit.contract.broker_harness import Names, Notes, message
from testkit.eventually import eventually

pytestmark = pytest.mark.rabbitmq


async def test_a_retry_whose_queue_was_deleted_is_not_lost(rabbitmq_url: str, names: Names) -> None:
    queue = names.queue("work", "a")
    async with connected(rabbitmq_url, queue) as broker:
        await delete_queue(rabbitmq_url, retry_queue(queue.queue, 1))

        async def retry_once(delivery: Delivery) -> None:
            await (delivery.ack() if delivery.attempt else delivery.retry(1, "later"))

        notes = Notes(retry_once)
        await broker.subscribe(queue.queue, notes)
        await broker.publish(message(names.key("a")))
        await eventually(lambda: len(notes.deliveries) == 2)
        assert [d.attempt for d in notes.deliveries] == [0, 1]


async def test_publishing_restores_a_deleted_queue(rabbitmq_url: str, names: Names) -> None:
    queue = names.queue("work", "a")
    async with connected(rabbitmq_url, queue) as broker:
        await delete_queue(rabbitmq_url, queue.queue)
        await broker.publish(message(names.key("a")))
        assert await broker.depth(queue.queue) == 1


async def test_the_watchdog_recovers_from_a_deleted_queue(rabbitmq_url: str, names: Names) -> None:
    queue = names.queue("work", "a")
    async with connected(rabbitmq_url, queue) as broker:
        notes = Notes()
        await broker.subscribe(queue.queue, notes)
        await delete_queue(rabbitmq_url, queue.queue)
        await broker.watchdog.check()
        await broker.publish(message(names.key("a")))
        await eventually(lambda: len(notes.deliveries) == 1)
        assert broker.trouble() is None


async def test_the_watchdog_recovers_a_closed_channel_with_work_in_hand(rabbitmq_url: str, names: Names) -> None:
    queue = names.queue("work", "a")
    go = asyncio.Event()

    async def wait_first(delivery: Delivery) -> None:
        if not delivery.redelivered:
            await go.wait()
        await delivery.ack()

    async with connected(rabbitmq_url, queue) as broker:
        notes = Notes(wait_first)
        consumer = await broker.subscribe(queue.queue, notes)
        await broker.publish(message(names.key("a")))
        await eventually(lambda: len(notes.deliveries) == 1)
        await consumer._channel.close()  # as the server does after its consumer timeout
        await broker.watchdog.check()
        await eventually(lambda: len(notes.deliveries) == 2)
        go.set()
        await broker.publish(message(names.key("a")))
        await eventually(lambda: len(notes.deliveries) == 3)


async def test_a_healthy_consumer_is_left_alone_by_the_watchdog(rabbitmq_url: str, names: Names) -> None:
    queue = names.queue("work", "a")
    async with connected(rabbitmq_url, queue) as broker:
        consumer = await broker.subscribe(queue.queue, Notes())
        channel = consumer._channel
        for _ in range(3):
            await broker.watchdog.check()
        assert consumer._channel is channel


async def test_a_queue_that_cannot_be_restored_is_reported(rabbitmq_url: str, names: Names) -> None:
    queue = names.queue("work", "a")
    async with connected(rabbitmq_url, queue) as broker:
        await broker.subscribe(queue.queue, Notes())
        await delete_queue(rabbitmq_url, queue.queue)
        connection = await aio_pika.connect(rabbitmq_url)
        async with connection, connection.channel() as channel:
            await channel.declare_queue(queue.queue, durable=True)  # a classic queue has taken the name
        await broker.watchdog.check()
        assert queue.queue in (broker.trouble() or "")
        await delete_queue(rabbitmq_url, queue.queue)
        await broker.watchdog.check()
        assert broker.trouble() is None


async def test_a_former_binding_stays_until_it_is_removed(rabbitmq_url: str, names: Names) -> None:
    """While services of two versions run, events by a key of the earlier one must still arrive."""
    old, new = names.key("sms.status"), names.key("sms.status.campaign")
    queue = names.queue("campaigns", "sms.status").queue
    others = Subscription(f"{queue}.others", (old, new))
    async with connected(rabbitmq_url, Subscription(queue, (old,)), others):
        pass
    today = Subscription(queue, (new,), former=(old,))
    async with connected(rabbitmq_url, today, others) as broker:
        await broker.publish(message(old))
        await eventually(partial(_depth_is, broker, queue, 1))
        for _ in range(2):
            await remove_former_bindings(rabbitmq_url, [today, others])
        await broker.publish(message(old))
        await broker.publish(message(new))
        await eventually(partial(_depth_is, broker, others.queue, 3))
        await eventually(partial(_depth_is, broker, queue, 2))


async def _depth_is(broker: RabbitBroker, queue: str, count: int) -> bool:
    assert await broker.depth(queue) == count
    return True
