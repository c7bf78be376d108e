"""Which workflow runs wait for the customer's answer, and which texts they took. The order of the acts makes no
difference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from conversation.domain.thread.model import ClaimedText, RunWait, Thread

RUNS_KEPT = 50
CLAIMED_KEPT = 100


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
    times = [one.created_at for one in thread.messages if one.id in thread.turn.causes]
    first = min(times, default=None)
    return any(one.open and (one.until is None or first is None or first <= one.until) for one in thread.runs)
