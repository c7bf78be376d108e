"""Turns: a burst of texts is one turn, a newer text supersedes a running one, a person ends it.

A withdrawn answer may have been sent all the same. The next request waits until this is known, so that the customer
gets exactly one answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from conversation.domain.assistant.mode import effective_mode
from conversation.domain.consent.state import is_out
from conversation.domain.judgement.judge import judge, of_draft
from conversation.domain.judgement.silent_answers import is_shadowed
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Awaiting, Message, PastDraft, Turn
from conversation.domain.thread.timeline import LEFT, fate
from conversation.domain.workflows.waits import is_silenced, is_taken, known_question
from shared.events import FINAL_UNSENT, SmsWithdrawn

FATE_TIMEOUT = timedelta(seconds=30)
BURST_LIMIT = timedelta(seconds=30)
"""A customer who keeps texting is answered after this time, or after five quiet windows if that is longer."""
PAST_DRAFTS = 20


def opens_turn(edit: Edit, message: Message) -> bool:
    """Whether the assistant may answer this text. The opt-out itself is checked when the turn is due: a START sent
    before this text may still arrive."""
    stopped_at = edit.thread.last_stop_at
    if is_taken(edit.thread, message.id) or (stopped_at and message.created_at <= stopped_at):
        return False
    conversation = edit.conversation(message.conversation_id)
    if effective_mode(conversation, edit.scene.tenant) != "off" or is_shadowed(conversation, edit.scene.tenant):
        return True
    paused_already = conversation.needs_person is not None and conversation.needs_person.paused
    return is_out(edit.thread, edit.scene.consent) and not paused_already  # a person hears of it, by `opted_out_writes`


def open_turn(edit: Edit, message: Message, patience: timedelta = timedelta()) -> None:
    """Open a turn for this text, or add it to the one that is waiting. It is not asked before `patience` is over."""
    before, now = edit.thread.turn, edit.scene.now
    quiet = max(timedelta(seconds=edit.scene.tenant.quiet_seconds), patience)
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
        question_to_come=before.question_to_come,
        shadow=is_shadowed(edit.conversation(message.conversation_id), edit.scene.tenant),
    )
    edit.change(turn=turn)


def _with(causes: tuple[str, ...], message: Message, edit: Edit) -> tuple[str, ...]:
    places = {one.id: one.place for one in edit.thread.messages}
    known = {id for id in (*causes, message.id) if id in places}
    return tuple(sorted(known, key=lambda id: places[id]))


def drop_texts(edit: Edit, why: str) -> None:
    """A workflow run took some texts: what the assistant made of them is withdrawn, and it answers only the others."""
    turn = edit.thread.turn
    waiting = turn.awaiting.causes if turn.awaiting else ()
    if not any(is_taken(edit.thread, id) for id in (*turn.causes, *waiting)):
        return
    if turn.state == "quiet":
        rest, awaiting = _not_taken(edit, turn.causes), _awaiting_others(edit, turn.awaiting)
        kept = turn.but(causes=rest, awaiting=awaiting)
        edit.change(turn=kept if rest or (awaiting and awaiting.causes) else turn.ended())
        return
    causes, awaiting = end_turn(edit, why)
    rest, awaiting = _not_taken(edit, causes), _awaiting_others(edit, awaiting)
    if rest or (awaiting and awaiting.causes):
        edit.change(turn=_anew(edit, turn, rest, awaiting))


def hold(edit: Edit, *, until: datetime | None) -> None:
    """The assistant waits, because a workflow run does; None: no longer. A draft in the making is not wanted."""
    turn, now = edit.thread.turn, edit.scene.now
    if turn.state == "asked":
        turn = _anew(edit, turn, turn.causes, None)
    edit.change(turn=turn.but(held=until is not None, quiet_until=until or now))


def hold_for_question(edit: Edit) -> None:
    """Sender refused the answer because of a question that this thread did not know; it may have come meanwhile."""
    turn, patience = edit.thread.turn, timedelta(seconds=edit.scene.tenant.answer_within_seconds)
    before, now_known = turn.known_question, known_question(edit.thread)
    to_come = before is not None and (before.message_id, before.unsent) == (now_known.message_id, now_known.unsent)
    again = _anew(edit, turn, turn.causes, None)
    edit.change(turn=again.but(held=True, question_to_come=to_come, quiet_until=edit.scene.now + patience))
    release(edit)


def release(edit: Edit) -> None:
    """Texts that were held and that no run waits for any more are answered now."""
    if edit.thread.turn.held and not is_silenced(edit.thread):
        hold(edit, until=None)


def _anew(edit: Edit, turn: Turn, causes: tuple[str, ...], awaiting: Awaiting | None) -> Turn:
    """A turn with another number, so that answers to the one before it are not taken for its own."""
    now = edit.scene.now
    return Turn(
        n=turn.n + 1,
        state="quiet",
        conversation_id=turn.conversation_id,
        causes=causes,
        quiet_since=now,
        quiet_until=now,
        awaiting=awaiting,
        correlation_id=turn.correlation_id,
        traceparent=turn.traceparent,
    )


def _not_taken(edit: Edit, ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(id for id in ids if not is_taken(edit.thread, id))


def _awaiting_others(edit: Edit, awaiting: Awaiting | None) -> Awaiting | None:
    return awaiting.but(causes=_not_taken(edit, awaiting.causes)) if awaiting else None


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


def drop_draft(edit: Edit, outcome: str, *, judged: bool = False) -> None:
    """`judged`: what a person did with it is recorded already."""
    draft = edit.thread.draft
    if draft is None:
        return
    if not judged:
        judge(edit, of_draft(draft), "superseded")
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
