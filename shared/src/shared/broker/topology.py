"""The queues and exchanges of Parley as data: what RabbitMQ declares, and the names that the embedded broker shares.

Identical on RabbitMQ 3.10, 3.13 and 4.x, without plugins or policies. Changing an argument of an existing queue is
refused by the server, so a change means a new queue name (`….v2`), both bound, the old one drained.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shared.broker.protocol import RETRY_LEVELS_SECONDS, Subscription

EXCHANGE = "parley"
LIVE_EXCHANGE = "parley.live"
"""For transient messages only. Apart from `parley`, or a listener alone would make a durable publish look routed."""

DEAD_SUFFIX = ".dead"
DELIVERY_LIMIT_REASON = "delivery_limit"
_DEAD_DELIVERY_LIMIT = 100_000  # from 4.0 the default of 20 would delete a dead letter that was looked at too often

Arguments = dict[str, str | int]


@dataclass(frozen=True)
class QueuePlan:
    """A queue to declare; `patterns` are its bindings to `parley` (none: reached by its own name only)."""

    name: str
    arguments: Arguments
    patterns: tuple[str, ...] = ()


def retry_level(delay_seconds: float) -> int:
    """The shortest level that is at least as long; the last one if none is."""
    return next((level for level in RETRY_LEVELS_SECONDS if level >= delay_seconds), RETRY_LEVELS_SECONDS[-1])


def retry_queue(queue: str, level: int) -> str:
    return f"{queue}.retry.{level}"


def is_dead_queue(queue: str) -> bool:
    return queue.endswith(DEAD_SUFFIX)


def plan(subscription: Subscription) -> Iterator[QueuePlan]:
    """Every queue of one subscription, targets before the queues that dead-letter into them."""
    yield QueuePlan(subscription.dead_queue, _dead_arguments())
    yield QueuePlan(subscription.queue, _work_arguments(subscription), subscription.patterns)
    for level in RETRY_LEVELS_SECONDS:
        yield QueuePlan(retry_queue(subscription.queue, level), _retry_arguments(subscription.queue, level))


def fan_out_arguments(max_length: int) -> Arguments:
    return {"x-max-length": max_length, "x-overflow": "drop-head"}


def _work_arguments(subscription: Subscription) -> Arguments:
    # No length limit: one full queue would stop every publisher. A limit of -1 loses messages on 3.10.
    if subscription.delivery_limit < 1:
        raise ValueError(f"{subscription.queue}: delivery_limit must be at least 1, not {subscription.delivery_limit}")
    return _safe_dead_lettering(subscription.dead_queue) | {"x-delivery-limit": subscription.delivery_limit}


def _retry_arguments(queue: str, level: int) -> Arguments:
    # One queue per level, because time to live only acts at the head; one set per work queue, because a shared one
    # is blocked by a single missing target.
    return _safe_dead_lettering(queue) | {"x-message-ttl": level * 1000}


def _dead_arguments() -> Arguments:
    return {"x-queue-type": "quorum", "x-delivery-limit": _DEAD_DELIVERY_LIMIT, "x-overflow": "reject-publish"}


def _safe_dead_lettering(target: str) -> Arguments:
    # Without reject-publish the server silently falls back to at-most-once dead lettering, which loses messages.
    return {
        "x-queue-type": "quorum",
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": target,
        "x-dead-letter-strategy": "at-least-once",
    }
