"""The end of a link where the broker lives: does what the other process asks, and hands it deliveries.

When the link ends, so does the other process as far as we know: what it held goes back to its queues at once.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from shared.broker.link.wire import Command, Wire, packed, unpacked
from shared.broker.protocol import Broker, Consumer, Delivery, FanOut, Message, Subscription
from shared.errors import BrokerUnavailable, Invalid, ParleyError, Unroutable

log = structlog.get_logger()

_LOOK_FOR_TROUBLE_EVERY_SECONDS = 0.5
_LEFT_BEHIND_SECONDS = 1.0
"""How long deliveries of a process that is gone may take to go back."""


class LinkServer:
    """One process at the other end. `broker` is started by its owner."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._wire = Wire(self._on_command, self._on_lost)
        self._consumers: dict[int, Consumer] = {}
        self._held: dict[int, asyncio.Future[Command]] = {}
        """Deliveries that the other process has, and how it will settle them."""
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._trouble: str | None = None
        self._over = asyncio.Event()

    async def serve(self, end: socket.socket) -> None:
        """Until the other end closes the link."""
        await asyncio.get_running_loop().create_unix_connection(lambda: self._wire, sock=end)
        try:
            while not self._over.is_set():
                self._tell_trouble()
                try:
                    async with asyncio.timeout(_LOOK_FOR_TROUBLE_EVERY_SECONDS):
                        await self._over.wait()
                except TimeoutError:
                    continue
        finally:
            self._wire.close()
            await self._give_everything_back()

    async def _give_everything_back(self) -> None:
        """Consumers stop first: one that still takes messages would get the same ones again, and each time counts."""
        consumers, self._consumers = list(self._consumers.values()), {}
        stopping = [asyncio.create_task(consumer.stop(_LEFT_BEHIND_SECONDS)) for consumer in consumers]
        await asyncio.sleep(0)
        for settled in list(self._held.values()):
            settled.cancel()
        for failed in await asyncio.gather(*stopping, return_exceptions=True):
            if isinstance(failed, Exception):  # the disk, mostly: what is not written comes again
                log.error("link_consumer_not_stopped", error=str(failed))

    def _tell_trouble(self) -> None:
        trouble = self._broker.trouble()
        if trouble != self._trouble:
            self._trouble = trouble
            self._wire.say(("trouble", trouble))

    def _on_lost(self) -> None:
        self._over.set()

    def _on_command(self, command: Command) -> None:
        word, *rest = command
        if word == "publish":
            number, fields = rest
            self._answer(number, self._broker.publish(unpacked(fields)))
        elif word == "settle":
            number, delivery, *how = rest
            if (settled := self._held.pop(delivery, None)) is not None and not settled.done():
                settled.set_result((number, *how))
        else:
            number, *arguments = rest
            act: Callable[..., Awaitable[Any]] = getattr(self, f"_{word}")
            self._answer(number, act(*arguments))

    def _answer(self, number: int, work: Awaitable[Any]) -> None:
        task = asyncio.create_task(self._do(number, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, number: int, work: Awaitable[Any]) -> None:
        try:
            self._wire.say(("done", number, await work))
        except (BrokerUnavailable, Unroutable, Invalid) as error:
            self._wire.say(("failed", number, *_said(error)))
        except Exception as error:
            log.exception("link_failed")
            self._wire.say(("failed", number, "BrokerUnavailable", "broker_failed", str(error), str(error)))

    async def _start(self, topology: list[tuple[str, tuple[str, ...], int]]) -> None:
        await self._broker.start([Subscription(*each) for each in topology])

    async def _transient(self, fields: Command) -> None:
        await self._broker.publish_transient(unpacked(fields))

    async def _send(self, queue: str, fields: Command) -> None:
        await self._broker.send_to_queue(queue, unpacked(fields))

    async def _depth(self, queue: str) -> int:
        return await self._broker.depth(queue)

    async def _look(self, queue: str) -> tuple[int, int]:
        found = await self._broker.look(queue)
        return found.ready, found.consumers

    async def _subscribe(self, consumer: int, queue: str, prefetch: int) -> None:
        async def handle(delivery: Delivery) -> None:
            await self._hand_over(consumer, delivery)

        await self._keep(consumer, await self._broker.subscribe(queue, handle, prefetch=prefetch))

    async def _listen(self, listener: int, name: str, patterns: tuple[str, ...], max_length: int) -> None:
        async def handle(message: Message) -> None:
            self._wire.say(("heard", listener, packed(message)))

        await self._keep(listener, await self._broker.listen(FanOut(name, patterns, max_length), handle))

    async def _keep(self, id: int, fresh: Consumer) -> None:
        """One consumer for each id. One that comes after the end of the link would take messages for no one."""
        await self._stop(id, _LEFT_BEHIND_SECONDS)
        self._consumers[id] = fresh
        if self._over.is_set():
            await self._stop(id, 0)

    async def _stop(self, consumer: int, grace_seconds: float) -> None:
        if (leaving := self._consumers.pop(consumer, None)) is not None:
            await leaving.stop(grace_seconds)

    async def _hand_over(self, consumer: int, delivery: Delivery) -> None:
        id = next(self._numbers)
        settled: asyncio.Future[Command] = asyncio.get_running_loop().create_future()
        self._held[id] = settled
        facts = (delivery.queue, delivery.attempt, delivery.redelivered)
        self._wire.say(("deliver", consumer, id, facts, packed(delivery.message)))
        try:
            number, how, *arguments = await settled
        finally:
            self._held.pop(id, None)
        await getattr(delivery, how)(*arguments)
        if number:
            self._wire.say(("done", number, None))


def _said(error: ParleyError) -> tuple[str, str, str, str]:
    kind = next(each for each in (Unroutable, Invalid, BrokerUnavailable) if isinstance(error, each))
    return kind.__name__, error.code, error.detail, error.operator_detail
