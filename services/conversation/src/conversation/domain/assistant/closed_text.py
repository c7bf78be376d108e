"""A text for outside business hours: a customer gets it once in some hours, and a person answers later.

A customer who writes often gets no second one. A machine that answers every text would answer a second one too.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from conversation.domain.assistant.needs_person import ask_for_person, flagged, paused
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import ClosedText, Conversation, Thread
from shared.events import FINAL_UNSENT, ReplyDrafted


def said_lately(thread: Thread, hours: int, now: datetime) -> bool:
    """Whether it was sent within so many hours. One that was withdrawn before it left does not count."""
    said = thread.closed_text
    if said is None or now - said.at >= timedelta(hours=hours):
        return False
    message = thread.message(said.message_id)
    return message is None or message.status not in FINAL_UNSENT


def remember(edit: Edit, message_id: str) -> None:
    edit.change(closed_text=ClosedText(message_id=message_id, at=edit.scene.now))


def leave_to_person(edit: Edit, conversation: Conversation, event: ReplyDrafted) -> None:
    now = edit.scene.now
    if event.outcome == "hand_over":
        ask_for_person(edit, conversation, paused("hand_over", now, event.reason))
    else:
        ask_for_person(edit, conversation, flagged("outside_hours", now))
