"""A number's parts of a day through the service: who waits, what a waiting text says, and what a raised cap does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sender.domain.dispatch import Wait
from sender.domain.message import Message
from sender.domain.outcome import SendOutcome
from sender.pacing.buckets import SPEC as BUCKETS
from sender.pacing.buckets import Bucket, Pace
from sender.pacing.concurrency import ConnectionLimits
from sender.pacing.daily_cap_waker import SPEC as RAISED_CAPS
from sender.pacing.domain import DayTerms, SlotRequest
from sender.pacing.gate import Pacing
from sender.store import message_of
from sender_alone import OneSender, set_number
from shared.events import TenantChanged

NOW = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
TENANT, NUMBER, ANN = "ten_a", "+13125550001", "+13125550101"


async def in_chicago(world: OneSender) -> None:
    await world.own(TenantChanged(tenant_id=TENANT, revision=2, name="A", timezone="America/Chicago"))


async def ask_for(world: OneSender, count: int, **changes: Any) -> None:
    for n in range(count):
        await world.send(f"msg_{n}", contact=f"+1312555{2000 + n}", **changes)
        await world.work()


async def waiting(world: OneSender) -> list[Message]:
    page = await world.parts.tools.messages.records.find({"status": "queued"}, limit=200)
    return [message_of(row) for row in page.items]


async def test_who_finds_no_room_waits_and_is_told_which_cap_when_it_opens_and_what_to_do(world: OneSender) -> None:
    await in_chicago(world)
    await set_number(world, 2, daily_parts=1)
    await ask_for(world, 2)
    await world.work()
    message = await world.message("msg_1")
    assert (message.status, message.reason) == ("queued", "daily_parts")
    assert message.detail == (
        "the daily cap of +13125550001 is 1 SMS part, used up for 2026-03-10; it goes out after 2026-03-11 00:00 "
        "(America/Chicago), or at once if you raise or clear daily_parts of the number "
        "(PATCH /api/accounts/tenants/ten_a/numbers/+13125550001)"
    )
    told = world.statuses("msg_1")
    assert [(status.status, status.reason) for status in told] == [("queued", "daily_parts")]
    assert told[-1].detail == message.detail


async def test_it_leaves_when_the_tenants_next_day_begins(world: OneSender) -> None:
    await in_chicago(world)
    await set_number(world, 2, daily_parts=2)
    await ask_for(world, 5)
    await world.work(11 * 3600 - 1)  # 18:00 UTC is 13:00 in Chicago
    assert len(world.sent()) == 2
    await world.work(1)
    assert len(world.sent()) == 4
    assert "used up for 2026-03-11" in (await world.message("msg_4")).detail
    await world.work(24 * 3600)
    assert len(world.sent()) == 5


@pytest.mark.parametrize(("cap", "sent"), [(4, 4), (None, 6), (1, 2)])
async def test_a_cap_that_is_raised_or_cleared_lets_as_many_go_as_it_has_room_for(
    world: OneSender, cap: int | None, sent: int
) -> None:
    await set_number(world, 2, daily_parts=2)
    await ask_for(world, 6)
    await world.work()
    await set_number(world, 3, daily_parts=cap)
    await world.work()
    assert len(world.sent()) == sent
    reasons = [[step.reason for step in message.history] for message in await waiting(world)]
    assert reasons == [["", "daily_parts"]] * (6 - sent), "who finds no room is not asked"


async def test_when_those_who_wait_were_looked_through_nothing_is_left_of_it_and_the_next_raise_is_seen(
    world: OneSender,
) -> None:
    rows = world.parts.service.database.collection(RAISED_CAPS)
    await set_number(world, 2, daily_parts=1)
    await ask_for(world, 4)
    for cap in (2, 3):
        await set_number(world, cap + 1, daily_parts=cap)
        assert len((await rows.find({})).items) == 1
        for _ in range(8):
            await world.work(5)
        assert (await rows.find({})).items == []
        assert len(world.sent()) == cap


async def test_a_raise_that_comes_while_the_one_before_is_finished_is_not_deleted_with_it(
    world: OneSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = world.parts.service.database.collection(RAISED_CAPS)
    await set_number(world, 2, daily_parts=1)
    await ask_for(world, 4)
    await set_number(world, 3, daily_parts=2)
    await world.work(31)
    numbers = world.parts.handlers.numbers
    find = numbers.get

    async def raised_meanwhile(number: str) -> Any:
        found = await find(number)
        monkeypatch.setattr(numbers, "get", find)
        await set_number(world, 4, daily_parts=3)
        return found

    monkeypatch.setattr(numbers, "get", raised_meanwhile)
    world.clock.advance(5)
    await world.parts.daily_cap_loop.once()
    assert numbers.get == find, "it was raised in the middle of the look"
    assert len((await rows.find({})).items) == 1
    await world.work(5)
    assert len(world.sent()) == 3


async def test_a_raised_cap_sends_no_crowd_all_at_once_and_replies_first(world: OneSender) -> None:
    await set_number(world, 2, daily_parts=1)
    await ask_for(world, 30, priority="bulk")
    await world.work()
    await world.send("msg_reply", contact="+13125559999")
    await world.work()
    assert world.sent() == ["msg_0"]
    await set_number(world, 3, daily_parts=None, parts_per_second=1.0)
    await world.work()
    assert world.sent() == ["msg_0", "msg_reply"]
    for second in range(1, 30):
        await world.work(1)
        assert len(world.sent()) == 2 + second


async def test_a_reply_still_goes_when_a_campaign_has_used_its_nine_tenths(world: OneSender) -> None:
    await set_number(world, 2, daily_parts=10)
    await ask_for(world, 12, priority="bulk")
    await world.work()
    assert len(world.sent()) == 9
    assert "9 of them for campaigns (the rest is kept for replies)" in (await world.message("msg_11")).detail
    await world.send("msg_reply", contact=ANN)
    await world.work()
    assert world.sent()[-1] == "msg_reply"


async def test_a_text_longer_than_the_cap_says_so(world: OneSender) -> None:
    await set_number(world, 2, daily_parts=1)
    await world.send("msg_1", text="x" * 200)
    await world.work()
    assert "this text alone takes 2 SMS parts: raise daily_parts" in (await world.message("msg_1")).detail


async def test_a_retry_of_what_the_carrier_did_not_take_keeps_its_place(world: OneSender) -> None:
    await set_number(world, 2, daily_parts=1)
    world.carrier.script = [SendOutcome("not_sent", "carrier_busy", retry_after=30)]
    await world.send("msg_1")
    await world.work()
    await world.send("msg_2", contact="+13125550102")
    await world.work(31)
    assert (await world.message("msg_1")).status == "accepted"
    assert (await world.message("msg_2")).reason == "daily_parts"


async def test_the_fate_of_one_that_may_have_left_waits_for_no_cap(world: OneSender) -> None:
    await set_number(world, 2, daily_parts=1)
    world.carrier.script = [SendOutcome("no_answer", "no_answer")]
    await world.send("msg_1")
    await world.work()
    assert await world.status("msg_1") == "unknown"
    await set_number(world, 3, daily_parts=0)
    await world.work(6)
    assert await world.status("msg_1") == "accepted"


async def test_one_that_expires_while_it_waits_is_not_sent(world: OneSender) -> None:
    await set_number(world, 2, daily_parts=0)
    await world.send("msg_1", expires_at=NOW + timedelta(minutes=10))
    await world.work()
    await world.work(601)
    assert await world.status("msg_1") == "expired"
    await set_number(world, 3, daily_parts=None)
    await world.work()
    assert world.sent() == []


async def test_who_is_turned_away_while_the_cap_is_being_raised_asks_again_at_once(world: OneSender) -> None:
    """The raise looks for waiting texts; a text that it could not see yet looks for the raise."""
    numbers = world.parts.handlers.numbers
    await set_number(world, 2, daily_parts=0)
    before = await numbers.get(NUMBER)
    await set_number(world, 3, daily_parts=5)
    await world.send("msg_1")
    pacing = Pacing(Pace(world.parts.service.database), 1e9, ConnectionLimits(16, {"one": 64, "bulk": 16}), numbers)
    tenant = TenantChanged(tenant_id=TENANT, revision=1, name="A")
    verdict = await pacing.turn(await world.message("msg_1"), before, tenant, NOW)
    assert verdict == Wait("pace", NOW)


@pytest.mark.parametrize(("again", "taken"), [(False, True), (True, False)])
async def test_a_reply_that_its_full_number_refuses_again_slows_no_other_number(
    world: OneSender, again: bool, taken: bool
) -> None:
    database = world.parts.service.database
    buckets = [Bucket("number|full", 1, DayTerms(0, ZoneInfo("UTC"))), Bucket("account|shared", 1)]
    slot = await Pace(database).take(buckets, SlotRequest("msg_1", 1, "one", again=again), NOW)
    assert slot.full
    assert (await database.collection(BUCKETS).get("account|shared") is not None) == taken
