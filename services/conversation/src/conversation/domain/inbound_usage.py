"""What a received text is billed as: its parts and, where the carrier names it, the networks' fee.

The fee is a part of the text's cost, so the parts carry the rest: nothing is booked twice. Sender does the same for
sent texts, so the bill and the reconciliation treat both directions alike.
"""

from __future__ import annotations

from shared.events import Money, SmsInbound, UsageKind, UsageLine, UsageRecorded


def inbound_usage(event: SmsInbound, conversation_id: str) -> UsageRecorded:
    fee = event.carrier_fee
    lines = [_line(event, "sms_parts_in", _without(event.cost, fee))]
    if fee:
        lines.append(_line(event, "carrier_fee", fee))
    return UsageRecorded(
        lines=tuple(lines),
        used_at=event.effective_at,
        number=event.number,
        contact=event.contact,
        message_id=event.message_id,
        conversation_id=conversation_id,
        message_type="mms" if event.media else "sms",
    )


def _line(event: SmsInbound, kind: UsageKind, cost: Money | None) -> UsageLine:
    key = f"{event.message_id}:{kind}"
    return UsageLine(ledger_key=key, revision=1, kind=kind, quantity=event.parts, carrier_cost=cost)


def _without(cost: Money | None, fee: Money | None) -> Money | None:
    if cost is None or fee is None or cost.currency != fee.currency or fee.nano > cost.nano:
        return cost
    return cost.but(nano=cost.nano - fee.nano)
