"""Messages that wait for money go out when there is some, even if two senders look after the budget at once."""

from __future__ import annotations

from typing import Any

import pytest

from price_cards import prices, rate_card
from sender.budget import waker
from sender_alone import OneSender
from shared.events import Money, TenantChanged

TENANT, CENT = "ten_a", 10_000_000


async def with_cap(world: OneSender, cents: int, revision: int) -> None:
    cap = Money(nano=cents * CENT)
    await world.own(TenantChanged(tenant_id=TENANT, revision=revision, name="A", daily_cap=cap))


async def test_messages_that_another_sender_let_go_do_not_hide_those_behind_them(
    world: OneSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two senders read the same page of waiting messages. The second finds none of them waiting any more: that does not
    mean that the cap is reached, and nothing else would wake the rest before the day ends."""
    monkeypatch.setattr(waker, "ROUND", 2)
    await world.own(prices(1, rate_card("0.01"), tenant=TENANT))
    await with_cap(world, 0, revision=2)
    for n in range(4):
        await world.send(f"msg_{n}", contact=f"+1312555020{n}")
    await world.work()
    await with_cap(world, 4, revision=3)

    records = world.parts.tools.messages.records
    find, pages = records.find, list[Any]()

    async def the_same_page_twice(where: Any, **more: Any) -> Any:
        if where != {"tenant_id": TENANT, "waits_for": "budget"}:
            return await find(where, **more)
        pages.append(pages[0] if len(pages) == 1 else await find(where, **more))
        return pages[-1]

    monkeypatch.setattr(records, "find", the_same_page_twice)
    for _ in range(6):
        world.clock.advance(1)
        await world.budgets()
    assert sorted(world.sent()) == ["msg_0", "msg_1", "msg_2", "msg_3"]
