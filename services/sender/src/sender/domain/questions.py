"""Workflows' questions in a lane, and answers of the assistant that were made without knowing one of them.

Conversation hears of a question by an event that may come after the customer's answer to it. Here every question is
known before it leaves.
"""

from __future__ import annotations

from sender.domain.lane import Lane
from sender.domain.message import Message
from shared.events import SmsOutbound


def has_unknown_question(lane: Lane, order: SmsOutbound) -> bool:
    """Whether a question has left, or may have, of which this answer says nothing.

    Only the lane's last few messages are compared: conversation has heard of older ones.
    """
    known = order.known_question
    if known is None:
        return False
    place = next((n for n, one in enumerate(lane.messages) if one.id == known.message_id), -1)
    first = place if known.unsent else place + 1
    return any(_is_open_question(one) for one in lane.messages[max(0, first) :])


def _is_open_question(message: Message) -> bool:
    order = message.order
    asks = order.author == "workflow" and order.expects_reply_until is not None
    return asks and message.status != "queued" and not message.unsent
