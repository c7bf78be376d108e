"""The resumption rule: which conversation of a thread a text joins."""

from __future__ import annotations

from datetime import datetime, timedelta

from conversation.domain.thread.model import Conversation, Thread, conversation_id

KEPT = 10
"""Conversations that a thread holds; older ones are in the records only."""


def joined(thread: Thread, at: datetime, resume_days: int) -> tuple[Thread, Conversation]:
    """The thread and the conversation that a text of this moment joins, inbound or outbound.

    It is the latest one if its last activity was at most `resume_days` before the text; a text that arrives late joins
    the latest too. Otherwise a new one opens.
    """
    latest = thread.latest
    if latest and resumes(latest, at, resume_days):
        active = latest.but(last_activity_at=max(latest.last_activity_at, at), created_at=min(latest.created_at, at))
        return with_conversation(thread, active), active
    ordinal = thread.periods + 1
    id = conversation_id(thread.id, ordinal)
    opened = Conversation(id=id, ordinal=ordinal, talked=False, last_activity_at=at, created_at=at)
    kept = (*thread.conversations, opened)[-KEPT:]
    return thread.but(conversations=kept, periods=ordinal), opened


def resumes(latest: Conversation, at: datetime, resume_days: int) -> bool:
    """Whether a text of this moment joins the latest conversation."""
    return at - latest.last_activity_at <= timedelta(days=resume_days)


def with_conversation(thread: Thread, conversation: Conversation) -> Thread:
    found = tuple(conversation if one.id == conversation.id else one for one in thread.conversations)
    return thread.but(conversations=found)
