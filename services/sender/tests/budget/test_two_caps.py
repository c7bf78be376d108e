"""A spend cap and what else a text may wait for: money is kept only for those that may leave soon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sender.budget.domain.budget import Reserve
from sender_alone import OneSender
from shared.events import Money, NumberChanged, QuietHours, TenantChanged

TENANT, NUMBER, OTHER = "ten_a", "+13125550001", "+13125550002"
CENT = 10_000_000
HOUR = 3600.0


async def set_tenant(world: OneSender, revision: int, **changes: Any) -> None:
    await world.own(TenantChanged(tenant_id=TENANT, revision=revision, name="A", **changes))


async def set_number(world: OneSender, number: str, revision: int, **changes: Any) -> None:
    known = NumberChanged.read(world.rows[f"/internal/accounts/numbers/{NUMBER}"])
    await world.own(known.but(phone_number=number, revision=revision, **changes))


async def held(world: OneSender, month: str = "2026-03") -> list[str]:
    return [entry.message_id for entry in (await world.parts.ledger.read(TENANT, month)).held]


async def rounds(world: OneSender, count: int) -> None:
    for _ in range(count):
        world.clock.advance(1)
        await world.budgets()


@pytest.mark.timeout(120)
async def test_those_who_wait_for_a_numbers_parts_keep_no_money_from_another_number(world: OneSender) -> None:
    """More of them than the budget's worker lets go at once, all older than the one that can leave."""
    await set_tenant(world, 2, daily_cap=Money(nano=0))
    await set_number(world, NUMBER, 2, daily_parts=1)
    await set_number(world, OTHER, 2)
    for n in range(305):
        await world.send(f"msg_a{n}", contact=f"+1312555{2000 + n}", priority="bulk")
    await world.work()
    world.clock.advance(1)
    await world.send("msg_b", number=OTHER, contact="+13125559999", priority="bulk")
    await world.work()
    assert (await world.message("msg_b")).reason == "budget"
    await set_tenant(world, 3, daily_cap=Money(nano=400 * CENT))
    await rounds(world, 5)
    assert "msg_b" in world.sent()
    assert len(world.sent()) == 2, "and the one that its number has room for"
    assert await held(world) == []
    assert (await world.parts.ledger.read(TENANT, "2026-03")).nano == 2 * CENT


async def test_those_who_meet_quiet_hours_when_let_go_give_their_money_back(world: OneSender) -> None:
    night = QuietHours(opens=8, closes=20)
    await set_tenant(world, 2, daily_cap=Money(nano=0), quiet_hours=night, timezone="America/Chicago")
    await world.send("msg_polite", respect_quiet_hours=True)
    await world.work()
    await world.work(8 * HOUR)  # 21:00 in Chicago
    await world.send("msg_urgent", contact="+13125559999")
    await world.work()
    await set_tenant(world, 3, daily_cap=Money(nano=CENT), quiet_hours=night, timezone="America/Chicago")
    await rounds(world, 1)
    assert (await world.message("msg_polite")).reason == "quiet_hours"
    assert world.sent() == ["msg_urgent"]
    assert await held(world) == []


async def test_a_reservation_left_in_a_month_in_which_nothing_was_sent_is_cleared_not_charged(world: OneSender) -> None:
    world.clock.advance((datetime(2026, 3, 31, 23, 59, tzinfo=UTC) - world.clock.now()).total_seconds())
    await set_tenant(world, 2, monthly_cap=Money(nano=CENT))
    await world.parts.ledger.ask(TENANT, "2026-03", Reserve("msg_1", 1, "2026-03-31", CENT))
    assert await held(world) == ["msg_1"]
    world.clock.advance(timedelta(minutes=2).total_seconds())
    await world.send("msg_1")
    await world.work()
    assert world.sent() == ["msg_1"]
    await rounds(world, 2)
    assert await held(world) == []
    march, april = [await world.parts.ledger.read(TENANT, month) for month in ("2026-03", "2026-04")]
    assert (march.nano, march.of_day("2026-03-31")) == (0, 0)
    assert (april.nano, april.of_day("2026-04-01")) == (CENT, CENT)
