"""Our message as an AMQP message, and back. Every attempt to publish gets an AMQP message id of its own.

aiormq pairs a returned message with its publish by `message_id`: two in flight with the same one, one of them
unroutable, and the wrong publish is confirmed. So the event's id travels in a header.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import cast

from aio_pika import DeliveryMode
from aio_pika import Message as AmqpMessage
from aio_pika.abc import AbstractIncomingMessage

from shared.broker import headers
from shared.broker.protocol import Message
from shared.broker.topology import is_dead_queue


def to_amqp(message: Message, attempt: int = 0, error: str | None = None, transient: bool = False) -> AmqpMessage:
    headers.check(message)
    table: dict[str, str | int] = {
        **headers.own(message.headers),
        headers.EVENT_ID: message.event_id,
        headers.TENANT: message.tenant_id,
        headers.PARTITION_KEY: message.partition_key,
        headers.ROUTING_KEY: message.routing_key,  # retries and dead letters travel under their queue's name
        headers.ATTEMPT: attempt,
    }
    if error is not None:
        table[headers.ERROR] = headers.reason(error)
    return AmqpMessage(
        message.body,
        headers=dict(table),
        message_id=uuid.uuid4().hex,
        delivery_mode=DeliveryMode.NOT_PERSISTENT if transient else DeliveryMode.PERSISTENT,
        content_type="application/cloudevents+json",
        type=message.routing_key,
    )


def from_amqp(incoming: AbstractIncomingMessage, queue: str) -> Message:
    table = cast("dict[str, object]", incoming.headers)
    texts = {name: value for name, value in table.items() if isinstance(value, str)}
    kept = headers.own(texts)
    if is_dead_queue(queue):
        kept[headers.ERROR] = texts.get(headers.ERROR) or _why_the_server_buried_it(table)
    return Message(
        routing_key=texts.get(headers.ROUTING_KEY, incoming.routing_key or ""),
        body=incoming.body,
        event_id=texts.get(headers.EVENT_ID) or incoming.message_id or _fingerprint(incoming.body),
        tenant_id=texts.get(headers.TENANT, ""),
        partition_key=texts.get(headers.PARTITION_KEY, ""),
        headers=kept,
    )


def _fingerprint(body: bytes) -> str:
    """An id for messages that came without one, so that two of their dead letters stay two."""
    return hashlib.sha256(body).hexdigest()[:32]


def attempt_of(incoming: AbstractIncomingMessage) -> int:
    attempt = cast("dict[str, object]", incoming.headers).get(headers.ATTEMPT, 0)
    return attempt if isinstance(attempt, int) else 0


def was_handed_out_before(incoming: AbstractIncomingMessage) -> bool:
    count = cast("dict[str, object]", incoming.headers).get("x-delivery-count", 0)
    return bool(incoming.redelivered) or (isinstance(count, int) and count > 0)


def _why_the_server_buried_it(table: dict[str, object]) -> str:
    """The newest entry of `x-death`: `delivery_limit`, `rejected`, …"""
    deaths = table.get("x-death")
    if isinstance(deaths, list) and deaths:
        newest = cast("list[object]", deaths)[0]
        if isinstance(newest, dict):
            return str(cast("dict[str, object]", newest).get("reason", "unknown"))
    return "unknown"
