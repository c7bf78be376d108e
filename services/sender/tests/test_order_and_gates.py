"""The order of lines and streams, and the gates before the claim; through real wiring."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from sender.domain.lane import MAX_WAITING, Lane, Stream
from sender.domain.outcome import SendOutcome
from sender_alone import MakeSender, OneSender
from shared.events import CarrierError, NumberChanged, TenantChanged

TENANT, NUMBER, ANN, BOB = "ten_a", "+13125550001", "+13125550101", "+13125550102"
ACCEPTED = SendOutcome("accepted", carrier_message_id="car-1", parts=1)
LOST = SendOutcome("no_answer", "no_answer")
BROKEN = SendOutcome("server_error", "carrier_500")
BUSY = SendOutcome("not_sent", "carrier_busy", retry_after=7)
NO = SendOutcome("refused", "invalid_recipient", "no such number", (CarrierError(code="40310"),))
OPTED_OUT = SendOutcome("refused", "opted_out", "STOP", (CarrierError(code="40300"),))


async def test_streams_leave_in_the_order_of_their_numbers(world: OneSender) -> None:
    for seq in (3, 1, 2):
        await world.send(f"msg_{seq}", stream="thr", seq=seq)
    await world.work()
    assert world.sent() == ["msg_1", "msg_2", "msg_3"]


async def test_a_gap_is_shown_after_a_minute_and_holds_up_no_other_message(world: OneSender) -> None:
    await world.send("msg_2", stream="a", seq=2)
    await world.send("msg_9", stream="b", seq=1)
    await world.send("msg_8")
    await world.work(59)
    assert sorted(world.sent()) == ["msg_8", "msg_9"]
    assert (await world.message("msg_2")).reason == ""
    await world.work(2)
    assert (await world.message("msg_2")).reason == "gap"
    await world.send("msg_1", stream="a", seq=1)
    await world.work()
    assert world.sent()[-2:] == ["msg_1", "msg_2"]


async def test_an_unknown_campaign_text_never_holds_up_a_reply(world: OneSender) -> None:
    world.carrier.script = [LOST]
    await world.send("msg_bulk", priority="bulk")
    await world.work()
    await world.send("msg_reply")
    await world.work()
    assert world.sent() == ["msg_bulk", "msg_reply"]


async def test_a_crowd_of_campaign_texts_keeps_no_reply_out_of_the_lane(world: OneSender) -> None:
    for n in range(MAX_WAITING):
        await world.send(f"msg_{n}", priority="bulk")
    await world.send("msg_one_too_many", priority="bulk")
    assert (await world.message("msg_one_too_many")).reason == "lane_full"
    await world.send("msg_reply")
    assert await world.status("msg_reply") == "queued"


async def test_a_reply_leaves_while_a_campaign_text_is_being_sent(world: OneSender) -> None:
    async def reply_meanwhile(_request: Any) -> SendOutcome:
        await world.send("msg_reply")
        await world.parts.loops["one"].once()
        assert await world.status("msg_reply") == "accepted"
        return ACCEPTED

    world.carrier.script = [reply_meanwhile]
    await world.send("msg_bulk", priority="bulk")
    await world.work()
    assert await world.status("msg_bulk") == "accepted"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"text": ""}, "empty"),
        ({"text": " \u2800\u200b"}, "empty"),
        ({"media_urls": ("javascript:alert(1)",)}, "invalid_media_url"),
        ({"text": "x" * 1600}, "too_long"),
        ({"text": "Hel\0lo"}, "control_character"),
        ({"contact": "+13125"}, "invalid_phone_number"),
        ({"number": "+13125559999"}, "number_not_yours"),
    ],
)
async def test_what_can_never_be_sent_is_refused_with_the_reason(world: OneSender, changes: Any, reason: str) -> None:
    await world.send("msg_1", **changes)
    await world.work()
    message = await world.message("msg_1")
    assert (message.status, message.reason) == ("refused", reason)
    assert world.sent() == []


@pytest.mark.parametrize("contact", ["+442079460018", "+15551234567"])
@pytest.mark.parametrize("author", ["api", "assistant", "agent"])
async def test_a_person_who_texted_us_can_be_texted_whatever_numbering_plans_say(
    world: OneSender, author: str, contact: str
) -> None:
    await world.send("msg_1", author=author, contact=contact, contact_texted_us=True)
    await world.send("msg_2", author=author, contact=contact)
    await world.work()
    assert world.sent() == ["msg_1"]
    assert (await world.message("msg_2")).reason in ("not_textable", "invalid_phone_number")


async def test_a_suspended_tenant_and_a_lost_number_send_nothing(world: OneSender) -> None:
    rows = world.rows
    tenant = TenantChanged.read(rows[f"/internal/accounts/tenants/{TENANT}"])
    number = NumberChanged.read(rows[f"/internal/accounts/numbers/{NUMBER}"])
    await world.send("msg_1")
    await world.own(tenant.but(status="suspended", revision=2))
    await world.work()
    await world.own(tenant.but(revision=3))
    await world.send("msg_2")
    await world.own(number.but(tenant_id="ten_b", revision=2))
    await world.work()
    assert world.sent() == []
    assert (await world.message("msg_1")).reason == "tenant_inactive"
    assert (await world.message("msg_2")).reason == "number_not_yours"


async def test_an_expired_message_is_not_sent(world: OneSender) -> None:
    await world.send("msg_1", expires_at=world.clock.now() + timedelta(seconds=5), stream="s", seq=2)
    await world.work(6)
    assert (world.sent(), await world.status("msg_1")) == ([], "expired")


async def test_quiet_hours_wait_for_the_recipients_morning(world: OneSender) -> None:
    world.clock.advance(10 * 3600)  # 23:00 in Chicago (daylight time began on the 8th)
    await world.send("msg_1", respect_quiet_hours=True, priority="bulk")
    await world.work()
    message = await world.message("msg_1")
    assert (message.status, message.reason) == ("queued", "quiet_hours")
    await world.work(9 * 3600 - 1)
    assert world.sent() == []
    await world.work(1)
    assert world.sent() == ["msg_1"]


async def test_the_pace_lets_replies_pass_and_never_exceeds_the_rate(
    make_world: MakeSender,
) -> None:
    world = await make_world()
    number = NumberChanged.read(world.rows[f"/internal/accounts/numbers/{NUMBER}"])
    await world.own(number.but(parts_per_second=1.0, revision=2))
    left: list[tuple[float, str]] = []
    start = world.clock.monotonic()

    def note(request: Any) -> SendOutcome:
        left.append((world.clock.monotonic() - start, request.key))
        return ACCEPTED

    world.carrier.script = [note] * 60
    for n in range(30):
        await world.send(f"msg_b{n}", contact=f"+1312555{2000 + n}", priority="bulk")
    for second in range(80):
        if second == 10:
            await world.send("msg_reply")
        await world.work(0.5)
    at = {key: seconds for seconds, key in left}
    assert len(left) == 31
    assert at["msg_reply"] - 5.5 <= 2
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(left)]
    assert min(gaps) >= 0.99


def test_a_lane_never_forgets_the_conversations_own_stream() -> None:
    lane = Lane(id="thr_1", tenant_id="ten_1", number="+13125550001", contact="+13125550002")
    lane = lane.with_stream(Stream(name="thr_1").consume(1).consume(2))
    for n in range(300):
        lane = lane.with_stream(Stream(name=f"run_{n}").consume(1))
    assert lane.stream("thr_1").knows(2)
    assert not lane.stream("run_0").knows(1)
    assert len(lane.streams) <= 200
