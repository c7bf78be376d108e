"""Sending a message: it gets the thread's next number, is filed in the timeline and published to the sender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from conversation.domain.media.item import MEDIA_USES, use_of
from conversation.domain.thread.edit import Edit
from conversation.domain.thread.model import Conversation, Message, MessageMedia
from shared.errors import Invalid
from shared.events import Author, KnownQuestion, SmsOutbound, Why
from shared.sms_parts import measure

MAX_PARTS = 10
"""Of one message, by people, programs and the assistant."""


def check_length(text: str) -> None:
    """Raises `Invalid("too_long")`. The detail names the character that forces UCS-2, if any."""
    measured = measure(text)
    if measured.parts > MAX_PARTS:
        forced = f"; {measured.forced_by!r} makes it UCS-2" if measured.forced_by else ""
        detail = f"this text takes {measured.parts} SMS parts; the limit is {MAX_PARTS}{forced}; shorten it"
        raise Invalid("too_long", detail)


@dataclass(frozen=True)
class Outgoing:
    """A message to send. With `turn` (the assistant's answers only) it can be withdrawn with that turn."""

    message_id: str
    text: str
    author: Author
    media: tuple[MessageMedia, ...] = ()
    user_id: str | None = None
    turn: int | None = None
    causes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    digest: str | None = None
    why: Why | None = None
    known_question: KnownQuestion | None = None
    """Of what answers a customer's text by itself."""


def decided_at(edit: Edit) -> datetime:
    """Now, or just after the latest message: an answer is never listed before its question."""
    last = edit.thread.messages[-1].created_at if edit.thread.messages else None
    now = edit.scene.now
    return max(now, last + timedelta(milliseconds=1)) if last else now


def send(edit: Edit, outgoing: Outgoing, at: datetime) -> Message:
    """File the message in the conversation of this moment and publish it with the thread's next number."""
    conversation = edit.join(at)
    message = edit.file(_message(edit, conversation, outgoing, at))
    for one in outgoing.media:
        if one.id:
            edit.record(MEDIA_USES, use_of(edit.thread.tenant_id, one.id, outgoing.message_id))
    seq = edit.thread.out_seq + 1
    edit.change(out_seq=seq)
    outbound = SmsOutbound(
        message_id=outgoing.message_id,
        number=edit.thread.number,
        contact=edit.thread.contact,
        text=outgoing.text,
        media_urls=tuple(one.url for one in outgoing.media),
        author=outgoing.author,
        user_id=outgoing.user_id,
        expires_at=outgoing.expires_at,
        causes=outgoing.causes,
        conversation_id=conversation.id,
        turn=outgoing.turn,
        stream=edit.thread.id,
        seq=seq,
        contact_texted_us=edit.thread.contact_texted_us,
        known_question=outgoing.known_question,
    )
    edit.publish(outbound, outgoing.message_id)
    return message


def _message(edit: Edit, conversation: Conversation, outgoing: Outgoing, at: datetime) -> Message:
    measured = measure(outgoing.text)
    return Message(
        id=outgoing.message_id,
        conversation_id=conversation.id,
        direction="outbound",
        author=outgoing.author,
        text=outgoing.text,
        media=outgoing.media,
        from_number=edit.thread.number,
        to_number=edit.thread.contact,
        status="queued",
        parts=measured.parts,
        encoding=measured.encoding,
        created_at=at,
        digest=outgoing.digest,
        user_id=outgoing.user_id,
        why=outgoing.why,
    )
