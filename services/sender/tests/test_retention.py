"""After a tenant's retention the words of its messages are gone here too; ids, states and figures stay."""

from __future__ import annotations

from typing import Any

import pytest

from sender.domain.outcome import Outcome
from shared.database.protocol import Range
from shared.errors import Conflict
from shared.events import CarrierError, Money, SmsOutbound
from testkit.at_rest import at_rest

TENANT, OTHER, NUMBER, ANN = "ten_a", "ten_b", "+13125550001", "+13125550101"
DAY = 24 * 3600.0
LOST = Outcome("no_answer", "no_answer")


def keeps(world: Any, **days: int | None) -> None:
    rows = [
        {**world.rows[f"/internal/accounts/tenants/{TENANT}"], "tenant_id": tenant, "retention_days": kept}
        for tenant, kept in days.items()
    ]
    world.rows["/internal/accounts/tenants"] = {"items": rows, "next_cursor": None}


async def kept(world: Any) -> str:
    await world.parts.service.relay.drain()
    return await at_rest(world.parts.service.database)


async def test_no_word_of_an_expired_message_is_anywhere_and_other_tenants_lose_nothing(world: Any) -> None:
    for n in range(8):
        await world.send(
            f"msg_{n}", text=f"zanzibar {n}", media_urls=(f"https://x.test/zanzibar{n}.png",), contact_name="Zanzibar Z"
        )
    await world.work()
    await world.handle(SmsOutbound(message_id="msg_o", number=NUMBER, contact=ANN, text="quokka"), tenant=OTHER)
    keeps(world, ten_a=30, ten_b=None)
    await world.work(29 * DAY)
    await world.retention.round()
    assert "zanzibar 0" in await kept(world)
    await world.work(2 * DAY)
    assert await world.retention.round()
    after = await kept(world)
    assert "zanzibar" not in after
    assert "quokka" in after


async def test_what_became_of_it_can_still_be_read(world: Any) -> None:
    world.carrier.script = [Outcome("refused", "invalid_recipient", "no zanzibar", (CarrierError(code="40310"),))]
    await world.send("msg_1", text="zanzibar", causes=("msg_in",), campaign_id="cmp_1")
    await world.work()
    before, told = await world.message("msg_1"), len(world.broker.bodies)
    keeps(world, ten_a=30)
    await world.work(31 * DAY)
    await world.retention.round()
    after = await world.message("msg_1")
    assert (after.order.text, after.forgotten_at) == ("", world.clock.now())
    for same in ("id", "status", "reason", "carrier_message_id", "parts", "cost", "usage", "created_at", "changed_at"):
        assert getattr(after, same) == getattr(before, same)
    assert [(step.status, step.reason, step.at) for step in after.history] == [
        (step.status, step.reason, step.at) for step in before.history
    ]
    assert (after.order.contact, after.order.causes) == (ANN, ("msg_in",))
    assert len(world.broker.bodies) == told, "nobody is told: it is no new state"
    await world.retention.round()
    assert await world.message("msg_1") == after
    left = {"tenant_id": TENANT, "words_at": Range(lt=world.clock.now())}
    assert await world.parts.tools.messages.records.count(left) == 0, "it is not looked at in every round"


async def test_a_message_that_is_not_over_keeps_its_words(world: Any) -> None:
    """One waits for a number of its stream, one for a person."""
    world.carrier.script = [LOST] * 20
    world.carrier.found = [None] * 20
    await world.send("msg_lost", text="zanzibar lost")
    for _ in range(40):
        await world.work(60)
    assert await world.status("msg_lost") == "unresolved"
    world.carrier.script.clear()
    await world.send("msg_waits", text="zanzibar waits", stream="s", seq=2)
    await world.work(70)
    keeps(world, ten_a=30)
    await world.work(40 * DAY)
    await world.retention.round()
    assert (await world.message("msg_lost")).order.text == "zanzibar lost"
    assert (await world.message("msg_waits")).order.text == "zanzibar waits"
    await world.send("msg_first", stream="s", seq=1)
    await world.work()
    await world.receipt("msg_lost", "delivered")
    await world.work()
    assert world.sent()[-1] == "msg_waits"
    await world.retention.round()
    assert "zanzibar" not in await kept(world)


