"""What keeps an assistant from running away: how much it may say, and signs that it talks to a machine."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from conversation.domain.thread.model import Message, Thread
from conversation.domain.thread.search_terms import words_of
from shared.events import TenantChanged

LOOP_REPLIES = 8
LOOP_WINDOW = timedelta(minutes=10)
SAME_TEXTS = 3
REMEMBERED = 500
DEFAULT_PHRASES = (
    "real person",
    "real human",
    "speak to someone",
    "talk to someone",
    "speak to a person",
    "talk to a person",
    "speak to a human",
    "talk to a human",
    "speak to an agent",
    "talk to an agent",
)


def tripped(thread: Thread, tenant: TenantChanged, now: datetime) -> str | None:
    """Why the assistant should not answer now, or None."""
    hour = [at for at in thread.ai_sent if at > now - timedelta(hours=1)]
    if len(hour) >= tenant.max_ai_messages_per_hour:
        return "ai_limit"
    if sum(at > now - LOOP_WINDOW for at in hour) >= LOOP_REPLIES or _same_texts(thread):
        return "loop"
    return None


def counted(thread: Thread, now: datetime) -> Thread:
    """One more message of the assistant."""
    recent = [at for at in thread.ai_sent if at > now - timedelta(hours=1)]
    return thread.but(ai_sent=(*recent, now)[-REMEMBERED:])


def asks_for_a_person(text: str, tenant: TenantChanged) -> str | None:
    """The hand-over phrase in this text, as whole words, or None."""
    spoken = f" {' '.join(words_of(text))} "
    for phrase in (*tenant.hand_over_phrases, *DEFAULT_PHRASES):
        wanted = _spoken(phrase)
        if wanted and f" {wanted} " in spoken:
            return phrase
    return None


@lru_cache(maxsize=1000)
def _spoken(phrase: str) -> str:
    """A phrase of the settings in plain words: the same few are looked for in every text."""
    return " ".join(words_of(phrase))


def _same_texts(thread: Thread) -> bool:
    """The customer's last texts are all the same, each answered by the assistant: two machines being polite."""
    theirs = [one for one in thread.messages if one.author == "customer"][-SAME_TEXTS:]
    if len(theirs) < SAME_TEXTS or len({" ".join(words_of(one.text)) for one in theirs}) > 1:
        return False
    return all(_answered_between(thread, a, b) for a, b in pairwise(theirs))


def _answered_between(thread: Thread, first: Message, second: Message) -> bool:
    return any(one.author == "assistant" and first.place < one.place < second.place for one in thread.messages)
