"""The resumption rule: which numbered conversation of a thread a text belongs to."""

from __future__ import annotations

from datetime import datetime, timedelta

from conversation.domain.thread.model import Conversation, Thread, conversation_id

KEPT = 10
"""Conversations a thread holds; older ones are history, to be read from the records."""


def joined(thread: Thread, at: datetime, resume_days: int) -> tuple[Thread, Conversation]:
    """The thread with the conversation that a text of this moment joins, in either direction.

    The latest one if its last activity is at most `resume_days` before the text; a text that arrives late joins the
    latest as well. Else the next one opens.
    """
    latest = thread.latest
    if latest and at - latest.last_activity_at <= timedelta(days=resume_days):
        active = latest.but(last_activity_at=max(latest.last_activity_at, at), created_at=min(latest.created_at, at))
        return with_conversation(thread, active), active
    ordinal = thread.periods + 1
    opened = Conversation(id=conversation_id(thread.id, ordinal), ordinal=ordinal, last_activity_at=at, created_at=at)
    kept = (*thread.conversations, opened)[-KEPT:]
    return thread.but(conversations=kept, periods=ordinal), opened


def with_conversation(thread: Thread, conversation: Conversation) -> Thread:
    found = tuple(conversation if one.id == conversation.id else one for one in thread.conversations)
    return thread.but(conversations=found)
