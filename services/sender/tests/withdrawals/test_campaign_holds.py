"""What holds a campaign's texts: its send window, a suspended tenant, an inactive number, a long queue at the carrier.

They wait, say why once, and go on by themselves.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sender.domain.outcome import SendOutcome
from sender_alone import OneSender
from sender_rows import TENANT, connection, number
from shared.events import SendWindow, TenantChanged

ANN, BOB = "+13125550101", "+13125550102"
MORNING = SendWindow(opens=9, closes=11)
ANYWHERE_IN_THE_US = "+18005550199"
"""Toll-free: from Eastern to Pacific, or beyond."""


async def bulk(world: OneSender, id: str = "msg_1", **more: Any) -> None:
    values = {"campaign_id": "cmp_1", "feed": 1, "priority": "bulk", "author": "campaign", "respect_quiet_hours": True}
    await world.send(id, **{**values, **more})


async def is_at(world: OneSender, hour: int, minute: int = 0, second: int = 0) -> None:
    """The next such time in Chicago, in summer time."""
    now = world.clock.now()
    wanted = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(hours=hour + 5, minutes=minute)
    wanted += timedelta(seconds=second)
    await world.work((wanted - now).total_seconds() % (24 * 3600))


async def test_a_send_window_waits_for_its_hour_on_the_recipients_clock(world: OneSender) -> None:
    await bulk(world, send_window=MORNING)
    await world.work()
    assert (world.statuses("msg_1")[-1].status, world.statuses("msg_1")[-1].reason) == ("queued", "quiet_hours")
    await is_at(world, 8, 59)
    assert world.sent() == []
    await is_at(world, 9)
    assert world.sent() == ["msg_1"]


async def test_a_send_window_never_widens_the_tenants_hours(world: OneSender) -> None:
    await bulk(world, send_window=SendWindow(opens=0, closes=24))
    await world.work()
    await is_at(world, 23)
    await bulk(world, "msg_2", send_window=SendWindow(opens=0, closes=24), contact=BOB)
    await is_at(world, 7, 59)
    assert world.sent() == ["msg_1"]
    await is_at(world, 8)
    assert world.sent() == ["msg_1", "msg_2"]


async def test_a_window_that_the_tenants_hours_never_meet_holds_until_they_do(world: OneSender) -> None:
    await bulk(world, send_window=SendWindow(opens=21, closes=23))
    for hour in (8, 12, 21, 22):
        await is_at(world, hour)
    assert world.sent() == []
    assert (await world.message("msg_1")).reason == "quiet_hours"


async def test_every_zone_of_the_number_counts(world: OneSender) -> None:
    """9 to 11 in New York and in Honolulu never meet on one day: it waits rather than text anyone at a bad hour."""
    await bulk(world, send_window=SendWindow(opens=9, closes=15), contact=ANYWHERE_IN_THE_US)
    await is_at(world, 9)
    assert world.sent() == []


async def test_nothing_is_handed_over_so_late_that_it_could_leave_after_the_window(world: OneSender) -> None:
    await is_at(world, 10, 59, 30)
    await bulk(world, send_window=MORNING)
    await world.work()
    assert world.sent() == []
    await is_at(world, 9)
    assert world.sent() == ["msg_1"]


async def test_texts_without_quiet_hours_leave_at_any_time(world: OneSender) -> None:
    await is_at(world, 23)
    await bulk(world, respect_quiet_hours=False)
    await world.work()
    assert world.sent() == ["msg_1"]


async def test_a_suspended_tenants_campaign_waits_and_its_replies_are_refused(world: OneSender) -> None:
    tenant = TenantChanged(tenant_id=TENANT, revision=2, name="A", status="suspended")
    await world.own(tenant)
    await bulk(world)
    await world.send("msg_2", contact=BOB)
    await world.work()
    await world.work(60)
    assert world.told("msg_1") == ["queued", "queued"]  # told once, however often it asks
    assert world.statuses("msg_1")[-1].reason == "tenant_inactive"
    assert await world.status("msg_2") == "refused"
    await world.own(tenant.but(revision=3, status="active"))
    await world.work(60)
    assert world.sent() == ["msg_1"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (number().but(revision=2, active=False), "number_inactive"),
        (connection().but(revision=2, active=False), "no_connection"),
    ],
)
async def test_a_campaign_waits_for_an_inactive_number_or_connection(
    world: OneSender, changed: Any, reason: str
) -> None:
    await world.own(changed)
    await bulk(world)
    await world.work()
    assert world.statuses("msg_1")[-1].reason == reason
    await world.own(changed.but(revision=3, active=True))
    await world.work(60)
    assert world.sent() == ["msg_1"]


async def test_a_number_that_belongs_to_another_tenant_is_not_waited_for(world: OneSender) -> None:
    await bulk(world)
    await world.own(number().but(revision=2, tenant_id="ten_b"))
    await world.work()
    assert (await world.message("msg_1")).reason == "number_not_yours"
    assert await world.status("msg_1") == "refused"


async def test_waiting_for_the_pace_is_told_of_a_reply_and_not_of_a_campaigns_text(world: OneSender) -> None:
    await world.own(number().but(revision=2, parts_per_second=0.05))
    for n in range(3):
        await bulk(world, f"bulk_{n}", contact=f"+1312555012{n}")
    await world.work()
    for n in range(3):
        await world.send(f"one_{n}", contact=f"+1312555013{n}")
    await world.work()
    waiting = [id for id in ("bulk_0", "bulk_1", "bulk_2") if await world.status(id) == "queued"]
    assert len(waiting) == 2
    assert {(await world.message(id)).reason for id in waiting} == {"pace"}
    assert [world.told(id) for id in waiting] == [["queued"], ["queued"]]
    assert [data.reason for data in world.statuses("one_2")] == ["pace"]


async def test_a_long_queue_at_the_carrier_holds_campaigns_until_it_is_short_and_no_reply(world: OneSender) -> None:
    queued = SendOutcome("accepted", carrier_message_id="car-msg_1", parts=1, queued_seconds=70)
    world.carrier.script = [queued]
    await bulk(world)
    await world.work()
    await bulk(world, "msg_2", contact=BOB)
    await world.send("msg_3")
    await world.work()
    assert world.sent() == ["msg_1", "msg_3"]
    await world.work(59)
    assert "msg_2" not in world.sent()
    await world.work(1)
    assert "msg_2" in world.sent()


async def test_a_short_queue_at_the_carrier_holds_nothing(world: OneSender) -> None:
    world.carrier.script = [SendOutcome("accepted", carrier_message_id="car-msg_1", parts=1, queued_seconds=9)]
    await bulk(world)
    await world.work()
    await bulk(world, "msg_2", contact=BOB)
    await world.work()
    assert world.sent() == ["msg_1", "msg_2"]
