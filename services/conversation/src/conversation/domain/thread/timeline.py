"""Which messages a thread keeps, and what a status makes of one. The same whatever the order of arrival."""

from __future__ import annotations

from typing import Literal

from conversation.domain.thread.model import Message, Thread
from shared.events import FINAL_UNSENT, SmsStatus
from shared.sms_parts import measure

KEPT = 20
"""Enough for an assistant to understand; older ones are read from the records."""
MOST = 60
"""Kept at most, with those still on their way."""
EARLY = 50
ENDED = FINAL_UNSENT | {"received", "delivered", "undelivered", "unconfirmed"}
LEFT = frozenset({"accepted", "sent", "delivered", "undelivered", "unconfirmed", "unresolved"})


def with_message(thread: Thread, message: Message) -> Thread:
    """The thread with this message in its place, or in place of its older self."""
    others = [one for one in thread.messages if one.id != message.id]
    return thread.but(messages=_kept(thread, sorted([*others, message], key=lambda one: one.place)))


def _kept(thread: Thread, messages: list[Message]) -> tuple[Message, ...]:
    recent = len(messages) - KEPT
    if recent <= 0:
        return tuple(messages)
    kept = [one for n, one in enumerate(messages) if n >= recent or _matters(thread, one)]
    return tuple(kept[-MOST:])


def _matters(thread: Thread, message: Message) -> bool:
    return message.status not in ENDED or message.id in thread.turn.causes


def with_status(message: Message, status: SmsStatus) -> Message:
    """This message as the status has it; unchanged if it shows a newer one already."""
    if status.revision < message.revision:
        return message
    measured = measure(message.text)  # until the carrier has said; never an older status, or order would show
    return message.but(
        status=status.status,
        reason=status.reason,
        parts=measured.parts if status.parts is None else status.parts,
        encoding=status.encoding or measured.encoding,
        cost=status.cost,
        error=status.errors[0] if status.errors else None,
        sent_at=status.sent_at,
        delivered_at=status.delivered_at,
        too_late=status.too_late,
        revision=status.revision + 1,
    )


def with_early(thread: Thread, status: SmsStatus) -> Thread:
    """Remember a status until its message is known; the highest revision of each."""
    known = next((one for one in thread.early if one.message_id == status.message_id), None)
    if known and known.revision >= status.revision:
        return thread
    others = [one for one in thread.early if one.message_id != status.message_id]
    return thread.but(early=(*others[1 - EARLY :], status))


def caught_up(thread: Thread, message: Message) -> tuple[Thread, Message]:
    """A message that becomes known now, with the status that was there before it."""
    status = next((one for one in thread.early if one.message_id == message.id), None)
    if status is None:
        return thread, message
    rest = tuple(one for one in thread.early if one.message_id != message.id)
    return thread.but(early=rest), with_status(message, status)


def fate(message: Message | None) -> Literal["unknown", "left", "unsent"]:
    """Whether a message went out, as far as anybody knows. One that is no longer kept has long ended."""
    if message is None:
        return "left"
    if message.status in FINAL_UNSENT:
        return "unsent"
    return "left" if message.too_late or message.status in LEFT else "unknown"
