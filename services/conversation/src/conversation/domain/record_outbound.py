"""Messages that other services sent to this contact, and status reports of all outbound messages."""

from __future__ import annotations

from datetime import datetime

from conversation.domain.assistant.needs_person import ask_for_person, flagged
from conversation.domain.assistant.turn import hold_for_question, release, settle_fate
from conversation.domain.campaign_replies import note_campaign_text
from conversation.domain.consent.opt_out import told_by_carrier
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Message, MessageMedia, Silence, Thread
from conversation.domain.thread.timeline import with_early, with_status
from shared.aggregates import Decision
from shared.events import UNKNOWN_QUESTION, SmsOutbound, SmsStatus
from shared.events.kinds import is_media_url
from shared.sms_parts import measure

_NEEDS_PERSON = frozenset({"failed", "expired", "refused"})


def record_outbound(
    thread: Thread, event: SmsOutbound, at: datetime, scene: Scene, *, run_id: str | None = None
) -> Decision[Thread] | None:
    """File a message of a campaign, workflow or other system in the conversation, where it can be read and answered.

    `run_id`: the run of campaigns that sent it.
    """
    if thread.message(event.message_id):
        return None
    edit = Edit(thread, scene)
    conversation = edit.join(at)
    measured = measure(event.text)
    message = Message(
        id=event.message_id,
        conversation_id=conversation.id,
        direction="outbound",
        author=event.author,
        text=event.text,
        media=tuple(MessageMedia(url=url) for url in event.media_urls if is_media_url(url)),
        from_number=event.number,
        to_number=event.contact,
        status="queued",
        parts=measured.parts,
        encoding=measured.encoding,
        created_at=at,
    )
    message = edit.file(message)
    _keep_silent(edit, event, at, run_id)
    note_campaign_text(edit, event, at)
    settle_fate(edit, message)
    return edit.done()


def _keep_silent(edit: Edit, event: SmsOutbound, at: datetime, run_id: str | None) -> None:
    """Note whether a workflow waits for the answer. Of several messages the latest counts, by time."""
    if event.author != "workflow" and event.expects_reply_until is None:
        return
    present = edit.thread.silence
    if present is None or (at, event.message_id) > (present.at, present.message_id):
        silence = Silence(message_id=event.message_id, at=at, until=event.expects_reply_until, run_id=run_id)
        edit.change(silence=silence)
    if event.expects_reply_until is not None:
        _question_came(edit)


def _question_came(edit: Edit) -> None:
    edit.change(turn=edit.thread.turn.but(question_to_come=False))
    release(edit)


def absorb_status(
    thread: Thread, status: SmsStatus, filed: Message | None, scene: Scene, *, looked: bool
) -> Decision[Thread] | None:
    """Update a message by its status report. None if nothing changes, or if the record must be read first.

    `filed`: the message's record, for a message that the thread no longer holds; `looked`: whether it was read.
    """
    kept = thread.message(status.message_id)
    if kept is None and not looked:
        return None
    edit = Edit(thread, scene)
    message = kept or filed
    if message is None:
        edit.thread = with_early(thread, status)
    else:
        _apply_status(edit, message, status, kept is not None)
    if status.opted_out_at:
        told_by_carrier(edit, status.message_id, status.opted_out_at)
    return edit.done() if edit.thread != thread or edit.is_dirty else None


def _apply_status(edit: Edit, message: Message, status: SmsStatus, kept: bool) -> None:
    changed = with_status(message, status)
    if changed is message:
        return
    was_answer = edit.thread.turn.state == "answered" and edit.thread.turn.answer_id == message.id
    if kept:
        edit.file(changed)
    else:
        edit.file_only(changed)
    settle_fate(edit, changed)
    if edit.thread.silence and edit.thread.silence.message_id == changed.id:
        _question_came(edit)
    if was_answer and changed.status == "refused" and changed.reason == UNKNOWN_QUESTION:
        hold_for_question(edit)
        return
    conversation = edit.thread.conversation(message.conversation_id)
    if was_answer and changed.status in _NEEDS_PERSON and conversation:
        why = ": ".join(filter(None, (changed.reason or changed.status, status.detail)))
        detail = f"the assistant's answer was not sent: {why}"
        ask_for_person(edit, conversation, flagged("answer_not_sent", changed.created_at, detail))
