"""Limits of an assistant: messages per hour, and signs that it is talking to a machine."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from conversation.domain.search.tokens import words_of
from conversation.domain.thread.model import Message, Thread
from shared.events import TenantChanged

LOOP_REPLIES = 8
LOOP_WINDOW = timedelta(minutes=10)
SAME_TEXTS = 3
REMEMBERED = 500


def exceeded_limit(thread: Thread, tenant: TenantChanged, now: datetime) -> Literal["ai_limit", "loop"] | None:
    """Why the assistant must not answer now, or None."""
    hour = [at for at in thread.ai_sent if at > now - timedelta(hours=1)]
    if len(hour) >= tenant.max_ai_messages_per_hour:
        return "ai_limit"
    if sum(at > now - LOOP_WINDOW for at in hour) >= LOOP_REPLIES or _same_texts(thread):
        return "loop"
    return None


def with_ai_message(thread: Thread, now: datetime) -> Thread:
    """The thread after one more message of the assistant, for its hourly limit."""
    recent = [at for at in thread.ai_sent if at > now - timedelta(hours=1)]
    return thread.but(ai_sent=(*recent, now)[-REMEMBERED:])


def _same_texts(thread: Thread) -> bool:
    """Whether the customer's last texts are all the same, with an answer of the assistant after each."""
    theirs = [one for one in thread.messages if one.author == "customer"][-SAME_TEXTS:]
    if len(theirs) < SAME_TEXTS or len({" ".join(words_of(one.text)) for one in theirs}) > 1:
        return False
    return all(_answered_between(thread, a, b) for a, b in pairwise(theirs))


def _answered_between(thread: Thread, first: Message, second: Message) -> bool:
    return any(one.author == "assistant" and first.place < one.place < second.place for one in thread.messages)
