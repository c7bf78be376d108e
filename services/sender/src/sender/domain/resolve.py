"""A person settles what could not be settled, or gives up on a number that will not come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sender.domain.lane import Lane
from sender.domain.message import ASSUMED_SENT, SENT_AGAIN, Message
from shared.errors import Invalid, Refused
from shared.events import SmsOutbound
from shared.ids import derived_id


@dataclass(frozen=True)
class Ruling:
    """What a person decided, and under which idempotency key they asked, if any."""

    how: Literal["sent", "retry"]
    who: str
    key: str | None = None


def resolve(lane: Lane, message: Message, ruling: Ruling, now: datetime) -> Lane:
    """Closed by a person; the same lane if this very ruling was made before.

    Raises `Refused("not_unresolved")` if there is nothing to settle, `Refused("message_forgotten")` for a retry of one
    that lost its words, `Invalid` if the key was used for another ruling.
    """
    closed: dict[str, Any] = {"closed_by": ruling.who, "closed_key": ruling.key}
    if message.reason == (ASSUMED_SENT if ruling.how == "sent" else SENT_AGAIN):
        return lane
    if message.closed_key and message.closed_key == ruling.key:
        raise Invalid("idempotency_key_reused", "this Idempotency-Key was used with another body; use a new key")
    if message.status != "unresolved":
        raise Refused("not_unresolved", f"this message is {message.status}; only an unresolved one can be settled")
    if ruling.how == "retry" and message.forgotten_at:
        raise Refused("message_forgotten", "this message was erased with its recipient; nothing is left to send")
    if ruling.how == "sent":
        moved = message.moved("sent", now, ASSUMED_SENT, usage=message.usage + 1, **closed)
    else:
        moved = message.moved("unconfirmed", now, SENT_AGAIN, retried_as=retry_id(message), **closed)
    return lane.with_message(moved)


def retry_id(message: Message) -> str:
    """Derived: asking twice makes one new message."""
    return derived_id("msg", message.tenant_id, message.id, "retry")


def retry_of(message: Message) -> SmsOutbound:
    """The same text as a new message: its number in the stream is used up, and its deadline was for the first try. A
    person wants it, whatever the customer was asked meanwhile."""
    changes = {"message_id": retry_id(message), "retry_of": message.id, "causes": (*message.order.causes, message.id)}
    return message.order.but(**changes, stream=None, seq=None, turn=None, expires_at=None, known_question=None)


def skip_gaps(lane: Lane) -> Lane:
    """Give up on the missing numbers before which messages wait. Raises `Refused("no_gap")` if none waits."""
    waiting = [message for message in lane.messages if lane.in_gap(message)]
    if not waiting:
        raise Refused("no_gap", "nothing in this lane waits for a missing number")
    for name in {message.stream or "" for message in waiting}:
        lowest = min(message.order.seq or 0 for message in waiting if message.stream == name)
        lane = lane.with_stream(lane.stream(name).skip_to(lowest))
    return lane


def clear_gaps(lane: Lane, now: datetime) -> Lane:
    """Messages that no longer wait for a number lose that reason and are looked at now."""
    for message in lane.messages:
        if message.status == "queued" and message.reason == "gap" and not lane.in_gap(message):
            lane = lane.with_message(message.moved("queued", now).but(look_at=now))
    return lane
