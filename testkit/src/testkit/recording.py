"""Doubles at the seams: a broker that keeps what was published, and can be told to be away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from shared.broker.protocol import Consumer, FanOut, Handle, Message, Subscription
from shared.errors import BrokerUnavailable
from shared.events.envelope import Event, EventData, decode, peek_type

D = TypeVar("D", bound=EventData)


class RecordingBroker:
    """Confirms and keeps every publish; while `away` is set it confirms none. Delivers nothing."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.transient: list[Message] = []
        self.away = False

    def events(self, data_type: type[D]) -> list[Event[D]]:
        """What was published of this type, repeats included."""
        return [decode(one.body, data_type) for one in self.messages if peek_type(one.body) == data_type.TYPE]

    def data(self, data_type: type[D]) -> list[D]:
        return [event.data for event in self.events(data_type)]

    async def start(self, topology: Sequence[Subscription]) -> None:
        return None

    async def publish(self, message: Message) -> None:
        if self.away:
            raise BrokerUnavailable("broker_away", "told to be away")
        self.messages.append(message)

    async def publish_transient(self, message: Message) -> None:
        self.transient.append(message)

    async def send_to_queue(self, queue: str, message: Message) -> None:
        await self.publish(message)

    async def subscribe(self, queue: str, handle: Handle, *, prefetch: int = 32) -> Consumer:
        raise NotImplementedError("this double records; use EmbeddedBroker(None, clock) to deliver")

    async def listen(self, fan_out: FanOut, handle: Callable[[Message], Awaitable[None]]) -> Consumer:
        raise NotImplementedError("this double records; use EmbeddedBroker(None, clock) to deliver")

    async def depth(self, queue: str) -> int:
        return 0

    def trouble(self) -> str | None:
        return "the broker is away" if self.away else None

    async def close(self) -> None:
        return None
