"""Publishing to RabbitMQ: confirmed or an error, never a guess.

No confirm within five seconds means unknown, not failed: under a memory alarm the server stores the message once the
alarm is over. So publishing the same message again must be harmless.
"""

from __future__ import annotations

import asyncio
import time

import structlog
from aio_pika import Message as AmqpMessage
from aio_pika.abc import AbstractChannel, AbstractExchange
from aio_pika.exceptions import DeliveryError, PublishError

from shared.broker.rabbitmq.connection import AMQP_FAILURES, Link, cancelled_by_us
from shared.errors import BROKER_AWAY, BrokerUnavailable, Unroutable

_CONFIRM_SECONDS = 5.0
_IN_FLIGHT = 200  # more are slower: the event loop is the limit, not the server
_TROUBLE_LASTS_SECONDS = 30.0
_log = structlog.get_logger(__name__)


class Publisher:
    def __init__(self, link: Link) -> None:
        self._link = link
        self._in_flight = asyncio.Semaphore(_IN_FLIGHT)
        self._opening = asyncio.Lock()
        self._confirmed: AbstractChannel | None = None
        self._transient: AbstractChannel | None = None
        self._exchanges: dict[tuple[int, str], AbstractExchange] = {}
        self._unanswered_at: float | None = None

    def trouble(self) -> str | None:
        if self._unanswered_at is None or time.monotonic() - self._unanswered_at > _TROUBLE_LASTS_SECONDS:
            return None
        return "RabbitMQ does not confirm what is published: is a memory or disk alarm on?"

    async def confirmed(self, exchange: str, routing_key: str, message: AmqpMessage) -> None:
        await self._attempt(exchange, routing_key, message, durable=True)

    async def transient(self, exchange: str, routing_key: str, message: AmqpMessage) -> None:
        await self._attempt(exchange, routing_key, message, durable=False)

    async def _attempt(self, exchange: str, routing_key: str, message: AmqpMessage, durable: bool) -> None:
        try:
            async with asyncio.timeout(_CONFIRM_SECONDS), self._in_flight:
                target = await self._exchange(exchange, durable)
                await target.publish(message, routing_key, mandatory=durable)
        except asyncio.CancelledError:
            if cancelled_by_us():
                raise
            raise _unconfirmed("the connection was lost while waiting for the confirm") from None
        except PublishError as error:
            detail = f"no queue wants {routing_key!r}: is its consumer part of the declared topology?"
            raise Unroutable("unroutable", detail) from error
        except DeliveryError as error:
            raise _unconfirmed("the server refused it (queue full, or its leader is moving)") from error
        except TimeoutError as error:
            self._unanswered_at = time.monotonic()
            raise _unconfirmed(f"no confirm within {_CONFIRM_SECONDS:.0f} s") from error
        except AMQP_FAILURES as error:
            raise _unconfirmed(f"{type(error).__name__}: {error}") from error
        self._unanswered_at = None

    async def _exchange(self, name: str, durable: bool) -> AbstractExchange:
        channel = self._confirmed if durable else self._transient
        if channel is None or channel.is_closed:
            channel = await self._open(durable)
        if not name:
            return channel.default_exchange
        key = (id(channel), name)
        if key not in self._exchanges:
            self._exchanges[key] = await channel.get_exchange(name, ensure=False)
        return self._exchanges[key]

    async def _open(self, durable: bool) -> AbstractChannel:
        async with self._opening:
            channel = self._confirmed if durable else self._transient
            if channel is not None and not channel.is_closed:
                return channel  # somebody else opened it while we waited
            connection = self._link.connection()
            if connection is None:
                raise _unconfirmed(self._link.trouble or "not connected")
            channel = await connection.channel(publisher_confirms=durable, on_return_raises=durable)
            self._exchanges.clear()
            if durable:
                self._confirmed = channel
            else:
                self._transient = channel
            return channel


def _unconfirmed(why: str) -> BrokerUnavailable:
    what = f"{why}; it may have been published, publish it again"
    return BrokerUnavailable("not_confirmed", BROKER_AWAY, operator_detail=what)
