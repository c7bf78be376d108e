"""A received text is billed with its parts and with the fee that the carrier names for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conversation.domain.inbound_usage import inbound_usage
from shared.events import Money, SmsInbound

AT = datetime(2026, 3, 1, tzinfo=UTC)


def text(**charge: Money | None) -> SmsInbound:
    ends = {"number": "+17735550002", "contact": "+13125550001"}
    ids = {"message_id": "msg_1", "carrier_message_id": "c1", "connection_id": "con_1"}
    return SmsInbound(**ids, **ends, text="Hi", parts=2, received_at=AT, effective_at=AT, **charge)


def test_the_carriers_fee_is_an_entry_of_its_own_and_is_not_booked_twice() -> None:
    used = inbound_usage(text(cost=Money(nano=16_000_000), carrier_fee=Money(nano=12_000_000)), "cnv_1")
    parts, fee = used.lines
    assert (parts.ledger_key, parts.carrier_cost) == ("msg_1:sms_parts_in", Money(nano=4_000_000))
    assert (fee.ledger_key, fee.kind, fee.carrier_cost) == ("msg_1:carrier_fee", "carrier_fee", Money(nano=12_000_000))
    assert (fee.quantity, used.message_id, used.conversation_id) == (2, "msg_1", "cnv_1")


@pytest.mark.parametrize("cost", [None, Money(nano=1), Money(nano=16_000_000, currency="EUR")])
def test_a_fee_that_cannot_be_a_part_of_the_cost_leaves_the_cost_alone(cost: Money | None) -> None:
    parts, fee = inbound_usage(text(cost=cost, carrier_fee=Money(nano=12_000_000)), "cnv_1").lines
    assert (parts.carrier_cost, fee.carrier_cost) == (cost, Money(nano=12_000_000))


def test_without_a_fee_there_is_one_entry() -> None:
    [parts] = inbound_usage(text(cost=Money(nano=4_000_000)), "cnv_1").lines
    assert parts.carrier_cost == Money(nano=4_000_000)
