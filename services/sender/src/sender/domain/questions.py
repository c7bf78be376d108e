"""Workflows' questions in a lane, and answers of the assistant that were made without knowing one of them.

Conversation hears of a question by an event that may come after the customer's answer to it. Here every question is
known before it leaves.
"""

from __future__ import annotations

from sender.domain.lane import Lane
from sender.domain.message import Message
from shared.events import KnownQuestion, SmsOutbound


def has_unknown_question(lane: Lane, order: SmsOutbound) -> bool:
    """Whether a question has left, or may have, that may be unknown to who made this answer.

    Compared are the messages that the lane holds: those in its queues and the last few that have left them.
    """
    known = order.known_question
    if known is None:
        return False
    place = next((n for n, one in enumerate(lane.messages) if one.id == known.message_id), None)
    is_here, last = place is not None, len(lane.messages) if place is None else place
    return any(
        _is_open_question(one) and _may_be_unknown(one, known, is_here=is_here, came_later=n > last)
        for n, one in enumerate(lane.messages)
    )


def _may_be_unknown(question: Message, known: KnownQuestion, *, is_here: bool, came_later: bool) -> bool:
    """Conversation names the latest question by the time of its order, and may have it before it is here. One that was
    ordered before that one and came here after it may have been late there too."""
    if question.id == known.message_id:
        return known.unsent
    if came_later or known.message_id is None:
        return True
    if known.at is None:
        return not is_here  # an earlier version's answer: it compares by the order in which they came here
    return (question.ordered_at or question.created_at, question.id) > (known.at, known.message_id)


def _is_open_question(message: Message) -> bool:
    order = message.order
    asks = order.author == "workflow" and order.expects_reply_until is not None
    return asks and message.status != "queued" and not message.unsent
