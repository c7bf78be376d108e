"""Header names the brokers use themselves, and how a reason becomes a header."""

from __future__ import annotations

from collections.abc import Mapping

EVENT_ID = "x-event-id"
TENANT = "x-tenant"
PARTITION_KEY = "x-key"
ATTEMPT = "x-attempt"
ROUTING_KEY = "x-routing-key"
ERROR = "x-error"

_TRANSPORT = frozenset({EVENT_ID, TENANT, PARTITION_KEY, ATTEMPT, ROUTING_KEY, ERROR})
_DEATH_PREFIXES = ("x-death", "x-first-death-", "x-last-death-", "x-delivery-count", "x-acquired-count")
_REASON_BYTES = 2_000  # all headers together have to fit one AMQP frame (128 KiB)


def own(headers: Mapping[str, str]) -> dict[str, str]:
    """The sender's headers without those a transport wrote: what a message starts again with."""
    return {k: v for k, v in headers.items() if k not in _TRANSPORT and not k.startswith(_DEATH_PREFIXES)}


def reason(text: str) -> str:
    """An error text that fits a header: valid UTF-8 and short."""
    return text.encode("utf-8", "replace")[:_REASON_BYTES].decode("utf-8", "ignore")
