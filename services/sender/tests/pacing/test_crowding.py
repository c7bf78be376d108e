"""A carrier account that hangs takes its own places only."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sender.domain.outcome import SendOutcome
from sender.pacing.concurrency import ConnectionLimits
from sender_alone import MakeSender, OneSender
from shared.database.protocol import Range
from shared.events import ConnectionChanged, NumberChanged, SmsOutbound, TenantChanged
from testkit.eventually import eventually

CONNECTION = "con_x.code"
NOW = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)


def number_of(name: str) -> str:
    return f"+131255500{ord(name)}"


async def open_tenant(world: OneSender, name: str) -> None:
    """A tenant with a number and a carrier account of its own."""
    tenant, connection = f"ten_{name}", f"con_{name}"
    await world.handle(TenantChanged(tenant_id=tenant, revision=1, name=name))
    number = NumberChanged.read(world.rows["/internal/accounts/numbers/+13125550001"])
    await world.handle(number.but(phone_number=number_of(name), tenant_id=tenant, connection_id=connection))
    key = world.parts.tools.keyring.seal(f"KEY-{name}")
    facts = {"tenant_id": tenant, "public_keys": (), "encrypted_api_key": key}
    await world.handle(ConnectionChanged(connection_id=connection, revision=1, **facts))


@asynccontextmanager
async def at_work(world: OneSender) -> AsyncIterator[None]:
    """The loop of replies runs, as it does in the service."""
    loop = asyncio.create_task(world.parts.loops["one"].run())
    try:
        yield
    finally:
        loop.cancel()
        await asyncio.wait({loop})


class Hanging:
    """Carrier accounts that take requests and say nothing until `gate` is open; others answer at once."""

    def __init__(self, world: OneSender, *names: str) -> None:
        self.world, self.connections, self.gate = world, {f"con_{name}" for name in names}, asyncio.Event()
        world.carrier.script = [self.answer] * 1000

    async def answer(self, request: Any) -> SendOutcome:
        if request.account.connection_id in self.connections:
            await self.gate.wait()
        return SendOutcome("accepted", carrier_message_id=f"car-{request.key}")

    def held(self) -> Counter[str]:
        requests = (request.account.connection_id for request in self.world.carrier.requests)
        return Counter(connection for connection in requests if connection in self.connections)

    async def send(self, name: str, count: int = 1) -> None:
        for n in range(count):
            order = {"message_id": f"msg_{name}{n}", "number": number_of(name), "contact": f"+1312555020{n}"}
            await self.world.handle(SmsOutbound(text="Hello", **order), tenant=f"ten_{name}", id=f"e-{name}{n}")


async def test_three_hanging_accounts_delay_no_fourth_tenants_reply(
    make_world: MakeSender,
) -> None:
    world = await make_world(sender_per_connection=4, sender_at_once=8)
    for name in "bcde":
        await open_tenant(world, name)
    hanging = Hanging(world, "b", "c", "d")
    async with at_work(world):
        for name in "bcd":
            await hanging.send(name, 6)
        await eventually(lambda: hanging.held() == {"con_b": 4, "con_c": 2, "con_d": 1})
        await hanging.send("e")
        await eventually(lambda: "msg_e0" in world.sent())
        assert hanging.held().total() == 7
        hanging.gate.set()


async def test_a_search_in_the_records_waits_for_a_place_too(make_world: MakeSender) -> None:
    world = await make_world(sender_per_connection=1)
    world.carrier.script = [SendOutcome("no_answer", "no_answer")] * 50
    await world.send("msg_1")
    await world.work()
    tools = world.parts.tools
    with tools.connection_limits.one_more(CONNECTION):
        for _ in range(4):
            await world.work(125)
        assert world.carrier.searches == []
    await world.work(1)
    assert len(world.carrier.searches) == 1


async def test_an_account_without_a_free_place_keeps_no_line_waiting_for_ever(
    make_world: MakeSender,
) -> None:
    world = await make_world(sender_per_connection=1)
    world.carrier.script = [SendOutcome("no_answer", "no_answer")] * 50
    await world.send("msg_1")
    await world.work()
    with world.parts.tools.connection_limits.one_more(CONNECTION):
        for _ in range(9):
            await world.work(125)
    assert world.carrier.searches == []
    assert (await world.message("msg_1")).status == "unresolved"


async def test_another_tenants_reply_leaves_while_a_carrier_account_hangs(
    make_world: MakeSender,
) -> None:
    world = await make_world(sender_per_connection=2)
    await open_tenant(world, "b")
    gate = asyncio.Event()

    async def hang(_request: Any) -> SendOutcome:
        await gate.wait()
        return SendOutcome("accepted", carrier_message_id="late")

    async def all_others_wait() -> bool:
        page = await world.parts.tools.lanes.find({"one_due_at": Range(lte=world.clock.now())})
        return not page.items

    world.carrier.script = [hang, hang]
    for n in range(5):
        await world.send(f"msg_{n}", contact=f"+1312555010{n}")
    loop = asyncio.create_task(world.parts.loops["one"].once())
    await eventually(lambda: len(world.carrier.requests) == 2)
    await eventually(all_others_wait)
    assert len(world.carrier.requests) == 2
    order = (await world.message("msg_0")).order.but(message_id="msg_b", number=number_of("b"))
    await world.handle(order, tenant="ten_b", id="e-b")
    started = await world.parts.loops["one"]._round()
    assert started >= 1
    await eventually(lambda: len(world.carrier.requests) == 3)
    assert world.sent()[2] == "msg_b"
    gate.set()
    await loop
    for _ in range(3):
        await world.work(1)
    assert len(set(world.sent())) == 6


def test_a_campaign_leaves_places_to_replies() -> None:
    connection_limits = ConnectionLimits(4, {"one": 48, "bulk": 24})
    with ExitStack() as under_way:
        for _ in range(3):
            assert connection_limits.wait_for_place("con", NOW, "bulk") is None
            under_way.enter_context(connection_limits.one_more("con", "bulk"))
        assert connection_limits.wait_for_place("con", NOW, "bulk") is not None
        assert connection_limits.wait_for_place("con", NOW, "one") is None
    assert connection_limits.wait_for_place("con", NOW, "bulk") is None


def test_a_reply_does_not_ask_again_behind_a_campaigns_thousands() -> None:
    connection_limits = ConnectionLimits(1, {"one": 48, "bulk": 24})
    with connection_limits.one_more("con", "bulk"):
        asked = [connection_limits.wait_for_place("con", NOW, "bulk") for _ in range(5_000)]
        assert asked[-1] is not None
        assert asked[-1] > NOW + timedelta(seconds=60)
        again = connection_limits.wait_for_place("con", NOW, "one")
        assert again is not None
        assert again < NOW + timedelta(seconds=1)