async def test_a_forgotten_message_delivered_again_is_not_sent_again(world: Any) -> None:
    """Not even under another event's id, of which no lane has a mark."""
    await world.send("msg_1", text="zanzibar")
    await world.work()
    order = (await world.message("msg_1")).order
    keeps(world, ten_a=30)
    await world.work(31 * DAY)
    await world.retention.round()
    await world.handle(order, id="e-msg_1")
    await world.handle(order, id="e-another")
    await world.work()
    assert world.sent() == ["msg_1"]
    assert "zanzibar" not in await kept(world)


async def test_a_late_receipt_still_settles_it_and_corrects_the_bill(world: Any) -> None:
    await world.send("msg_1", text="zanzibar", media_urls=("https://x.test/a.png",))
    await world.work()
    keeps(world, ten_a=30)
    await world.work(31 * DAY)
    await world.retention.round()
    await world.receipt("msg_1", "delivered", parts=1, cost=Money(nano=22_000_000, currency="USD"))
    assert await world.status("msg_1") == "delivered"
    usage = world.usage("msg_1")[-1]
    assert (usage.revision, usage.carrier_cost.nano, usage.message_type) == (2, 22_000_000, "mms")
    await world.retention.round()
    assert "zanzibar" not in await kept(world)


async def test_a_late_failure_brings_no_words_back(world: Any) -> None:
    """Carriers quote what they did not deliver."""
    await world.send("msg_1", text="zanzibar")
    await world.work()
    keeps(world, ten_a=30)
    await world.work(31 * DAY)
    await world.retention.round()
    error = CarrierError(code="40008", title="Undeliverable", detail="no zanzibar for Ann")
    await world.receipt("msg_1", "delivery_failed", errors=(error,))
    message = await world.message("msg_1")
    assert (message.status, message.reason) == ("undelivered", "carrier_40008")
    assert [(each.code, each.detail) for each in message.errors] == [("40008", "")]
    assert "zanzibar" not in await kept(world)


async def test_who_is_bringing_a_message_back_reads_again_after_it_was_forgotten(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read with its words, it must not be filed with them after they have gone."""
    for n in range(8):
        await world.send(f"msg_{n}", text=f"zanzibar {n}")
    await world.work()
    keeps(world, ten_a=30)
    await world.work(31 * DAY)
    records = world.parts.tools.messages.records
    found, looks = records.get, 0

    async def forgotten_after_the_second_look(id: str) -> Any:
        nonlocal looks
        looks, record = looks + 1, await found(id)
        if looks == 2:
            monkeypatch.setattr(records, "get", found)
            await world.retention.round()
            assert "zanzibar" not in await kept(world)
        return record

    monkeypatch.setattr(records, "get", forgotten_after_the_second_look)
    with pytest.raises(Conflict):
        await world.receipt("msg_0", "delivered")
    await world.receipt("msg_0", "delivered")
    assert await world.status("msg_0") == "delivered"
    assert "zanzibar" not in await kept(world)


async def test_streams_go_on_counting_after_all_words_are_gone(world: Any) -> None:
    for n in (1, 2):
        await world.send(f"msg_{n}", stream="s", seq=n)
    await world.work()
    keeps(world, ten_a=30)
    await world.work(31 * DAY)
    await world.retention.round()
    await world.send("msg_3", stream="s", seq=3)
    await world.send("msg_late", stream="s", seq=2)
    await world.work()
    assert world.sent() == ["msg_1", "msg_2", "msg_3"]
    assert (await world.message("msg_late")).reason == "late"
