"""Waiting for replies: which texts belong to one, when it is complete, and when it is too late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from campaigns.workflows.domain.effects import Await, Took
from campaigns.workflows.domain.happenings import Replied
from campaigns.workflows.domain.move import Move
from campaigns.workflows.domain.run import HeardText, Run, Wait
from campaigns.workflows.domain.steps import SaveResponse, WaitForReply

GRACE = timedelta(seconds=5)
"""A time-out is decided so much later than the deadline, for texts that came in time and are still on their way."""
WHOLE_SECONDS = timedelta(seconds=1)
"""Carriers give times in whole seconds: a reply may seem to be that much older than it is."""
MOST_TEXTS = 10
"""Of one reply. The tenth completes it."""
MOST_TAKEN = 30
LONGEST_REPLY = 2_000
RETRY_WAIT = 24 * 3600
"""Seconds, where a `save_response` asks again without a wait before it."""


def wait(move: Move, step: WaitForReply) -> None:
    """A deadline counts from the moment at which the step before ended: for a send, when the carrier took it."""
    asked_at = move.run.since or move.now
    deadline = asked_at + timedelta(seconds=step.timeout_seconds)
    waited = Wait(step=step.id, seconds=step.timeout_seconds, asked_at=asked_at, deadline=deadline)
    _ask(move, waited.but(asked=move.run.last_left))


def ask_again(move: Move, step: str) -> None:
    """The text that asks again was accepted."""
    seconds, asked_at = retry_wait(move.run), move.run.since or move.now
    origin = move.run.wait.step if move.run.wait else step
    deadline = asked_at + timedelta(seconds=seconds)
    _ask(move, Wait(step=origin, seconds=seconds, asked_at=asked_at, deadline=deadline, retry_of=step))


def retry_wait(run: Run) -> int:
    return run.wait.seconds if run.wait else RETRY_WAIT


def give_up_asking(move: Move, step: str) -> None:
    """No answer that can be read: the branch for that, or the next step."""
    found = move.definition.nodes[step].step
    assert isinstance(found, SaveResponse)
    move.change(step=step, retries=0, wait=None)
    move.note("nothing_saved", found.field)
    move.go(move.definition.entry(found.on_invalid, step))


def hear(move: Move, text: Replied) -> None:
    """A text of the person. It is taken while the run waits for it, or kept while what it answers is being sent."""
    run = move.run
    if run.is_over or text.message_id in run.taken or any(one.message_id == text.message_id for one in run.heard):
        return
    if run.texted_at is None or text.effective_at > run.texted_at:
        move.change(texted_at=text.effective_at)
    heard = HeardText(message_id=text.message_id, text=text.text[:LONGEST_REPLY], at=text.effective_at)
    if not text.mine:
        return
    if run.phase == "sending":
        move.change(heard=(*run.heard, heard)[-MOST_TEXTS:], quiet_seconds=text.quiet_seconds)
    elif run.phase == "hearing" or (run.phase == "waiting" and run.wait and is_in_time(run.wait, heard.at)):
        move.change(quiet_seconds=text.quiet_seconds)
        _take(move, (heard,))


def complete(move: Move) -> None:
    """The person has been quiet long enough: this is the reply."""
    run, waited = move.run, move.run.wait
    assert waited is not None
    reply = "\n".join(one.text for one in run.heard)[:LONGEST_REPLY]
    move.note("replied", reply, run.heard[-1].message_id)
    move.change(reply=reply, reply_texts=len(run.heard), since=max(one.at for one in run.heard), heard=())
    move.go(waited.retry_of or move.definition.next_of(waited.step))


def time_out(move: Move) -> None:
    waited = move.run.wait
    assert waited is not None
    move.note("timed_out")
    move.change(since=waited.deadline, answering=False)
    if waited.retry_of:
        return give_up_asking(move, waited.retry_of)
    step = move.definition.nodes[waited.step].step
    assert isinstance(step, WaitForReply)
    move.change(wait=None)
    return move.go(move.definition.entry(step.on_timeout, step.id))


def is_in_time(waited: Wait, at: datetime) -> bool:
    return waited.asked_at - WHOLE_SECONDS <= at <= waited.deadline


def takes_reply(runs: Iterable[Run], at: datetime, message_id: str = "") -> Run | None:
    """Of one person's runs on one of our numbers: the one that asked last, of those that wait for a text of this time.

    A run that hears a reply already takes what follows it. What a run has taken stays taken by it, if the text comes
    again with its `message_id`.
    """
    waiting = list(runs)
    if had := [run for run in waiting if message_id in run.taken]:
        return had[0]
    return max((run for run in waiting if _fits(run, at)), key=_asked_last, default=None)


def _fits(run: Run, at: datetime) -> bool:
    if run.wait is None or run.phase not in ("waiting", "hearing"):
        return False
    return is_in_time(run.wait, at) or (run.phase == "hearing" and at >= run.heard[0].at)


def _asked_last(run: Run) -> tuple[bool, datetime, str]:
    assert run.wait is not None
    return run.wait.asked, run.wait.asked_at, run.id


def _ask(move: Move, waited: Wait) -> None:
    early = tuple(one for one in move.run.heard if is_in_time(waited, one.at))
    move.change(wait=waited, reply="", reply_texts=0, heard=())
    if not early and move.now >= waited.deadline + GRACE:
        return time_out(move)
    move.note("waiting")
    move.change(silent=True)
    move.effects.append(Await(waited.deadline))
    if early:
        return _take(move, early)
    return move.rest("waiting", waited.deadline + GRACE)


def _take(move: Move, texts: tuple[HeardText, ...]) -> None:
    ids = tuple(one.message_id for one in texts)
    heard = tuple(sorted((*move.run.heard, *texts), key=lambda one: (one.at, one.message_id)))
    move.change(heard=heard, taken=(*move.run.taken, *ids)[-MOST_TAKEN:], silent=True, answering=True)
    move.effects.append(Took(ids))
    if len(heard) >= MOST_TEXTS or not move.run.quiet_seconds:
        return complete(move)
    return move.rest("hearing", move.now + timedelta(seconds=move.run.quiet_seconds))
