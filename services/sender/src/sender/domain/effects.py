"""Derives the records and events of a decision from the lane before and after it. One rule for all decisions.

A message with a higher `revision` is filed, and published as `sms.status` if that is worth telling; one with a higher
`usage` is booked.
"""

from __future__ import annotations

from typing import Any

from sender.domain.lane import Lane
from sender.domain.message import DAILY_PARTS, LEFT, LONG_WAITS, Message
from shared.aggregates import Decision, Gather, NewEvent, NewRecord, stored
from shared.events import Money, Priority, SmsStatus, UsageKind, UsageLine, UsageRecorded, is_of_campaigns
from shared.events.envelope import EventData

RECORDS = "messages"
BUDGET = "budget"
STATUS_HELD_SECONDS = 5.0
"""A `sent` waits so long for the final receipt, which usually comes within seconds and says it too."""
REPORTED_AGAIN = frozenset({"accepted", "sent"})
"""Another receipt usually follows."""
USAGE_HELD_SECONDS = 15.0
"""The carrier's last figures usually come within seconds, with the final receipt: then what was estimated, or reported
without the fee, need not be booked and corrected."""


def decision(before: Lane | None, after: Lane, *more: NewEvent, was: Message | None = None) -> Decision[Lane]:
    """`was` is a message that had left the lane and was brought back into it by this decision."""
    known = {message.id: message for message in before.messages} if before else {}
    if was and was.id not in known:
        known[was.id] = was
    changed = [m for m in after.messages if m.id not in known or known[m.id].revision != m.revision]
    events: list[NewEvent] = []
    for message in changed:
        was_before = known.get(message.id)
        if is_published(was_before, message):
            events.append(_status(was_before, message))
        if message.usage and message.usage != (was_before.usage if was_before else 0):
            events.append(_usage(message))
        elif was_before and _is_last_report(was_before, message):
            events.append(_usage(message, only_held=True))
    return Decision(
        state=after.trimmed(frozenset(message.id for message in changed)),
        records=(
            *(NewRecord(RECORDS, record_of(message)) for message in changed),
            *(NewRecord(BUDGET, note) for m in changed if (note := budget_note(known.get(m.id), m))),
        ),
        events=(*events, *more),
    )


def record_of(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "revision": message.revision,
        "tenant_id": message.tenant_id,
        "lane_id": message.lane_id,
        "status": message.status,
        "contact": message.order.contact,
        "campaign_id": message.order.campaign_id,
        "conversation_id": message.order.conversation_id,
        "carrier_message_id": message.carrier_message_id,
        "created_at": message.created_at,
        "words_at": None if message.forgotten_at else message.created_at,
        "waits_for": _waits_for(message),
        "message": stored(message.but(body=None)),
    }


def _waits_for(message: Message) -> str | None:
    """The key that finds the messages waiting for the same thing, to let them go together."""
    if message.status != "queued" or not message.reason:
        return None
    return waits_for(message.order.number, message.priority) if message.reason == DAILY_PARTS else message.reason


def waits_for(number: str, priority: Priority) -> str:
    """Finds the messages that wait for the same room when a cap is raised."""
    return f"{DAILY_PARTS}|{number}|{priority}"


def budget_amount(message: Message) -> int | None:
    """What it counts with now; None while that is open (never claimed, or being sent: its reservation counts)."""
    booking = message.booking
    if booking is None or message.status == "submitting":
        return None
    if message.unsent or message.status == "queued":
        return 0
    if booking.price:
        return booking.expected(message.parts) + booking.price.fee(message.carrier_fee, booking.currency)
    if message.cost and message.cost.currency == booking.currency:
        return message.cost.nano
    return booking.expected(message.parts)


def budget_note(before: Message | None, message: Message) -> dict[str, Any] | None:
    """What the tenant's budget has to know of this change: a new amount, a message that waits for money, or one that
    now waits for something else and gives its reservation back."""
    note: dict[str, Any] = {"id": message.id, "revision": message.revision, "tenant_id": message.tenant_id}
    if message.status == "queued" and message.reason == "budget":
        return note | {"waits": message.parts, "contact": message.order.contact, "mms": message.mms}
    if message.status == "queued" and message.reason in LONG_WAITS and _was_let_go(message):
        return note | {"gives_back_at": message.changed_at}
    nano = budget_amount(message)
    if nano is None or message.booking is None or (before and budget_amount(before) == nano):
        return None
    return note | {"day": message.booking.day, "nano": nano}


