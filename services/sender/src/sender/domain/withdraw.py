"""Messages that are not wanted any more: those waiting end, those in flight or gone answer "too late"."""

from __future__ import annotations

from datetime import datetime

from sender.domain.lane import WITHDRAWALS_KEPT, Lane, Withdrawal
from sender.domain.message import Message
from shared.events import SmsWithdrawn


def withdrawal_of(data: SmsWithdrawn, now: datetime) -> Withdrawal:
    return Withdrawal(
        message_ids=data.message_ids,
        turn=data.turn,
        cause=data.cause,
        author=data.author,
        reason=data.reason or "withdrawn",
        at=now,
    )


def withdraw(lane: Lane, withdrawal: Withdrawal, now: datetime) -> Lane:
    """Apply it to what is here, and remember it: what it names may arrive after it."""
    lane = lane.but(withdrawals=(*lane.withdrawals, withdrawal)[-WITHDRAWALS_KEPT:])
    for message in lane.messages:
        if withdrawal.covers(message):
            lane = lane.with_message(withdraw_message(message, withdrawal.reason, now))
    return lane


def withdraw_message(message: Message, reason: str, now: datetime) -> Message:
    """The message after a withdrawal. Unchanged if it ended unsent, or was reported as too late before."""
    if message.status == "queued":
        return message.moved("withdrawn", now, reason)
    if message.unsent or message.too_late:
        return message
    # If its attempt turns out not to have been accepted, it ends as withdrawn instead of being queued again.
    remembered = {"withdrawn": reason} if message.in_flight else {}
    return message.moved(message.status, now, message.reason, message.detail, too_late=True, **remembered)
