"""The assistant's answer arrives. It is sent only if it still fits the present state of the conversation."""

from __future__ import annotations

from datetime import datetime, timedelta

from conversation.domain.assistant import closed_text
from conversation.domain.assistant.acts import LASTING, carry_out
from conversation.domain.assistant.limits import exceeded_limit, with_ai_message
from conversation.domain.assistant.mode import effective_mode
from conversation.domain.assistant.needs_person import ask_for_person, flagged, paused
from conversation.domain.assistant.turn import hold
from conversation.domain.consent.state import is_out
from conversation.domain.judgement.judge import Judged, count_sent, judge, origin_of
from conversation.domain.judgement.silent_answers import keep_silent_answer
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Conversation, Draft, SentAnswer, Thread
from conversation.domain.thread.send import Outgoing, decided_at, send
from conversation.domain.workflows.waits import is_silenced, known_question
from shared.aggregates import Decision
from shared.blank_text import is_blank
from shared.events import ReplyDrafted
from shared.events.ai_responder import MEDIA_ONLY, POSSIBLE_OPT_OUT
from shared.events.conversation import JudgedMode
from shared.ids import derived_id
from shared.sms_parts import measure


def on_drafted(thread: Thread, event: ReplyDrafted, scene: Scene) -> Decision[Thread] | None:
    """None if its turn has ended: superseded, taken over, opted out or timed out. While a workflow run waits for the
    customer's answer it is dropped, and asked for anew if the run does not take the texts."""
    conversation = thread.conversation(event.conversation_id)
    if conversation is None or thread.turn.state != "asked" or thread.turn.n != event.turn:
        return None
    edit = Edit(thread, scene)
    mode = effective_mode(conversation, scene.tenant)
    if thread.turn.shadow:
        keep_silent_answer(edit, event)
    elif mode == "off" or is_out(thread, scene.consent):
        _end(edit)
    elif thread.turn.answer_by and scene.now > thread.turn.answer_by:
        _end(edit)
        ask_for_person(edit, conversation, flagged("no_answer_in_time", scene.now, "the answer came too late"))
    elif is_silenced(thread):
        hold(edit, until=scene.now + timedelta(seconds=scene.tenant.answer_within_seconds))
    elif event.say_once_in_hours and closed_text.said_lately(thread, event.say_once_in_hours, scene.now):
        _end(edit)
        closed_text.leave_to_person(edit, conversation, event)
    elif event.outcome == "reply" and not is_blank(event.text):
        _reply(edit, conversation, event, may_send=mode == "auto")
    else:
        _no_reply(edit, conversation, event, may_send=mode == "auto")
    return edit.done()


def _end(edit: Edit) -> None:
    edit.change(turn=edit.thread.turn.ended())


def _reply(edit: Edit, conversation: Conversation, event: ReplyDrafted, *, may_send: bool) -> None:
    tenant, now = edit.scene.tenant, edit.scene.now
    if not may_send:
        _keep_draft(edit, conversation, event)
    elif edit.thread.turn.ceiling != "auto":
        _keep_draft(edit, conversation, event, "guide")
    elif measure(event.text).parts > tenant.max_ai_parts:
        _keep_draft(edit, conversation, event, "too_long")
        detail = f"the answer has more than {tenant.max_ai_parts} parts; shorten and approve it"
        ask_for_person(edit, conversation, flagged("answer_too_long", now, detail))
    elif event.ungrounded:
        _keep_draft(edit, conversation, event, "ungrounded")
        ask_for_person(edit, conversation, flagged("answer_ungrounded", now, _unsourced(event)))
    elif reason := exceeded_limit(edit.thread, tenant, now):
        _end(edit)
        ask_for_person(edit, conversation, paused(reason, now))
    else:
        _send(edit, conversation, event)


def _unsourced(event: ReplyDrafted) -> str:
    claims = ", ".join(f'"{claim.words}" ({claim.kind.replace("_", " ")})' for claim in event.ungrounded)
    return f"found in no text of yours and in none of the customer: {claims}; check, then approve, edit or reject it"


