"""A person is erased: nothing waits for them, nothing names them, and their STOP holds. Whatever comes late."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from sender.domain.outcome import SendOutcome
from sender.domain.resolve import Ruling, resolve
from sender.sending.suppression import SPEC
from sender_alone import OneSender
from sender_rows import KEYRING
from shared.database.paging import documents
from shared.erasure import ErasureKeys
from shared.errors import Refused
from shared.events import ContactErased, SmsOutbound
from shared.phone import is_pseudonym
from shared.service.erasing import LOOKS_AFTER_SECONDS

TENANT, NUMBER, ANN, BOB = "ten_a", "+13125550001", "+13125550101", "+13125550102"


async def erased(world: OneSender, id: str = "era_1") -> datetime:
    """Ann is erased now; every look but the last is over when this returns."""
    at, database = world.clock.now(), world.parts.service.database
    keys = ErasureKeys(database, KEYRING, world.clock)
    sealed = keys.sealed(await keys.made_for(TENANT))
    await world.handle(ContactErased(erasure_id=id, contact_id="cct_1", phone_numbers=(ANN,), at=at, key=sealed))
    for seconds in (0, 4, 61):
        world.clock.advance(seconds)
        assert await world.parts.service.erasures.once() == 1  # type: ignore[union-attr]
        await world.parts.service.relay.drain()
    return at


async def stored(world: OneSender) -> str:
    """Everything in the database, as text."""
    collections: dict[str, Any] = world.parts.service.database._collections  # type: ignore[attr-defined]
    return " ".join([repr(row) for one in collections.values() async for row in documents(one, {})])


async def test_what_waits_is_withdrawn_and_what_was_sent_keeps_its_figures_without_the_person(world: OneSender) -> None:
    await world.send("msg_1", text="Zebrafinch")
    await world.work()
    await world.send("msg_2", text="Marzipan", respect_quiet_hours=True, expires_at=None)
    await world.receipt("msg_1", "delivered", parts=1)
    await erased(world)
    assert await world.status("msg_1") == "delivered"
    message = await world.message("msg_1")
    assert (is_pseudonym(message.order.contact), message.order.text, message.parts) == (True, "", 1)
    everything = await stored(world)
    assert not [word for word in (ANN, "Zebrafinch", "Marzipan") if word in everything]


async def test_a_stop_outlives_the_erasure_until_a_start(world: OneSender) -> None:
    await world.stop()
    await erased(world)
    assert ANN not in await stored(world)
    await world.send("msg_1")
    await world.send("msg_2", contact=BOB)
    await world.work()
    assert world.sent() == ["msg_2"]
    world.clock.advance(1)
    await world.keyword("start")
    await world.send("msg_3")
    await world.work()
    assert world.sent() == ["msg_2", "msg_3"]


async def test_a_stop_from_before_that_comes_late_counts_and_brings_no_number_back(world: OneSender) -> None:
    before = world.clock.now()
    world.clock.advance(5)
    await erased(world)
    late, world.clock._now = world.clock._now, before  # type: ignore[attr-defined]
    await world.stop()
    world.clock._now = late  # type: ignore[attr-defined]
    assert ANN not in await stored(world)
    assert await world.parts.tools.suppressions.is_suppressed(TENANT, ANN)


async def test_an_order_from_before_that_comes_late_is_refused(world: OneSender) -> None:
    order = SmsOutbound(message_id="msg_1", number=NUMBER, contact=ANN, text="Zebrafinch")
    late = world.event(order, id="e-1")
    world.clock.advance(5)
    await erased(world)
    await world.parts.handlers.on_sms_outbound(late)
    await world.work()
    assert world.sent() == []
    message = await world.message("msg_1")
    assert (message.status, message.reason) == ("refused", "erased")
    assert not [word for word in (ANN, "Zebrafinch") if word in await stored(world)]


async def test_a_receipt_and_a_repeat_that_come_late_find_the_message_and_send_nothing(world: OneSender) -> None:
    await world.send("msg_1")
    await world.work()
    await erased(world)
    await world.receipt("msg_1", "delivered")
    await world.send("msg_1")
    await world.work()
    assert (await world.status("msg_1"), world.sent()) == ("delivered", ["msg_1"])


async def test_a_tenant_that_has_erased_nobody_has_no_hash_to_look_for(world: OneSender) -> None:
    await world.stop()
    rows = world.parts.service.database.collection(SPEC)
    looked: list[str] = []
    get = rows.get

    async def counted(id: str) -> Any:
        looked.append(id)
        return await get(id)

    object.__setattr__(rows, "get", counted)
    assert not await world.parts.tools.suppressions.is_suppressed(TENANT, BOB)
    assert looked == [f"{TENANT}|{BOB}"]


async def test_a_message_with_an_open_outcome_at_the_last_look_is_emptied_once_it_is_known(world: OneSender) -> None:
    """Sender was down for longer than an erasure takes: the last look comes before the outcome is settled."""
    world.carrier.script = [SendOutcome("server_error", "carrier_500")]
    await world.send("msg_1", text="Zebrafinch")
    await world.work()
    await erased(world)
    world.clock.advance(LOOKS_AFTER_SECONDS[-1])
    erasures = world.parts.service.erasures
    assert erasures
    assert await erasures.once() == 1
    assert (await world.status("msg_1"), "Zebrafinch" in await stored(world)) == ("unknown", True)
    for _ in range(20):
        await world.work(60)
    assert await world.status("msg_1") == "unresolved"
    assert await erasures.once() == 1
    assert not [word for word in (ANN, "Zebrafinch") if word in await stored(world)]
    world.clock.advance(LOOKS_AFTER_SECONDS[-1])
    assert await erasures.once() == 0, "the job is over"


async def test_an_erased_message_that_nobody_settled_cannot_be_sent_again(world: OneSender) -> None:
    world.carrier.script = [SendOutcome("server_error", "carrier_500")]
    await world.send("msg_1", text="Zebrafinch")
    for _ in range(20):
        await world.work(60)
    await erased(world)
    message = await world.message("msg_1")
    lane = await world.parts.tools.lanes.get(message.lane_id)
    assert lane
    assert message.status == "unresolved"
    with pytest.raises(Refused, match="message_forgotten"):
        resolve(lane, message, Ruling("retry", "usr_1"), world.clock.now())
    settled = resolve(lane, message, Ruling("sent", "usr_1"), world.clock.now())
    assert [one.status for one in settled.messages] == ["sent"]
