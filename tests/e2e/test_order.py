"""Order: what was written first arrives first, and a campaign never holds up a reply."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

Customer = Callable[[], str]


async def test_twenty_quick_messages_arrive_in_the_order_they_were_written(shop: Shop, customer: Customer):
    ann = customer()
    await shop.text(ann, "hello")
    await shop.answered(ann)
    written = [f"line {n}" for n in range(20)]
    for text in written:
        await shop.write(ann, text)
    sent = await shop.answered(ann, 21, within=60)
    assert [sms["text"] for sms in sent][1:] == written
    read = [m["text"] for m in await shop.messages_with(ann) if m["author"] == "agent"]
    assert read == written


async def test_a_carrier_that_stumbles_does_not_change_the_order(shop: Shop, customer: Customer):
    ann = customer()
    await shop.text(ann, "hello")
    await shop.answered(ann)
    world = shop.parley.world
    await world.fault(on="send", do="fail", status=503, retry_after=1, to=ann, text="line 1")
    await world.fault(on="send", do="fail", status=500, accept=True, to=ann, text="line 2")
    await world.fault(on="send", do="cut", accept=True, to=ann, text="line 3")
    written = [f"line {n}" for n in range(6)]
    for text in written:
        await shop.write(ann, text)
    sent = await shop.answered(ann, 7, within=45)
    assert [sms["text"] for sms in sent][1:] == written
