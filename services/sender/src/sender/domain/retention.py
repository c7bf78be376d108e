"""The tenant's retention is over for some messages: words go, what is needed to be right stays.

What stays of a message is its id (a duplicate is still recognised), its state with times and reasons, parts and costs
(a late receipt still corrects the bill) and whom it went to. A message whose fate is open keeps everything.
"""

from __future__ import annotations

from datetime import datetime

from sender.domain.effects import RECORDS, record_of
from sender.domain.lane import Lane
from sender.domain.message import Message
from shared.aggregates import Decision, NewRecord


def forget(lane: Lane, filed: tuple[Message, ...], now: datetime) -> Decision[Lane] | None:
    """`filed`: what is known of messages that the lane may hold no more. None if all of them are under way."""
    newest = [lane.find(message.id) or message for message in filed]
    forgotten = [without_words(message, now) for message in newest if may_go(message)]
    if not forgotten:
        return None
    ids = {message.id for message in forgotten}
    kept = tuple(message for message in lane.messages if message.id not in ids)
    # Counted as let go of, in the lane or not: whoever is bringing one back has read its words and must read again.
    changed = lane.but(messages=kept, evicted=lane.evicted + len(forgotten))
    return Decision(changed, records=tuple(NewRecord(RECORDS, record_of(message)) for message in forgotten))


def may_go(message: Message) -> bool:
    """Nothing is to become of it any more, and nobody has to decide about it."""
    return not message.live and message.status != "unresolved" and message.forgotten_at is None


def without_words(message: Message, now: datetime) -> Message:
    """Not a new state, so nobody is told. Media keep their number: an MMS is paid for as one."""
    order = message.order
    return message.but(
        order=order.but(text="", media_urls=("",) * len(order.media_urls), contact_name=None, contact_company=None),
        detail="",
        history=tuple(step.but(detail="") for step in message.history),
        attempts=tuple(attempt.but(detail="") for attempt in message.attempts),
        errors=tuple(error.but(detail="") for error in message.errors),
        revision=message.revision + 1,
        forgotten_at=now,
    )
