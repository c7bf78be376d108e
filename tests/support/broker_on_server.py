"""A RabbitMQ broker in a test of its own: connected, through a proxy that can cut, and its queues taken away."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sized
from urllib.parse import urlsplit

import aio_pika

from shared.broker.protocol import Subscription
from shared.broker.rabbitmq.broker import RabbitBroker
from shared.clock import SystemClock
from shared.errors import BrokerUnavailable
from testkit.contract.broker_harness import Names, message
from testkit.eventually import eventually
from testkit.tcp_proxy import TcpProxy


@contextlib.asynccontextmanager
async def connected(url: str, *topology: Subscription) -> AsyncIterator[RabbitBroker]:
    broker = RabbitBroker(url, SystemClock(), "fault test")
    try:
        await broker.start(topology)
        yield broker
    finally:
        await broker.close()


def through(proxy: TcpProxy, url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}").geturl()


async def grown_by(count: int, collection: Sized, at_most: int = 1_000_000) -> None:
    wanted = min(len(collection) + count, at_most)
    await eventually(lambda: len(collection) >= wanted, within=30)


async def publishes(broker: RabbitBroker, names: Names) -> bool:
    with contextlib.suppress(BrokerUnavailable):
        await broker.publish(message(names.key("a")))
        return True
    return False


async def delete_queue(url: str, queue: str) -> None:
    connection = await aio_pika.connect(url)
    async with connection, connection.channel() as channel:
        await channel.queue_delete(queue)
