"""Header names the brokers use themselves, and how a reason becomes a header."""

from __future__ import annotations

from collections.abc import Mapping

from shared.broker.protocol import Message
from shared.errors import Invalid

EVENT_ID = "x-event-id"
TENANT = "x-tenant"
PARTITION_KEY = "x-key"
ATTEMPT = "x-attempt"
ROUTING_KEY = "x-routing-key"
ERROR = "x-error"

_TRANSPORT = frozenset({EVENT_ID, TENANT, PARTITION_KEY, ATTEMPT, ROUTING_KEY, ERROR})
_DEATH_PREFIXES = ("x-death", "x-first-death-", "x-last-death-", "x-delivery-count", "x-acquired-count")
_REASON_BYTES = 2_000
_SHORT_BYTES = 255  # AMQP's short strings: routing keys and header names
_HEADERS_BYTES = 64 * 1024  # all headers have to fit one AMQP frame (128 KiB); a larger one ends the connection
_BODY_BYTES = 16 * 1024 * 1024 - 1024  # what RabbitMQ 4 takes by default; more ends the channel


def check(message: Message) -> None:
    """Refuse what no broker can carry: sending it would close a connection that all others use."""
    try:
        names = [name.encode() for name in (message.routing_key, *message.headers)]
        values = [v.encode() for v in (message.event_id, message.tenant_id, message.partition_key)]
        values += [v.encode() for v in message.headers.values()]
    except UnicodeEncodeError as error:
        raise Invalid("message_not_text", f"{message.routing_key!r}: a header is not valid Unicode: {error}") from error
    if max(map(len, names)) > _SHORT_BYTES or sum(map(len, names)) + sum(map(len, values)) > _HEADERS_BYTES:
        raise Invalid("message_headers_too_large", "routing key and header names take 255 bytes, all headers 64 KiB")
    if len(message.body) > _BODY_BYTES:
        raise Invalid("message_too_large", f"{len(message.body)} bytes in the body; at most {_BODY_BYTES}")


def own(headers: Mapping[str, str]) -> dict[str, str]:
    """The sender's headers without those that a transport added, for a message that starts again."""
    return {k: v for k, v in headers.items() if k not in _TRANSPORT and not k.startswith(_DEATH_PREFIXES)}


def reason(text: str) -> str:
    """An error text that fits a header: valid UTF-8 and short."""
    return text.encode("utf-8", "replace")[:_REASON_BYTES].decode("utf-8", "ignore")
