"""From sms.outbound to sms.status through real wiring: what a first attempt leads to."""

from __future__ import annotations

import pytest

from sender.domain.outcome import SendOutcome
from sender_alone import OneSender
from shared.errors import Invalid
from shared.events import CarrierError, UsageRecorded

BOB = "+13125550102"
ACCEPTED = SendOutcome("accepted", carrier_message_id="car-1", parts=1)
LOST = SendOutcome("no_answer", "no_answer")
BROKEN = SendOutcome("server_error", "carrier_500")
BUSY = SendOutcome("not_sent", "carrier_busy", retry_after=7)
NO = SendOutcome("refused", "invalid_recipient", "no such number", (CarrierError(code="40310"),))
OPTED_OUT = SendOutcome("refused", "opted_out", "STOP", (CarrierError(code="40300"),))


async def test_a_message_is_sent_once_with_its_id_as_key(world: OneSender) -> None:
    await world.send("msg_1", causes=("msg_in",))
    await world.work()
    (request,) = world.carrier.requests
    assert request.key == "msg_1"
    assert request.account.api_key == "KEY-1"
    assert b"https://me.test/webhooks/telnyx/con_x.code?t=ten_a&m=msg_1&k=" in request.body
    assert world.told("msg_1") == ["accepted"]
    assert await world.states("msg_1") == ["queued", "submitting", "accepted"]
    message = await world.message("msg_1")
    assert message.carrier_message_id == "car-msg_1"
    (usage,) = world.usage("msg_1")
    assert (usage.ledger_key, usage.revision, usage.quantity, usage.estimate) == ("msg_1:sms_parts_out", 1, 1, True)


async def test_the_same_event_five_times_and_the_same_id_in_another_event_send_once(world: OneSender) -> None:
    for _ in range(5):
        await world.send("msg_1")
    await world.work()
    await world.handle((await world.message("msg_1")).order, id="another-event")
    await world.work()
    assert world.sent() == ["msg_1"]


async def test_an_id_that_was_let_go_of_by_its_lane_is_still_known(world: OneSender) -> None:
    for n in range(12):
        await world.send(f"msg_{n}")
    await world.work()
    lane = await world.parts.tools.lanes.get((await world.message("msg_0")).lane_id)
    assert len(lane.messages) <= 6
    await world.handle((await world.message("msg_0")).order, id="again")
    await world.work()
    assert world.sent().count("msg_0") == 1


async def test_an_id_taken_by_a_message_to_another_person_is_dead_lettered(world: OneSender) -> None:
    await world.send("msg_1")
    with pytest.raises(Invalid, match="message_id_taken"):
        await world.handle((await world.message("msg_1")).order.but(contact=BOB), id="other")


@pytest.mark.parametrize(
    ("outcome", "status", "reason"),
    [
        (ACCEPTED, "accepted", ""),
        (NO, "failed", "invalid_recipient"),
        (BUSY, "queued", "carrier_busy"),
        (LOST, "unknown", "no_answer"),
        (BROKEN, "unknown", "carrier_500"),
        (SendOutcome("in_flight", "key_in_flight"), "unknown", "key_in_flight"),
        (OPTED_OUT, "failed", "opted_out"),
    ],
)
async def test_what_a_first_attempt_leads_to(world: OneSender, outcome: SendOutcome, status: str, reason: str) -> None:
    world.carrier.script = [outcome]
    await world.send("msg_1")
    await world.work()
    message = await world.message("msg_1")
    assert (message.status, message.reason) == (status, reason)
    assert world.sent() == ["msg_1"]


async def test_a_busy_carrier_is_asked_again_when_it_said_so(world: OneSender) -> None:
    world.carrier.script = [BUSY, ACCEPTED]
    await world.send("msg_1")
    await world.work()
    await world.work(6)
    assert world.sent() == ["msg_1"]
    await world.work(2)
    assert world.told("msg_1") == ["queued", "accepted"]
    assert await world.states("msg_1") == ["queued", "submitting", "queued", "submitting", "accepted"]


async def test_a_delivered_message_is_told_twice_and_booked_once(world: OneSender) -> None:
    """`sent` rides with the final receipt, the estimate with the carrier's figures."""
    await world.send("msg_1")
    await world.loops[0].once()
    figures = {"parts": 1, "cost": {"nano": 8_000_000}, "carrier_fee": {"nano": 3_000_000}}
    await world.receipt("msg_1", "sent", **figures)
    await world.receipt("msg_1", "delivered", **figures)
    assert world.told("msg_1") == ["accepted", "delivered"]
    assert world.statuses("msg_1")[-1].sent_at is not None
    [booked] = world.broker.of(UsageRecorded)
    lines = {line.kind: (line.carrier_cost.nano, line.estimate) for line in booked.data.lines}
    assert lines == {"sms_parts_out": (5_000_000, False), "carrier_fee": (3_000_000, False)}


async def test_without_further_receipts_the_last_state_and_the_estimate_are_told_later(world: OneSender) -> None:
    await world.send("msg_1")
    await world.loops[0].once()
    await world.receipt("msg_1", "sent")
    assert world.told("msg_1") == ["accepted"]
    assert world.usage("msg_1") == []
    world.clock.advance(60)
    await world.parts.service.relay.sweep()
    assert world.told("msg_1") == ["accepted", "sent"]
    [usage] = world.usage("msg_1")
    assert usage.estimate
