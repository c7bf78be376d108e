from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ingress.confirms import SLOW_SECONDS, Confirms
from ingress.delivery import Delivery
from ingress.spool import Spool
from shared.broker.protocol import Message
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import BrokerUnavailable, Unroutable
from shared.events import Event, SmsReceipt, event_id
from testkit.eventually import PATIENCE, eventually


@pytest.mark.parametrize("says_so", [True, False], ids=["known to be away", "found to be away"])
async def test_while_the_broker_is_away_texts_wait_in_the_database(world, says_so):
    world.broker.away, world.broker.says_so = True, says_so
    for n in range(3):
        for _ in range(2):
            assert (await world.deliver(world.text(id=f"m{n}"))).status_code == 200
    assert not world.broker.published
    assert len(await world.stored("spool")) == 3
    assert _degraded(world) == ["3 events wait in the spool for the broker"]
    world.broker.away = False
    task = asyncio.create_task(world.service.tasks["spool"]())

    async def empty() -> bool:
        return not await world.stored("spool")

    await eventually(empty)
    task.cancel()
    assert [event.data.carrier_message_id for event in world.events()] == ["m0", "m1", "m2"]
    assert _degraded(world) == []


async def test_the_spooled_event_is_the_one_that_would_have_been_published(world):
    await world.deliver(world.text())
    world.broker.away = True
    await world.deliver(world.text())
    [published], [kept] = world.broker.published, await world.stored("spool")
    assert (kept["body"], kept["event_id"]) == (published.body, published.event_id)


async def test_without_the_database_the_broker_is_enough(world):
    await world.deliver(world.text())
    world.clock.advance(2)
    await world.service.database.close()
    assert (await world.deliver(world.text(id="m2"))).status_code == 200
    assert len(world.events()) == 2


@pytest.mark.parametrize("plain", [False, True], ids=["by connection", "by number"])
@pytest.mark.parametrize("how", ["refuses", "hangs"])
async def test_with_every_database_away_the_broker_is_still_enough(world, how, plain):
    """One server often holds all services' databases: accounts cannot tell us anything either."""
    path = "" if plain else None
    assert (await world.deliver(world.text(), path)).status_code == 200
    world.clock.advance(1200)
    world.accounts.away = True
    if how == "refuses":
        await world.service.database.close()
    else:
        for collection in world.service.database._collections.values():
            collection.get = _hang
    # The answer has a budget of 1.5 s: on a machine that stands still for a second it is 503, and the carrier, as
    # here, tries again.
    answers = [(await world.deliver(world.text(id="m2"), path)).status_code for _ in range(3)]
    assert 200 in answers
    arrived = {event.data.carrier_message_id for event in world.events()}
    assert len(arrived) == 2
    assert "m2" in arrived
    forged = await world.deliver(world.text(id="m3"), path, seed=bytes(32))
    assert forged.status_code == 503


async def _hang(_id: str) -> Any:
    await asyncio.Event().wait()


async def test_without_database_and_broker_the_carrier_keeps_it(world):
    await world.service.database.close()
    world.broker.away = True
    response = await world.deliver(world.text())
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert "retry-after" in response.headers


async def test_a_broker_that_never_confirms_does_not_make_the_carrier_wait(world):
    async def hang(_message: Any) -> None:
        await asyncio.Event().wait()

    world.broker.publish = hang
    started = asyncio.get_running_loop().time()
    assert (await world.deliver(world.text())).status_code == 200
    assert asyncio.get_running_loop().time() - started < 1.5 * PATIENCE
    assert len(await world.stored("spool")) == 1


class Slow:
    """Confirms when the test lets it."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.go = asyncio.Event()

    async def publish(self, message: Any) -> None:
        self.seen.append(message.event_id)
        await self.go.wait()

    def trouble(self) -> None:
        return None


async def _slow_world() -> tuple[Slow, ManualClock, Spool, Delivery]:
    broker, clock, database = Slow(), ManualClock(), EmbeddedDatabase(None)
    confirms = Confirms(broker, clock)
    spool = Spool(database, confirms, clock)
    await database.start()
    return broker, clock, spool, Delivery(confirms, spool)


async def test_a_confirm_that_comes_late_is_not_asked_for_again():
    broker, _, spool, delivery = await _slow_world()
    assert await delivery.send([_event("one")]) == "spooled"
    draining = asyncio.create_task(spool.drain())
    await asyncio.sleep(0)
    broker.go.set()
    assert await draining == 1
    assert len(broker.seen) == 1
    assert spool.depth == 0


async def test_what_was_confirmed_before_the_spool_looked_leaves_it_unpublished():
    broker, _, spool, delivery = await _slow_world()
    await delivery.send([_event("one")])
    broker.go.set()
    await asyncio.sleep(0)
    assert await spool.drain() == 1
    assert len(broker.seen) == 1
    assert spool.depth == 0


async def test_while_a_confirm_is_overdue_texts_go_to_the_spool_at_once():
    broker, clock, spool, delivery = await _slow_world()
    first = asyncio.create_task(delivery.send([_event("one")]))
    await eventually(lambda: len(broker.seen) == 1)
    clock.advance(SLOW_SECONDS * 1.1)
    assert await delivery.send([_event("two")]) == "spooled"
    assert len(broker.seen) == 1, "the second was not published behind the first"
    broker.go.set()
    await first
    assert await delivery.send([_event("three")]) == "published"
    await spool.drain()
    assert sorted(broker.seen) == sorted({_event(name).id for name in ("one", "two", "three")})


def _event(cause: str) -> Event[SmsReceipt]:
    now = ManualClock().now()
    data = SmsReceipt(
        carrier_message_id=cause, connection_id="con", number="+17735550002", contact="+13125550123", status="sent",
        occurred_at=now,
    )  # fmt: skip
    return Event(
        id=event_id("ten_a", "ingress", cause, SmsReceipt.TYPE, ""), source="ingress", subject=cause, time=now,
        tenant_id="ten_a", partition_key=cause, data=data,
    )  # fmt: skip


class Fickle:
    """Confirms what is in `takes`."""

    def __init__(self, takes: set[str], error: Exception) -> None:
        self.takes, self.error, self.seen = takes, error, []

    async def publish(self, message: Any) -> None:
        self.seen.append(message.event_id)
        if message.event_id not in self.takes:
            raise self.error

    def trouble(self) -> None:
        return None


async def _spool_of(broker: Fickle, count: int) -> Spool:
    database = EmbeddedDatabase(None)
    clock = ManualClock()
    spool = Spool(database, Confirms(broker, clock), clock)
    await database.start()
    for n in range(count):
        await spool.keep(Message("sms.inbound", b"{}", f"e{n:03}", "ten_a"))
    return spool


async def test_only_what_was_confirmed_leaves_the_spool():
    broker = Fickle({"e000", "e002"}, BrokerUnavailable("away", "no confirm"))
    spool = await _spool_of(broker, 4)
    assert await spool.drain() == 2
    assert spool.depth == 2
    broker.takes = {"e001", "e003"}
    broker.seen.clear()
    assert await spool.drain() == 2
    assert broker.seen == ["e001", "e003"]
    assert spool.depth == 0


async def test_what_no_queue_wants_does_not_hold_up_the_rest():
    broker = Fickle({f"e{n:03}" for n in range(150, 250)}, Unroutable("unroutable", "no queue"))
    spool = await _spool_of(broker, 250)
    assert await spool.drain() == 100
    assert spool.depth == 150
    assert broker.seen == [f"e{n:03}" for n in range(250)]


def _degraded(world) -> list[str]:
    return [reason for check in world.service.degraded if (reason := check())]
