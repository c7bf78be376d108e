"""A person is erased: what waits is withdrawn, what has ended loses words and number. Figures stay, for the bill.

The id stays (a duplicate is still recognised, a late receipt still settles it), and so does the lane's place in its
streams. A message with an open outcome keeps everything until it has ended.
"""

from __future__ import annotations

from datetime import datetime

from sender.domain.absorb import new_message
from sender.domain.effects import RECORDS, decision, record_of
from sender.domain.lane import Lane
from sender.domain.message import Message
from sender.domain.retention import without_words
from sender.domain.withdraw import withdraw_message
from shared.aggregates import Decision, NewRecord
from shared.events import Event, SmsOutbound

ERASED = "erased"
"""Reason of what is withdrawn or refused because its recipient was erased."""


def withdraw_all(lane: Lane | None, now: datetime) -> Decision[Lane] | None:
    """Nothing more is sent to this person of what was ordered before."""
    if lane is None:
        return None
    after = lane
    for message in lane.messages:
        if message.live:
            after = after.with_message(withdraw_message(message, ERASED, now))
    return None if after is lane or after == lane else decision(lane, after)


def erase(lane: Lane | None, filed: tuple[Message, ...], stand_in: str, now: datetime) -> Decision[Lane] | None:
    """`filed`: what is known of messages that the lane may hold no more. None if nothing of the person is left."""
    if lane is None:
        return None
    newest = {message.id: message for message in (*filed, *lane.messages)}
    bare = {id: _bare(message, stand_in, now) for id, message in newest.items() if _may_go(message, stand_in)}
    kept = tuple(message for message in lane.messages if message.id not in bare)
    contact = lane.contact if any(message.live for message in kept) else stand_in
    if not bare and contact == lane.contact:
        return None
    changed = lane.but(messages=kept, contact=contact, evicted=lane.evicted + len(bare))
    return Decision(changed, records=tuple(NewRecord(RECORDS, record_of(message)) for message in bare.values()))


def refuse(lane: Lane, event: Event[SmsOutbound], stand_in: str, now: datetime) -> Decision[Lane] | None:
    """An order from before the erasure that came after it. It uses its number in the stream: nothing waits for it."""
    if lane.find(event.data.message_id):
        return None
    message = _bare(new_message(lane, event, now), stand_in, now)
    return decision(lane, lane.with_message(message.moved("refused", now, ERASED)))


def _may_go(message: Message, stand_in: str) -> bool:
    return not message.live and message.order.contact != stand_in


def _bare(message: Message, stand_in: str, now: datetime) -> Message:
    bare = without_words(message, now)
    return bare.but(order=bare.order.but(contact=stand_in))
