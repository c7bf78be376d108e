"""What others sent to this contact from this number, and what became of any of our messages."""

from __future__ import annotations

from datetime import datetime

from conversation.domain.assistant.needs_person import flagged, needs_person
from conversation.domain.assistant.turn import fate_known
from conversation.domain.consent.opt_out import told_by_carrier
from conversation.domain.thread.context import Scene
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Message, Silence, Thread
from conversation.domain.thread.timeline import with_early, with_status
from shared.aggregates import Decision
from shared.events import Media, SmsOutbound, SmsStatus
from shared.sms_parts import measure

_TOLD_TO_A_PERSON = frozenset({"failed", "expired", "refused"})


def record_outbound(thread: Thread, event: SmsOutbound, at: datetime, scene: Scene) -> Decision[Thread] | None:
    """A campaign, workflow or other system texts this contact: part of the conversation, to be read and answered."""
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
        media=tuple(Media(url=url) for url in event.media_urls),
        from_number=event.number,
        to_number=event.contact,
        status="queued",
        parts=measured.parts,
        encoding=measured.encoding,
        created_at=at,
    )
    message = edit.file(message)
    _keep_silent(edit, event, at)
    fate_known(edit, message)
    return edit.done()


def _keep_silent(edit: Edit, event: SmsOutbound, at: datetime) -> None:
    """The workflow's latest word counts, by time: it waits for an answer, or no longer does."""
    if event.author != "workflow" and event.expects_reply_until is None:
        return
    present = edit.thread.silence
    if present is None or (at, event.message_id) > (present.at, present.message_id):
        silence = Silence(message_id=event.message_id, at=at, until=event.expects_reply_until)
        edit.change(silence=silence)


def absorb_status(
    thread: Thread, status: SmsStatus, filed: Message | None, scene: Scene, *, looked: bool
) -> Decision[Thread] | None:
    """`filed` is the message as recorded, if the thread keeps it no more; `looked` says whether that was looked up.

    None if nothing changes, or if the record must be looked up first.
    """
    kept = thread.message(status.message_id)
    if kept is None and not looked:
        return None
    edit = Edit(thread, scene)
    message = kept or filed
    if message is None:
        edit.thread = with_early(thread, status)
    else:
        _show(edit, message, status, kept is not None)
    if status.opted_out_at:
        told_by_carrier(edit, status.message_id, status.opted_out_at)
    return edit.done() if edit.thread != thread or edit.is_dirty else None


def _show(edit: Edit, message: Message, status: SmsStatus, kept: bool) -> None:
    changed = with_status(message, status)
    if changed is message:
        return
    was_answer = edit.thread.turn.state == "answered" and edit.thread.turn.answer_id == message.id
    if kept:
        edit.file(changed)
    else:
        edit.file_only(changed)
    fate_known(edit, changed)
    conversation = edit.thread.conversation(message.conversation_id)
    if was_answer and changed.status in _TOLD_TO_A_PERSON and conversation:
        why = ": ".join(filter(None, (changed.reason or changed.status, status.detail)))
        detail = f"the assistant's answer was not sent: {why}"
        needs_person(edit, conversation, flagged("answer_not_sent", changed.created_at, detail))
