"""Odd figures and contradicting reports of the carrier: nothing crashes, and no impossible figure is billed."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sender.domain.effects import decision
from sender.domain.lane import Lane
from sender.domain.message import Message
from sender.domain.outcome import SendOutcome
from sender.domain.receipts import report
from sender.domain.settle import record
from sender.domain.timing import Timing
from shared.clock import ManualClock
from shared.events import CarrierError, Money, SmsOutbound, SmsReceipt

NOW = ManualClock().now()
ORDER = SmsOutbound(message_id="msg_1", number="+13125550001", contact="+13125550101", text="a" * 400)
COUNTED = 3
PARTS = st.none() | st.integers()
MONEY = st.none() | st.integers(-(2**63), 2**63 - 1).map(lambda nano: Money(nano=nano))
FAILED = (CarrierError(code="40008", title="Undeliverable"),)


def in_flight() -> Lane:
    message = Message(
        id="msg_1", tenant_id="ten_a", lane_id="thr_1", order=ORDER, created_at=NOW, changed_at=NOW, parts=COUNTED,
        attempt=1, tries=1, status="submitting", first_at=NOW,
    )  # fmt: skip
    return Lane(id="thr_1", tenant_id="ten_a", number=ORDER.number, contact=ORDER.contact, messages=(message,))


def receipt(status: Any, **figures: Any) -> SmsReceipt:
    return SmsReceipt(
        carrier_message_id="car-1", connection_id="con_1", number=ORDER.number, contact=ORDER.contact, status=status,
        occurred_at=NOW, **figures,
    )  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(PARTS, MONEY, MONEY, PARTS, MONEY, MONEY)
def test_no_figure_crashes_a_report_or_is_billed_if_it_is_impossible(
    parts: Any, cost: Any, fee: Any, reported: Any, reported_cost: Any, reported_fee: Any
) -> None:
    before = in_flight()
    answer = SendOutcome("accepted", carrier_message_id="car-1", parts=parts, cost=cost, carrier_fee=fee)
    accepted = record(before, before.messages[0], 1, answer, NOW, Timing())
    said = receipt("sent", parts=reported, cost=reported_cost, carrier_fee=reported_fee)
    after = report(accepted, accepted.messages[0], said, NOW)
    assert after is not None
    for lane, earlier in ((accepted, before), (after, accepted)):
        (message,) = lane.messages
        assert 1 <= message.parts <= 255
        assert all(charged is None or charged.nano >= 0 for charged in (message.cost, message.carrier_fee))
        assert decision(earlier, lane).events


def test_parts_that_the_carrier_does_not_name_are_those_that_we_counted() -> None:
    before = in_flight()
    answer = SendOutcome("accepted", carrier_message_id="car-1", parts=None)
    lane = record(before, before.messages[0], 1, answer, NOW, Timing())
    for said in (receipt("sent", parts=None), receipt("delivered", parts=None, cost=Money(nano=12_000_000))):
        lane = report(lane, lane.messages[0], said, NOW) or lane
    assert (lane.messages[0].status, lane.messages[0].parts) == ("delivered", COUNTED)


def test_a_delivered_message_shows_no_error_of_an_earlier_report() -> None:
    lane = in_flight()
    for said in (receipt("delivery_failed", errors=FAILED), receipt("delivered", errors=FAILED)):
        lane = report(lane, lane.messages[0], said, NOW) or lane
    (message,) = lane.messages
    assert (message.status, message.reason, message.detail, message.errors) == ("delivered", "", "", ())


def test_an_acceptance_found_later_takes_the_error_of_the_refusal_away() -> None:
    lane = in_flight()
    refused = SendOutcome("refused", "invalid_recipient", "no such number", FAILED)
    for outcome in (refused, SendOutcome("accepted", carrier_message_id="car-1")):
        lane = record(lane, lane.messages[0], 1, outcome, NOW, Timing())
    assert (lane.messages[0].status, lane.messages[0].errors) == ("accepted", ())
