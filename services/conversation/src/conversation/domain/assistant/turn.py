"""Turns: a burst of texts is one turn, a newer text supersedes a running one, a person ends it.

A withdrawn answer may have been sent all the same. The next request waits until this is known, so that the customer
gets exactly one answer.
"""

from __future__ import annotations

from datetime import timedelta

from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Awaiting, Message, PastDraft, Turn
from conversation.domain.thread.timeline import LEFT, fate
from shared.events import FINAL_UNSENT, SmsWithdrawn

FATE_TIMEOUT = timedelta(seconds=30)
BURST_LIMIT = timedelta(seconds=30)
"""A customer who keeps texting is answered after this time, or after five quiet windows if that is longer."""
PAST_DRAFTS = 20


def open_turn(edit: Edit, message: Message) -> None:
    """Open a turn for this text, or add it to the one that is waiting."""
    before, now = edit.thread.turn, edit.scene.now
    quiet = timedelta(seconds=edit.scene.tenant.quiet_seconds)
    if before.state == "quiet":
        since = before.quiet_since or now
        causes, awaiting = before.causes, before.awaiting
    else:
        since = now
        causes, awaiting = end_turn(edit, "superseded")
    turn = Turn(
        n=before.n + 1,
        state="quiet",
        conversation_id=message.conversation_id,
        causes=_with(causes, message, edit),
        quiet_since=since,
        quiet_until=max(now, min(now + quiet, since + max(BURST_LIMIT, 5 * quiet))),
        awaiting=awaiting,
        correlation_id=edit.scene.correlation_id,
        traceparent=edit.scene.traceparent,
    )
    edit.change(turn=turn)


def _with(causes: tuple[str, ...], message: Message, edit: Edit) -> tuple[str, ...]:
    places = {one.id: one.place for one in edit.thread.messages}
    known = [id for id in (*causes, message.id) if id in places]
    return tuple(sorted(known, key=lambda id: places[id]))


def end_turn(edit: Edit, why: str) -> tuple[tuple[str, ...], Awaiting | None]:
    """Stop the running turn: drop its draft, withdraw its answer. Returns the texts that stay unanswered.

    If it is not known whether the answer was sent, its texts are returned later, and only if it was not.
    """
    turn = edit.thread.turn
    drop_draft(edit, "superseded")
    edit.change(turn=turn.ended())
    if turn.state != "answered":
        return turn.causes, None
    outcome = fate(edit.thread.message(turn.answer_id))
    if outcome == "left" or turn.answer_id is None:
        return (), None
    if outcome == "unsent":
        return turn.causes, None
    _withdraw_answer(edit, turn, why)
    awaiting = Awaiting(message_id=turn.answer_id, until=edit.scene.now + FATE_TIMEOUT, causes=turn.causes)
    return (), awaiting


def count_text(edit: Edit) -> None:
    """Count a text that opens no turn although it could have: `n` must not depend on the order of arrival."""
    turn = edit.thread.turn
    edit.change(turn=turn.but(n=turn.n + 1))


def drop_draft(edit: Edit, outcome: str) -> None:
    draft = edit.thread.draft
    if draft is None:
        return
    past = PastDraft.read({"id": draft.id, "fate": outcome})
    edit.change(draft=None, past_drafts=(*edit.thread.past_drafts, past)[-PAST_DRAFTS:])
    if edit.thread.conversation(draft.conversation_id):
        edit.touch(draft.conversation_id)


def settle_fate(edit: Edit, message: Message) -> None:
    """A message's status may settle what the turn waits for, or end the turn."""
    turn, outcome = edit.thread.turn, fate(message)
    if outcome == "unknown":
        return
    if turn.awaiting and turn.awaiting.message_id == message.id:
        edit.change(turn=_resumed(edit, turn, turn.awaiting, message))
    elif turn.state == "answered" and turn.answer_id == message.id and outcome == "left":
        edit.change(turn=turn.ended())


def _resumed(edit: Edit, turn: Turn, awaiting: Awaiting, message: Message) -> Turn:
    if message.status in LEFT:
        return turn.but(awaiting=None)
    if message.status not in FINAL_UNSENT:
        # Too late to withdraw, so probably sent: stop waiting. The carrier may still refuse it before the next request.
        return turn.but(awaiting=awaiting.but(until=edit.scene.now))
    places = {one.id: one.place for one in edit.thread.messages}
    back = {id for id in (*awaiting.causes, *turn.causes) if id in places}
    return turn.but(awaiting=None, causes=tuple(sorted(back, key=lambda id: places[id])))


def _withdraw_answer(edit: Edit, turn: Turn, why: str) -> None:
    thread = edit.thread
    withdrawn = SmsWithdrawn(reason=why, number=thread.number, contact=thread.contact, turn=turn.n)
    edit.publish(withdrawn, thread.id)
