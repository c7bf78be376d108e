"""What a received text is billed as: its parts and, where the carrier names it, the networks' fee.

The fee is a part of the text's cost, so the parts carry the rest: nothing is booked twice. Sender does the same for
sent texts, so the bill and the reconciliation treat both directions alike.
"""

from __future__ import annotations

from shared.events import Money, SmsInbound, UsageKind, UsageRecorded


def inbound_usage(event: SmsInbound, conversation_id: str) -> list[UsageRecorded]:
    fee = event.carrier_fee
    entries = [_entry(event, conversation_id, "sms_parts_in", _without(event.cost, fee))]
    if fee:
        entries.append(_entry(event, conversation_id, "carrier_fee", fee))
    return entries


def _entry(event: SmsInbound, conversation_id: str, kind: UsageKind, cost: Money | None) -> UsageRecorded:
    return UsageRecorded(
        ledger_key=f"{event.message_id}:{kind}",
        revision=1,
        kind=kind,
        quantity=event.parts,
        carrier_cost=cost,
        used_at=event.effective_at,
        number=event.number,
        contact=event.contact,
        message_id=event.message_id,
        conversation_id=conversation_id,
        message_type="mms" if event.media else "sms",
    )


def _without(cost: Money | None, fee: Money | None) -> Money | None:
    if cost is None or fee is None or cost.currency != fee.currency or fee.nano > cost.nano:
        return cost
    return cost.but(nano=cost.nano - fee.nano)