def _no_reply(edit: Edit, conversation: Conversation, event: ReplyDrafted, *, may_send: bool) -> None:
    """After a failure the assistant tries the next text; a hand-over or refusal waits for a person."""
    now = edit.scene.now
    if event.outcome in ("hand_over", "refusal"):
        judge(edit, _judged(event, conversation, "auto" if may_send else "suggest"), "handed_over")
    if event.outcome == "hand_over" and event.reason == POSSIBLE_OPT_OUT:
        _end(edit)  # nothing is sent, not even a parting word
        detail = "the assistant thinks the customer wants no more texts; ask, or opt the contact out"
        ask_for_person(edit, conversation, paused("possible_opt_out", now, detail))
    elif event.outcome == "hand_over" and event.reason == MEDIA_ONLY:
        _end(edit)
        ask_for_person(edit, conversation, flagged("media_only", now, "look at what the customer sent, and answer"))
    elif event.outcome == "hand_over":
        _end(edit)
        if not is_blank(event.text) and may_send and measure(event.text).parts <= edit.scene.tenant.max_ai_parts:
            outgoing = _outgoing(edit, event, edit.scene.now, with_turn=False)
            send(edit, outgoing, decided_at(edit))
            edit.thread = with_ai_message(edit.thread, now)
            if event.say_once_in_hours:
                closed_text.remember(edit, outgoing.message_id)
        if may_send:
            lasting = [act for act in event.acts if act.kind in LASTING]
            carry_out(edit, conversation.id, lasting, event.run_id)
        ask_for_person(edit, conversation, paused("hand_over", now, event.reason))
    elif event.outcome == "refusal":
        _end(edit)
        ask_for_person(edit, conversation, paused("refusal", now, event.reason))
    else:
        _end(edit)
        ask_for_person(edit, conversation, flagged("failure", now, event.reason or "the assistant gave no answer"))


def _send(edit: Edit, conversation: Conversation, event: ReplyDrafted) -> None:
    turn = edit.thread.turn
    outgoing = _outgoing(edit, event, turn.answer_by or edit.scene.now, with_turn=True)
    known = outgoing.known_question
    edit.change(turn=turn.but(state="answered", answer_id=outgoing.message_id, answer_by=None, known_question=known))
    if (needs := conversation.needs_person) and not needs.paused:
        edit.update(conversation, needs_person=None)  # the answer settles it
    message = send(edit, outgoing, decided_at(edit))
    edit.thread = with_ai_message(edit.thread, edit.scene.now)
    carry_out(edit, message.conversation_id, event.acts, event.run_id)
    if event.say_once_in_hours:
        closed_text.remember(edit, outgoing.message_id)
        closed_text.leave_to_person(edit, conversation, event)
    else:
        _note_sent(edit, conversation, event, outgoing.message_id)


def _note_sent(edit: Edit, conversation: Conversation, event: ReplyDrafted, message_id: str) -> None:
    turn, origin = edit.thread.turn, origin_of(event)
    answer = SentAnswer(
        conversation_id=conversation.id, turn=turn.n, message_id=message_id, origin=origin, at=edit.scene.now
    )
    edit.change(sent_answer=answer)
    if turn.is_counted:
        count_sent(edit, Judged(origin=origin, conversation_id=conversation.id, mode="auto"))


def _judged(event: ReplyDrafted, conversation: Conversation, mode: JudgedMode) -> Judged:
    return Judged(origin=origin_of(event), conversation_id=conversation.id, mode=mode)


def _outgoing(edit: Edit, event: ReplyDrafted, answer_by: datetime, *, with_turn: bool) -> Outgoing:
    """A hand-over's last message has no turn, so that the customer's next text does not withdraw it."""
    return Outgoing(
        message_id=derived_id("msg", edit.thread.id, event.run_id),
        text=event.text.strip(),
        author="assistant",
        turn=event.turn if with_turn else None,
        causes=(*edit.thread.turn.causes, event.run_id),
        expires_at=answer_by if with_turn else None,
        why=event.why,
        known_question=known_question(edit.thread),
    )


def _keep_draft(edit: Edit, conversation: Conversation, event: ReplyDrafted, reason: str = "") -> None:
    draft = Draft(
        id=derived_id("drf", edit.thread.id, event.run_id),
        conversation_id=conversation.id,
        turn=event.turn,
        text=event.text.strip(),
        run_id=event.run_id,
        assistant_id=event.assistant_id,
        model=event.model,
        reason=reason,
        ungrounded=event.ungrounded,
        why=event.why,
        acts=event.acts,
        created_at=edit.scene.now,
    )
    edit.change(draft=draft, turn=edit.thread.turn.but(state="suggested", answer_by=None))
    edit.touch(conversation.id)
