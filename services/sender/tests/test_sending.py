"""From sms.outbound to sms.status, through real wiring."""

from __future__ import annotations

from typing import Any

NUMBER, ANN, BOB = "+13125550001", "+13125550101", "+13125550102"


async def test_a_message_is_sent_once_with_its_id_as_key(world: Any) -> None:
    await world.send("msg_1", causes=("msg_in",))
    await world.work()
    (request,) = world.carrier.requests
    assert request.key == "msg_1"
    assert request.account.api_key == "KEY-1"
    assert b"https://me.test/webhooks/telnyx/con_x.code?t=ten_a&m=msg_1&k=" in request.body
    assert world.told("msg_1") == ["queued", "submitting", "accepted"]
    message = await world.message("msg_1")
    assert message.carrier_message_id == "car-msg_1"
    (usage,) = world.usage("msg_1")
    assert (usage.ledger_key, usage.revision, usage.quantity, usage.estimate) == ("msg_1:sms_parts_out", 1, 1, True)
