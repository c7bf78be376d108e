"""What the carrier reports about a message it accepted: in any order, repeated, before or after its answer.

The order and number of deliveries does not change the outcome: the strongest report stands, figures come from the
latest one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sender.domain.figures import plausible_money, plausible_parts
from sender.domain.lane import Lane
from sender.domain.message import BY_PERSON, Message
from shared.events import MessageStatus, SmsReceipt

_MEANING: dict[str, MessageStatus] = {
    "queued": "accepted",
    "sending": "accepted",
    "unknown": "accepted",
    "sent": "sent",
    "delivery_unconfirmed": "unconfirmed",
    "sending_failed": "undelivered",
    "delivery_failed": "undelivered",
    "expired": "undelivered",
    "cancelled": "undelivered",
    "delivered": "delivered",
}
_STRENGTH: dict[str, int] = {"accepted": 1, "sent": 2, "unconfirmed": 3, "undelivered": 4, "delivered": 5}


def report(lane: Lane, message: Message, receipt: SmsReceipt, now: datetime) -> Lane | None:
    """The lane after this report; None if it says nothing new, or about a message that was never tried."""
    if message.attempt == 0:
        return None
    reported = _with_figures(_with_times(message, receipt), receipt)
    status = _MEANING[receipt.status]
    if strength(message) < _STRENGTH[status]:
        receipt = _without_words(receipt) if message.forgotten_at else receipt
        reason, detail = _why(receipt)
        # An error explains the state that it came with: one that was reported before says nothing of the new state.
        errors = () if status == "delivered" else receipt.errors
        return lane.with_message(
            reported.moved(status, now, reason, detail, usage=max(reported.usage, 1), errors=errors)
        )
    if reported == message:
        return None
    return lane.with_message(reported.but(revision=message.revision + 1, changed_at=now))


def strength(message: Message) -> int:
    """How certain the status is. A person's decision or our own assumption that it did not leave ranks lowest."""
    if message.status == "sent" and message.reason in BY_PERSON:
        return _STRENGTH["accepted"]
    if message.reason in BY_PERSON:
        return 0
    return _STRENGTH.get(message.status, 0)


def _with_times(message: Message, receipt: SmsReceipt) -> Message:
    times: dict[str, Any] = {"carrier_message_id": message.carrier_message_id or receipt.carrier_message_id}
    if receipt.status == "sent":
        times["sent_at"] = receipt.occurred_at
    if receipt.status == "delivered":
        times["delivered_at"] = receipt.occurred_at
    return message.but(**times)


def _with_figures(message: Message, receipt: SmsReceipt) -> Message:
    """Parts, encoding and prices as the latest report has them; the usage entry is revised if they changed.

    A report without parts leaves those that we counted ourselves."""
    if message.figures_at and receipt.occurred_at <= message.figures_at:
        return message
    parts, cost = plausible_parts(receipt.parts), plausible_money(receipt.cost)
    if parts is None and cost is None:
        return message
    figures = {
        "parts": parts or message.parts,
        "encoding": receipt.encoding or message.encoding,
        "cost": cost or message.cost,
        "carrier_fee": plausible_money(receipt.carrier_fee) or message.carrier_fee,
    }
    same = not message.estimated and all(getattr(message, name) == value for name, value in figures.items())
    revised = message.usage + (0 if same else 1)
    return message.but(figures_at=receipt.occurred_at, estimated=False, usage=revised, **figures)


def _without_words(receipt: SmsReceipt) -> SmsReceipt:
    """Retention removed this message's words and runs only once for it: a late report must not bring any back."""
    return receipt.but(errors=tuple(error.but(detail="") for error in receipt.errors))


def _why(receipt: SmsReceipt) -> tuple[str, str]:
    if receipt.errors and receipt.status != "delivered":
        first = receipt.errors[0]
        return f"carrier_{first.code}", first.detail or first.title
    return ("", "") if receipt.status in ("sent", "delivered", "queued", "sending") else (receipt.status, "")
