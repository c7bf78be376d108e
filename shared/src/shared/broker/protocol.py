"""What a broker promises to the rest of Parley, whichever one it is.

At-least-once, competing consumers, fan-out by routing key, delayed retries that return to the same queue, dead
letters with a reason. Nothing is promised about order. Implementations (`embedded`, `rabbitmq`, `link`) are held to one
contract suite in `tests/contract/test_broker.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

RETRY_LEVELS_SECONDS: tuple[int, ...] = (1, 10, 60, 600)
"""Seconds. Each has a retry queue; other delays are rounded up to one of them, longer ones down to the last."""


@dataclass(frozen=True)
class Message:
    """Bytes with an address. `event_id` identifies the event; the transport gives every attempt its own message id."""

    routing_key: str
    body: bytes
    event_id: str
    tenant_id: str = ""
    partition_key: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Subscription:
    """A durable work queue that several processes of one service share.

    `queue` is `<service>.<type>.v1`; `patterns` are routing keys, with the topic wildcards `*` (one word) and
    `#` (zero or more words). Declaring also makes its retry queues and `<queue>.dead`.
    """

    queue: str
    patterns: tuple[str, ...]
    delivery_limit: int = 20
    former: tuple[str, ...] = ()
    """Routing keys that an earlier version bound to it. RabbitMQ keeps such a binding, so nothing is lost while both
    versions run; afterwards `python -m shared.events.former_bindings_cli` takes it away."""

    @property
    def dead_queue(self) -> str:
        return f"{self.queue}.dead"


@dataclass(frozen=True)
class FanOut:
    """A transient queue of one process: gone when it goes, bounded, oldest dropped first. For realtime only."""

    name: str
    patterns: tuple[str, ...]
    max_length: int = 10_000


class Delivery(Protocol):
    """One message handed to one consumer. Exactly one of `ack`, `retry`, `dead`, `release` is called on it."""

    @property
    def message(self) -> Message: ...
    @property
    def queue(self) -> str: ...
    @property
    def attempt(self) -> int:
        """How many delayed retries it has had: 0 the first time."""
        ...

    @property
    def redelivered(self) -> bool:
        """A consumer had it before and did not settle it: handling it may have killed that consumer."""
        ...

    async def ack(self) -> None: ...
    async def retry(self, delay_seconds: float, reason: str) -> None:
        """Back to the same queue after the delay, with `attempt + 1`; settled once that is confirmed."""
        ...

    async def dead(self, reason: str) -> None:
        """To `<queue>.dead`, with the reason in header `x-error`."""
        ...

    async def release(self) -> None:
        """Give it back at once, unsettled; a consumer gets it again, marked as redelivered."""
        ...


Handle = Callable[[Delivery], Awaitable[None]]


class Consumer(Protocol):
    async def stop(self, grace_seconds: float = 25.0) -> None:
        """Take nothing new, let what was taken finish, then leave; what did not finish goes back."""
        ...


@dataclass(frozen=True)
class QueueLook:
    """A queue at this moment."""

    ready: int
    """Messages that wait, not counting unsettled ones."""
    consumers: int


class Broker(Protocol):
    async def start(self, topology: Sequence[Subscription]) -> None:
        """Connect and declare every queue of the installation, so nothing is published before its queues exist."""
        ...

    async def publish(self, message: Message) -> None:
        """Return once the broker has confirmed it durably for every matching queue.

        Raises `Unroutable` if no durable queue matches, `BrokerUnavailable` if there was no confirm (it may have
        been published anyway).
        """
        ...

    async def publish_transient(self, message: Message) -> None:
        """To fan-out queues only: not durable. No listener is no error."""
        ...

    async def send_to_queue(self, queue: str, message: Message) -> None:
        """Straight into one work queue (replay of a dead letter), confirmed; attempt starts again at 0."""
        ...

    async def subscribe(self, queue: str, handle: Handle, *, prefetch: int = 32) -> Consumer:
        """Deliver from this work queue (or `….dead` queue), up to `prefetch` unsettled deliveries side by side."""
        ...

    async def listen(self, fan_out: FanOut, handle: Callable[[Message], Awaitable[None]]) -> Consumer: ...

    async def depth(self, queue: str) -> int:
        """Messages ready in that queue (not counting unsettled ones)."""
        ...

    async def look(self, queue: str) -> QueueLook:
        """Both 0 for a queue that is not there."""
        ...

    def trouble(self) -> str | None:
        """Why the broker cannot be used now, for the log; None if it can. It may name hosts and files."""
        ...

    async def close(self) -> None: ...
