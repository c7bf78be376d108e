"""Consumers at the far end of a link, and the deliveries they hand to their handlers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import structlog

from shared.broker.inbox import Inbox
from shared.broker.link.wire import Command, unpacked
from shared.broker.protocol import FanOut, Handle, Message
from shared.errors import BrokerUnavailable

log = structlog.get_logger()

_PAUSE_SECONDS = 1.0  # before a message is given back after its handler failed
_LONGER_SECONDS = 5.0  # the other end's grace ends first


class Link(Protocol):
    """The broker, as its consumers see it."""

    def say(self, command: Command) -> None: ...
    def ask(self, word: str, *arguments: Any) -> asyncio.Future[Any]: ...
    def left(self, consumer: int) -> None: ...


class LinkDelivery:
    def __init__(self, link: Link, id: int, facts: tuple[str, int, bool], message: Message) -> None:
        self._link: Link | None = link
        self._id = id
        self.queue, self.attempt, self.redelivered = facts
        self.message = message

    async def ack(self) -> None:
        # Not awaited, as with the other brokers. If it is lost, the message comes again, marked redelivered.
        self._settle("ack")

    async def retry(self, delay_seconds: float, reason: str) -> None:
        await self._confirmed("retry", delay_seconds, reason)

    async def dead(self, reason: str) -> None:
        await self._confirmed("dead", reason)

    async def release(self) -> None:
        self._settle("release")

    def forget(self) -> None:
        """The link ended: the other end has given the message back already."""
        self._link = None

    def _take_link(self) -> Link | None:
        """For the first settlement only."""
        link, self._link = self._link, None
        return link

    def _settle(self, how: str) -> None:
        if (link := self._take_link()) is not None:
            link.say(("settle", 0, self._id, how))

    async def _confirmed(self, how: str, *arguments: Any) -> None:
        if (link := self._take_link()) is not None:
            with contextlib.suppress(BrokerUnavailable):  # the link ended: the message comes again
                await link.ask("settle", self._id, how, *arguments)


class LinkConsumer:
    def __init__(self, id: int, link: Link, queue: str, handle: Handle, prefetch: int) -> None:
        self.id = id
        self._link = link
        self._queue = queue
        self._handle = handle
        self._prefetch = prefetch
        self._held: dict[asyncio.Task[None], LinkDelivery] = {}

    @property
    def wish(self) -> tuple[Any, ...]:
        """What the other end is asked for, at each new link."""
        return ("subscribe", self.id, self._queue, self._prefetch)

    def take(self, id: int, facts: tuple[str, int, bool], fields: Command) -> None:
        delivery = LinkDelivery(self._link, id, facts, unpacked(fields))
        task = asyncio.create_task(self._run(delivery))
        self._held[task] = delivery
        task.add_done_callback(lambda done: self._held.pop(done, None))

    def link_lost(self) -> None:
        for delivery in self._held.values():
            delivery.forget()

    async def stop(self, grace_seconds: float = 25.0) -> None:
        with contextlib.suppress(BrokerUnavailable, TimeoutError):
            async with asyncio.timeout(grace_seconds + _LONGER_SECONDS):
                await self._link.ask("stop", self.id, grace_seconds)
        self._link.left(self.id)
        late = [task for task in self._held if task is not asyncio.current_task()]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, delivery: LinkDelivery) -> None:
        try:
            await self._handle(delivery)
        except asyncio.CancelledError:
            await delivery.release()
            raise
        except Exception:
            log.exception("handler_failed_without_settling", queue=delivery.queue, event_id=delivery.message.event_id)
            await asyncio.sleep(_PAUSE_SECONDS)
            await delivery.release()


class LinkListener:
    def __init__(self, id: int, link: Link, fan_out: FanOut, handle: Callable[[Message], Awaitable[None]]) -> None:
        self.id = id
        self._link = link
        self._fan_out = fan_out
        self._inbox = Inbox(fan_out.max_length, handle)

    @property
    def wish(self) -> tuple[Any, ...]:
        return ("listen", self.id, self._fan_out.name, self._fan_out.patterns, self._fan_out.max_length)

    def take(self, fields: Command) -> None:
        self._inbox.offer(unpacked(fields))

    def link_lost(self) -> None: ...

    async def stop(self, grace_seconds: float = 25.0) -> None:
        with contextlib.suppress(BrokerUnavailable, TimeoutError):
            async with asyncio.timeout(grace_seconds):
                await self._link.ask("stop", self.id, grace_seconds)
                await self._inbox.drain()
        self._link.left(self.id)
        await self._inbox.close()
