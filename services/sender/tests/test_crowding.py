"""A carrier account that hangs takes its own places only."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from sender.crowding import Crowding
from sender.domain.outcome import Outcome
from shared.database.protocol import Range
from shared.events import ConnectionChanged, NumberChanged, TenantChanged
from shared.testing.eventually import eventually

ANN = "+13125550101"
NOW = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)


async def test_another_tenants_reply_leaves_while_a_carrier_account_hangs(make_world: Any) -> None:
    world = await make_world(sender_per_connection=2)
    keyring = world.parts.tools.keyring
    await world.handle(TenantChanged(tenant_id="ten_b", revision=1, name="B"))
    number = NumberChanged.model_validate(world.rows["/internal/accounts/numbers/+13125550001"])
    other = number.but(phone_number="+13125550002", tenant_id="ten_b", connection_id="con_b")
    await world.handle(other)
    await world.handle(ConnectionChanged(connection_id="con_b", revision=1, tenant_id="ten_b", public_keys=(),
                                         encrypted_api_key=keyring.seal("KEY-2")))  # fmt: skip
    gate = asyncio.Event()

    async def hang(_request: Any) -> Outcome:
        await gate.wait()
        return Outcome("accepted", carrier_message_id="late")

    async def everybody_else_waits() -> bool:
        page = await world.parts.tools.lanes.find({"one_due_at": Range(lte=world.clock.now())})
        return not page.items

    world.carrier.script = [hang, hang]
    for n in range(5):
        await world.send(f"msg_{n}", contact=f"+1312555010{n}")
    loop = asyncio.create_task(world.parts.loops["one"].once())
    await eventually(lambda: len(world.carrier.requests) == 2)
    await eventually(everybody_else_waits)
    assert len(world.carrier.requests) == 2
    order = (await world.message("msg_0")).order.but(message_id="msg_b", number="+13125550002")
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
    crowding = Crowding(4)
    with ExitStack() as under_way:
        for _ in range(3):
            assert crowding.turned_away("con", NOW, "bulk") is None
            under_way.enter_context(crowding.one_more("con", "bulk"))
        assert crowding.turned_away("con", NOW, "bulk") is not None
        assert crowding.turned_away("con", NOW, "one") is None
    assert crowding.turned_away("con", NOW, "bulk") is None


def test_a_reply_does_not_ask_again_behind_a_campaigns_thousands() -> None:
    crowding = Crowding(1)
    with crowding.one_more("con", "bulk"):
        asked = [crowding.turned_away("con", NOW, "bulk") for _ in range(5_000)]
        assert asked[-1] is not None
        assert asked[-1] > NOW + timedelta(seconds=60)
        again = crowding.turned_away("con", NOW, "one")
        assert again is not None
        assert again < NOW + timedelta(seconds=1)
