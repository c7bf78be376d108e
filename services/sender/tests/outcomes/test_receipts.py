"""Receipts settle a message in any order, with foreign ones among them and whether its lane still holds it."""

from __future__ import annotations

from typing import Any

import pytest
from prometheus_client import REGISTRY

from sender.domain.outcome import SendOutcome
from sender_alone import OneSender
from shared.consuming.consumer import SHORT_LADDER
from shared.errors import NotFound, Refused
from shared.events import SmsReceipt

TENANT, NUMBER, ANN = "ten_a", "+13125550001", "+13125550101"
LOST = SendOutcome("no_answer", "no_answer")


async def test_a_receipt_finds_its_message_while_an_amount_of_it_is_on_its_way_to_the_budget(world: OneSender) -> None:
    for n in range(9):
        await world.send(f"msg_{n}")
    await world.work()  # the lane has let go of msg_0 by now
    message, lanes = await world.message("msg_0"), world.parts.tools.lanes.store
    note = {"id": "msg_0", "revision": message.revision, "tenant_id": "ten_a", "day": "2026-03-10", "nano": 1}
    lane = await lanes.get(message.lane_id)
    lane["outbox"].append({"id": "late", "record": {"collection": "budget", "document": note}})
    assert await lanes.replace({**lane, "version": lane["version"] + 1}, lane["version"])
    await world.receipt("msg_0", "delivered")
    assert await world.status("msg_0") == "delivered"


async def test_receipts_in_any_order_never_go_back(world: OneSender) -> None:
    await world.send("msg_1")
    await world.work()
    await world.receipt("msg_1", "delivered", parts=2, cost={"nano": 8_000_000}, carrier_fee={"nano": 3_000_000})
    await world.receipt("msg_1", "sent")
    await world.receipt("msg_1", "delivered", parts=2, cost={"nano": 8_000_000}, carrier_fee={"nano": 3_000_000})
    message = await world.message("msg_1")
    assert (message.status, message.parts) == ("delivered", 2)
    assert message.sent_at is not None
    entries = {(u.ledger_key, u.revision): u for u in world.usage("msg_1")}
    parts, fee = entries[("msg_1:sms_parts_out", 2)], entries[("msg_1:carrier_fee", 2)]
    assert (parts.quantity, parts.carrier_cost.nano, parts.estimate) == (2, 5_000_000, False)
    assert fee.carrier_cost.nano == 3_000_000
    assert len(entries) == 3


async def test_a_receipt_that_overtakes_the_answer_settles_the_attempt(world: OneSender) -> None:
    async def receipt_first(_request: Any) -> SendOutcome:
        await world.receipt("msg_1", "sent")
        return LOST

    world.carrier.script = [receipt_first]
    await world.send("msg_1")
    await world.send("msg_2")
    await world.work()
    assert await world.status("msg_1") == "sent"
    assert world.sent() == ["msg_1", "msg_2"]


async def test_a_receipt_without_token_for_an_unknown_carrier_id_is_tried_again(world: OneSender) -> None:
    await world.send("msg_1")
    with pytest.raises(NotFound):
        await world.receipt("msg_1", "sent", message_id=None)
    await world.work()
    await world.receipt("msg_1", "sent", message_id=None)
    assert await world.status("msg_1") == "sent"


async def test_reports_of_texts_that_others_sent_from_the_same_number_fill_no_dead_letters(world: OneSender) -> None:
    data = {"carrier_message_id": "another-systems", "connection_id": "con_x.code", "number": NUMBER, "contact": ANN}
    report = SmsReceipt.read({**data, "status": "sent", "occurred_at": world.clock.now()})
    event, counted = world.event(report), foreign_receipts()
    for seconds in SHORT_LADDER:
        with pytest.raises(NotFound):
            await world.parts.handlers.on_sms_receipt(event)
        world.clock.advance(seconds)
    with pytest.raises(Refused, match="foreign_receipt"):  # acknowledged; one more `NotFound` would be a dead letter
        await world.parts.handlers.on_sms_receipt(event)
    assert foreign_receipts() == counted + 1


async def test_a_report_with_our_token_about_a_message_that_is_not_here_is_no_foreign_one(world: OneSender) -> None:
    data = {"carrier_message_id": "c", "connection_id": "con_x.code", "number": NUMBER, "contact": ANN}
    report = {**data, "message_id": "msg_gone", "status": "sent", "occurred_at": world.clock.now()}
    event = world.event(SmsReceipt.read(report))
    world.clock.advance(3600)
    with pytest.raises(NotFound):
        await world.parts.handlers.on_sms_receipt(event)


async def test_a_report_about_a_message_let_go_of_finds_its_record_beside_notes_that_still_wait(
    world: OneSender,
) -> None:
    for n in range(12):
        await world.send(f"msg_{n}")
    await world.work()
    lanes = world.parts.tools.lanes.store
    lane = await lanes.get((await world.message("msg_0")).lane_id)
    note = {"id": "msg_0", "revision": 3, "tenant_id": TENANT, "day": "2026-03-10", "nano": 1}
    waiting = [*lane["outbox"], {"id": "x", "record": {"collection": "budget", "document": note}}]
    assert await lanes.replace({**lane, "version": lane["version"] + 1, "outbox": waiting}, lane["version"])
    await world.receipt("msg_0", "delivered")
    assert await world.status("msg_0") == "delivered"


def foreign_receipts() -> float:
    return REGISTRY.get_sample_value("parley_foreign_receipts_total") or 0


async def test_a_receipt_of_another_tenant_changes_nothing(world: OneSender) -> None:
    await world.send("msg_1")
    await world.work()
    data = {"carrier_message_id": "car-msg_1", "connection_id": "con_y", "number": NUMBER, "contact": ANN}
    receipt = SmsReceipt.read({**data, "status": "delivered", "occurred_at": world.clock.now()})
    with pytest.raises(NotFound):
        await world.handle(receipt, tenant="ten_b")
    assert await world.status("msg_1") == "accepted"