def _was_let_go(message: Message) -> bool:
    """The budget waker may have reserved for it. The other waiting messages do not concern the budget."""
    return any(step.reason == "budget" for step in message.history)


def is_published(before: Message | None, message: Message) -> bool:
    """Whether a person or program can see or act upon the difference (docs/adr/0016). The service that asked for a
    message knows that it is queued, and after `submitting` comes an outcome."""
    if before is None:
        return message.status != "queued" or bool(message.reason) or _is_counted(message)
    if message.too_late != before.too_late:
        return True
    return message.status != "submitting" and not _waits_its_turn(before, message)


def _waits_its_turn(before: Message, message: Message) -> bool:
    """A campaign's thousands all wait for the pace: each to tell of it would cost as much as sending."""
    paced = message.status == before.status == "queued" and message.reason == "pace"
    return paced and message.priority == "bulk" and before.reason in ("", "pace")


def _is_counted(message: Message) -> bool:
    """Campaigns counts its messages from the moment they are queued."""
    return is_of_campaigns(message.order.author, message.order.campaign_id)


def _can_wait(before: Message | None, message: Message) -> bool:
    """It left, and that is known already: a `sent` after `accepted`, or only new figures."""
    if before is None or before.status not in LEFT or message.too_late != before.too_late:
        return False
    return message.status == "sent" or (message.status, message.reason) == (before.status, before.reason)


def status_of(message: Message) -> SmsStatus:
    order = message.order
    return SmsStatus(
        message_id=message.id,
        revision=message.revision,
        number=order.number,
        contact=order.contact,
        status=message.status,
        reason=message.reason,
        detail=message.detail,
        too_late=message.too_late,
        author=order.author,
        conversation_id=order.conversation_id,
        turn=order.turn,
        campaign_id=order.campaign_id,
        stream=order.stream,
        seq=order.seq,
        carrier_message_id=message.carrier_message_id,
        parts=message.parts,
        encoding=message.encoding,
        cost=message.cost,
        errors=message.errors,
        opted_out_at=message.opted_out_at,
        tried_at=message.first_at,
        sent_at=message.sent_at,
        delivered_at=message.delivered_at,
        changed_at=message.changed_at,
    )


def _status(before: Message | None, message: Message) -> NewEvent:
    gather = Gather(message.id, STATUS_HELD_SECONDS if _can_wait(before, message) else 0)
    return _event(status_of(message), message, f"{message.id}:{message.revision}", gather)


def _is_last_report(before: Message, message: Message) -> bool:
    """No further figures will come, though these are the ones that were reported before."""
    return before.status in REPORTED_AGAIN and message.status not in REPORTED_AGAIN and not message.estimated


def _usage(message: Message, *, only_held: bool = False) -> NewEvent:
    """The parts and, where the carrier names it, its fee. The fee is a part of `cost`: it is not booked twice."""
    fee, order = message.carrier_fee, message.order
    lines = [_line(message, "sms_parts_out", _without(message.cost, fee))]
    if fee:
        lines.append(_line(message, "carrier_fee", fee))
    data = UsageRecorded(
        lines=tuple(lines),
        used_at=message.first_at or message.changed_at,
        number=order.number,
        contact=order.contact,
        message_id=message.id,
        conversation_id=order.conversation_id,
        campaign_id=order.campaign_id,
        message_type="mms" if message.mms else "sms",
    )
    is_open = message.estimated or message.status in REPORTED_AGAIN
    gather = Gather(message.id, USAGE_HELD_SECONDS if is_open else 0, only_held=only_held)
    return NewEvent(data, message.id, message.tenant_id, f"{message.id}:{message.usage}", gather=gather)


def _line(message: Message, kind: UsageKind, cost: Money | None) -> UsageLine:
    return UsageLine(
        ledger_key=f"{message.id}:{kind}",
        revision=message.usage,
        kind=kind,
        quantity=message.parts,
        carrier_cost=cost,
        estimate=message.estimated,
    )


def _without(cost: Money | None, fee: Money | None) -> Money | None:
    if cost is None or fee is None or cost.currency != fee.currency or fee.nano > cost.nano:
        return cost
    return cost.but(nano=cost.nano - fee.nano)


def _event(data: EventData, message: Message, discriminator: str, gather: Gather) -> NewEvent:
    return NewEvent(data, subject=message.id, key=message.id, discriminator=discriminator, gather=gather)
