"""Which messages a thread keeps, and how a status changes one. The order of arrival makes no difference."""

from __future__ import annotations

from typing import Literal

from conversation.domain.thread.model import Message, Thread
from shared.events import FINAL_UNSENT, SmsStatus
from shared.sms_parts import measure

KEPT = 20
"""Enough context for an assistant; older ones are in the records only."""
MOST = 60
"""Kept at most, including unfinished and unanswered ones."""
PASSAGES_KEPT = 5
"""Of so many latest messages the thread keeps the passages' texts; of those that ended before, only the records do."""
EARLY = 50
ENDED = FINAL_UNSENT | {"received", "delivered", "undelivered", "unconfirmed"}
LEFT = frozenset({"accepted", "sent", "delivered", "undelivered", "unconfirmed", "unresolved"})


def with_message(thread: Thread, message: Message) -> Thread:
    """The thread with this message in its place; it replaces an older revision of itself."""
    others = [one for one in thread.messages if one.id != message.id]
    return thread.but(messages=_kept(thread, sorted([*others, message], key=lambda one: one.place)))


def _kept(thread: Thread, messages: list[Message]) -> tuple[Message, ...]:
    messages = [*map(_slimmed, messages[:-PASSAGES_KEPT]), *messages[-PASSAGES_KEPT:]]
    recent = len(messages) - KEPT
    if recent <= 0:
        return tuple(messages)
    kept = [one for n, one in enumerate(messages) if n >= recent or _matters(thread, one)]
    return tuple(kept[-MOST:])


def _slimmed(message: Message) -> Message:
    why = message.why
    if why is None or message.status not in ENDED or not any(passage.text for passage in why.passages):
        return message
    return message.but(why=why.but(passages=tuple(passage.but(text="") for passage in why.passages)))


def _matters(thread: Thread, message: Message) -> bool:
    return message.status not in ENDED or message.id in thread.turn.causes


def with_status(message: Message, status: SmsStatus) -> Message:
    """The message with this status; unchanged if it has a newer one."""
    if status.revision < message.revision:
        return message
    # Our count stands in until the carrier reports one. An older status is not used: statuses arrive in any order.
    measured = measure(message.text)
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
    """Keep a status until its message arrives; of each message the highest revision."""
    known = next((one for one in thread.early if one.message_id == status.message_id), None)
    if known and known.revision >= status.revision:
        return thread
    others = [one for one in thread.early if one.message_id != status.message_id]
    return thread.but(early=(*others[1 - EARLY :], status))


def with_early_status(thread: Thread, message: Message) -> tuple[Thread, Message]:
    """A new message together with the status that arrived before it, if any."""
    status = next((one for one in thread.early if one.message_id == message.id), None)
    if status is None:
        return thread, message
    rest = tuple(one for one in thread.early if one.message_id != message.id)
    return thread.but(early=rest), with_status(message, status)


def fate(message: Message | None) -> Literal["unknown", "left", "unsent"]:
    """Whether a message was sent, as far as known. A message that the thread no longer holds has been sent."""
    if message is None:
        return "left"
    if message.status in FINAL_UNSENT:
        return "unsent"
    return "left" if message.too_late or message.status in LEFT else "unknown"
