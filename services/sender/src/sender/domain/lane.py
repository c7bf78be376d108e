"""The lane of one of our numbers and one customer: a queue per priority, each with its own message in flight.

Neither priority ever waits for the other. Streams of numbered messages leave in the order of their numbers; every
outcome consumes its number. Finished messages stay for a while, so that late reports about them find them here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Self

from sender.domain.message import Message
from shared.events import Author, Priority
from shared.values import Moment, Value

FINISHED_KEPT = 5
WITHDRAWALS_KEPT = 200
STREAMS_KEPT = 200
MAX_WAITING = 300
"""Of one priority. More for one person is a fault of the publisher; the document stays small."""


class Stream(Value):
    """`next` may leave now; `ended` are later numbers that have left or ended already."""

    name: str
    next: int = 1
    ended: tuple[int, ...] = ()

    def consume(self, seq: int) -> Self:
        ended, next_ = {*self.ended, seq}, self.next
        while next_ in ended:
            next_ += 1
        return self.but(next=next_, ended=tuple(sorted(number for number in ended if number >= next_)))

    def skip_to(self, seq: int) -> Self:
        """Give up on every number before this one that has not come."""
        return self.but(next=seq, ended=tuple(n for n in self.ended if n >= seq)).consume(seq - 1)

    def knows(self, seq: int) -> bool:
        return seq < self.next or seq in self.ended


class Withdrawal(Value):
    """Not wanted any more: these ids, the assistant's answer to a turn, or what was made of a cause."""

    message_ids: tuple[str, ...] = ()
    turn: int | None = None
    cause: str | None = None
    author: Author | None = None
    reason: str = "withdrawn"
    at: Moment

    def covers(self, message: Message) -> bool:
        order = message.order
        if message.id in self.message_ids:
            return True
        if self.turn is not None and order.turn == self.turn and order.author == "assistant":
            return True
        return self.cause is not None and self.cause in order.causes and self.author in (None, order.author)


class Lane(Value):
    id: str
    tenant_id: str
    number: str
    contact: str
    messages: tuple[Message, ...] = ()
    """In the order they were absorbed: those in the queues, and the last few that have left them."""
    streams: tuple[Stream, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    evicted: int = 0
    """How many finished messages were dropped from here: see `store.Messages.change` for why it is counted."""

    def find(self, message_id: str) -> Message | None:
        return next((message for message in self.messages if message.id == message_id), None)

    def stream(self, name: str) -> Stream:
        return next((stream for stream in self.streams if stream.name == name), Stream(name=name))

    def live_messages(self, priority: Priority) -> Iterator[Message]:
        return (message for message in self.messages if message.live and message.priority == priority)

    def flight(self, priority: Priority) -> Message | None:
        """The message of this priority with an open outcome."""
        return next((message for message in self.live_messages(priority) if message.in_flight), None)

    def heads(self, priority: Priority) -> Iterator[Message]:
        """Queued messages that may leave next: the next of each stream, and the first of those without a number."""
        unnumbered = False
        for message in self.live_messages(priority):
            if message.status != "queued":
                continue
            if message.stream is None:
                if not unnumbered:
                    yield message
                unnumbered = True
            elif message.order.seq == self.stream(message.stream).next:
                yield message

    def in_gap(self, message: Message) -> bool:
        """It waits for an earlier number of its stream that has not come."""
        if message.status != "queued" or message.stream is None or message.order.seq is None:
            return False
        wanted = self.stream(message.stream).next
        here = any(
            other.live and other.stream == message.stream and other.order.seq == wanted for other in self.messages
        )
        return message.order.seq > wanted and not here

    def with_message(self, message: Message) -> Self:
        """This lane with the message in it, new or changed. One that leaves its queue consumes its number."""
        known = any(other.id == message.id for other in self.messages)
        if known:
            messages = tuple(message if other.id == message.id else other for other in self.messages)
        else:
            messages = (*self.messages, message)
        lane = self.but(messages=messages)
        if message.stream is None or message.order.seq is None or message.live or lane.holds_number_of(message):
            return lane
        return lane.with_stream(lane.stream(message.stream).consume(message.order.seq))

    def holds_number_of(self, message: Message) -> bool:
        """Another message that is still in its queue has this stream and number."""
        return any(
            other.live and other.id != message.id and other.stream == message.stream
            and other.order.seq == message.order.seq
            for other in self.messages
        )  # fmt: skip

    def with_stream(self, stream: Stream) -> Self:
        """The stream used last comes last; far more streams than a person is ever part of are forgotten.

        Never the conversation's own, which bears the lane's id and goes on for years: forgotten, its next message
        would wait for a number one that left long ago.
        """
        others = [other for other in self.streams if other.name != stream.name]
        own = [other for other in others if other.name == self.id]
        rest = [other for other in others if other.name != self.id]
        kept = rest[max(0, len(rest) + len(own) + 1 - STREAMS_KEPT) :]
        return self.but(streams=(*own, *kept, stream))

    def trimmed(self, changed: frozenset[str]) -> Self:
        """Without the oldest finished messages. What this very decision changed stays: its record is not filed yet."""
        finished = [message.id for message in self.messages if not message.live]
        surplus = max(0, len(finished) - FINISHED_KEPT)
        dropped = {id for id in finished[:surplus] if id not in changed}
        if not dropped:
            return self
        kept = tuple(message for message in self.messages if message.id not in dropped)
        return self.but(messages=kept, evicted=self.evicted + len(dropped))


def look_at(lane: Lane, priority: Priority) -> datetime | None:
    """When a worker has to look at this priority next; None: only when something arrives."""
    moments: list[datetime | None] = [
        message.order.expires_at for message in lane.live_messages(priority) if not message.in_flight
    ]
    flight = lane.flight(priority)
    if flight:
        moments.append(flight.look_at)
    else:
        moments += [message.look_at or message.created_at for message in lane.heads(priority)]
    moments += [message.gap_at for message in lane.live_messages(priority) if message.gap_at and lane.in_gap(message)]
    return min((moment for moment in moments if moment), default=None)


def unsettled_at(lane: Lane) -> datetime | None:
    """When the next step about an unknown outcome is due, of either priority; None: no outcome is unknown."""
    flights = (lane.flight("one"), lane.flight("bulk"))
    return min(
        (flight.look_at or flight.changed_at for flight in flights if flight and flight.status == "unknown"),
        default=None,
    )
