"""Which workflow runs wait for the customer's answer, and which texts they took. The order of the acts makes no
difference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from conversation.domain.thread.model import ClaimedText, Message, RunWait, Silence, Thread
from conversation.domain.thread.timeline import LEFT
from shared.events import KnownQuestion

RUNS_KEPT = 50
CLAIMED_KEPT = 100
WHOLE_SECONDS = timedelta(seconds=1)
"""Carriers give times in whole seconds: an answer may seem to be that much older than it is."""
_ON_ITS_WAY = LEFT | {"submitting", "unknown"}
_MAY_SAY_WHEN = frozenset({"queued", "submitting", "unknown", "accepted", "sent"})
"""A report may still say when the text left."""


def with_wait(thread: Thread, wait: RunWait) -> Thread:
    """Of one run the word with the highest revision counts. Of too many runs, the oldest that no longer wait go."""
    known = next((one for one in thread.runs if one.run_id == wait.run_id), None)
    if known and known.revision >= wait.revision:
        return thread
    others = [one for one in thread.runs if one.run_id != wait.run_id]
    by_importance = sorted([*others, wait], key=lambda one: (one.open, one.at, one.run_id))[-RUNS_KEPT:]
    return thread.but(runs=tuple(sorted(by_importance, key=lambda one: (one.at, one.run_id))))


def with_claims(thread: Thread, message_ids: Sequence[str], at: datetime, *, to_assistant: bool) -> Thread:
    claims = {one.message_id: one for one in thread.claimed}
    for id in message_ids:
        known = claims.get(id, ClaimedText(message_id=id, at=at))
        claims[id] = known.but(at=max(known.at, at), to_assistant=known.to_assistant or to_assistant)
    latest = sorted(claims.values(), key=lambda one: (one.at, one.message_id))[-CLAIMED_KEPT:]
    return thread.but(claimed=tuple(latest))


def is_taken(thread: Thread, message_id: str) -> bool:
    """Whether a run took this text, so that the assistant does not answer it."""
    return any(one.message_id == message_id and not one.to_assistant for one in thread.claimed)


def is_silenced(thread: Thread) -> bool:
    """Whether a run waits for an answer that one of the unanswered texts may be."""
    if thread.turn.question_to_come:
        return True
    times = [one.created_at for one in thread.messages if one.id in thread.turn.causes]
    first = min(times, default=None)
    if any(one.open and (one.until is None or first is None or first <= one.until) for one in thread.runs):
        return True
    return thread.silence is not None and _has_just_asked(thread, thread.silence, times)


def _has_just_asked(thread: Thread, asked: Silence, times: Sequence[datetime]) -> bool:
    """A run's question has left or may have, and the run has not said yet that it waits: a quick answer is the run's,
    too. A text that comes while the question is held back for the night is no answer to it."""
    if asked.run_id is None or asked.until is None:
        return False
    if any(one.run_id == asked.run_id and one.at >= asked.at for one in thread.runs):
        return False
    message = thread.message(asked.message_id)
    if message is not None and not _may_have_left(message):
        return False
    until = _end_of_wait(asked, asked.until, message)
    return any(asked.at - WHOLE_SECONDS <= at and (until is None or at <= until) for at in times)


def _end_of_wait(asked: Silence, until: datetime, message: Message | None) -> datetime | None:
    """A run's time-out counts from when its question left, which may be hours after it was decided. None: it is not
    known yet how long the run waits."""
    if message is not None and message.sent_at is not None:
        return until + max(message.sent_at - asked.at, timedelta())
    return None if message is not None and message.status in _MAY_SAY_WHEN else until


def known_question(thread: Thread) -> KnownQuestion:
    """What an answer made now knows of the workflows' questions."""
    asked = thread.silence
    if asked is None:
        return KnownQuestion()
    message = thread.message(asked.message_id)
    unsent = message is not None and asked.until is not None and not _may_have_left(message)
    return KnownQuestion(message_id=asked.message_id, at=asked.at, unsent=unsent)


def _may_have_left(message: Message) -> bool:
    """Its answer may be here before the report that it left. One that is held back for a known reason has not left."""
    return message.status in _ON_ITS_WAY or (message.status == "queued" and not message.reason)
