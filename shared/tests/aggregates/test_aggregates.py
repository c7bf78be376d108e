"""One decision, one save, effects afterwards."""

import asyncio
from unittest.mock import AsyncMock

import pytest

from shared.aggregates import Aggregates, Cause, Decision, Kind, NewEvent, NewRecord, Relay
from shared.broker.protocol import Message
from shared.clock import ManualClock
from shared.database.protocol import CollectionSpec
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import Unavailable
from shared.events import ContactActivity
from shared.values import Value
from testkit.recording import RecordingBroker

NOTES = CollectionSpec("notes", {})


class Counter(Value):
    count: int = 0
    seen: tuple[str, ...] = ()


def count(name: str):
    def decide(state: Counter | None) -> Decision[Counter]:
        state = state or Counter()
        new = state.but(count=state.count + 1, seen=(*state.seen, name))
        told = ContactActivity(activity_id=name, channel="test", at=ManualClock().now())
        record = NewRecord("notes", {"id": name, "revision": 1, "count": new.count})
        return Decision(new, (NewEvent(told, name, "k"),), (record,), answer=new.count)

    return decide


class World:
    def __init__(self, applied_kept: int = 100) -> None:
        self.clock, self.broker, self.database = ManualClock(), RecordingBroker(), EmbeddedDatabase(None)
        self.relay = Relay(self.database, self.broker, self.clock)
        self.notes = self.relay.file_into(NOTES)
        kind = Kind("counters", Counter, {"count": "int"}, (("count",),), lambda s: {"count": s.count}, applied_kept)
        self.counters = Aggregates(kind, self.database, self.relay, self.clock, "test")

    async def outbox(self, id: str = "a") -> list[dict[str, object]]:
        await self.relay.clear()
        document = await self.counters.store.get(id)
        assert document is not None
        return document["outbox"]


@pytest.fixture
async def world():
    made = World()
    await made.database.start()
    yield made
    await made.database.close()


def cause(name: str) -> Cause:
    return Cause.request("ten_1", name)


async def test_a_decision_saves_files_publishes_and_clears(world: World):
    change = await world.counters.change("a", cause("one"), count("one"))
    assert change.fresh
    assert change.answer == 1
    assert (await world.notes.get("one") or {})["count"] == 1
    assert [data.activity_id for data in world.broker.data(ContactActivity)] == ["one"]
    assert await world.outbox() == []


async def test_a_cause_is_absorbed_once_and_publishes_the_same_id(world: World):
    await world.counters.change("a", cause("one"), count("one"))
    again = await world.counters.change("a", cause("one"), count("one"))
    assert not again.fresh
    assert again.state == Counter(count=1, seen=("one",))
    assert len(world.broker.messages) == 1


async def test_many_at_once_lose_nothing(world: World):
    names = [f"n{i}" for i in range(20)]
    await asyncio.gather(*(world.counters.change("a", cause(name), count(name)) for name in names))
    state = await world.counters.get("a")
    assert state is not None
    assert sorted(state.seen) == sorted(names)
    assert {data.activity_id for data in world.broker.data(ContactActivity)} == set(names)
    assert await world.outbox() == []


async def test_many_at_once_publish_each_effect_once_however_slow_the_broker(world: World):
    publish = world.broker.publish

    async def slowly(message: Message) -> None:
        await asyncio.sleep(0.02)
        await publish(message)

    world.broker.publish = slowly  # type: ignore[method-assign]
    names = [f"n{i}" for i in range(20)]
    await asyncio.gather(*(world.counters.change("a", cause(name), count(name)) for name in names))
    assert sorted(data.activity_id for data in world.broker.data(ContactActivity)) == sorted(names)


async def test_a_handler_that_was_stopped_leaves_its_effects_to_the_next(world: World):
    publish, entered = world.broker.publish, asyncio.Event()

    async def never(message: Message) -> None:
        entered.set()
        await asyncio.Event().wait()

    world.broker.publish = never  # type: ignore[method-assign]
    stopped = asyncio.create_task(world.counters.change("a", cause("one"), count("one")))
    await entered.wait()
    follower = asyncio.create_task(world.counters.change("a", cause("one"), count("one")))
    await asyncio.sleep(0)
    world.broker.publish = publish  # type: ignore[method-assign]
    stopped.cancel()
    assert not (await follower).fresh
    assert [data.activity_id for data in world.broker.data(ContactActivity)] == ["one"]


async def test_effects_wait_while_the_broker_is_away_and_the_sweeper_sees_to_them(world: World):
    world.broker.away = True
    await world.counters.change("a", cause("one"), count("one"))
    assert await world.notes.get("one") is not None, "records need no broker"
    assert [entry for entry in await world.outbox() if "event" in entry]
    world.broker.away = False
    assert await world.relay.sweep() == 0, "younger than two seconds: a live relay may be at it"
    world.clock.advance(3)
    assert await world.relay.oldest_waiting_seconds() == 3
    assert await world.relay.sweep() == 1
    assert [data.activity_id for data in world.broker.data(ContactActivity)] == ["one"]
    assert await world.outbox() == []


async def test_a_redelivered_event_sees_its_left_over_effects_through(world: World):
    world.broker.away = True
    await world.counters.change("a", cause("one"), count("one"))
    world.broker.away = False
    again = await world.counters.change("a", cause("one"), count("one"))
    assert not again.fresh
    assert len(world.broker.messages) == 1


async def test_the_next_save_takes_out_what_was_done(world: World):
    await world.counters.change("a", cause("one"), count("one"))
    await world.counters.change("a", cause("two"), count("two"))
    document = await world.counters.store.get("a")
    assert document is not None
    assert {entry["id"].split(".")[0] for entry in document["outbox"]} == {"2"}, "only its own effects are left"
    assert await world.outbox() == []


async def test_what_the_next_save_took_out_is_not_cleared_again(world: World, monkeypatch: pytest.MonkeyPatch):
    await world.counters.change("a", cause("one"), count("one"))
    await world.counters.change("a", cause("two"), lambda state: Decision(state) if state else None)
    store = world.counters.store
    replaced = AsyncMock(side_effect=store.replace)
    monkeypatch.setattr(store, "replace", replaced)
    assert await world.outbox() == []
    assert replaced.await_count == 0


async def test_an_api_write_returns_with_its_records_filed(world: World):
    await world.counters.change("a", cause("one"), count("one"), publish_later=True)
    assert await world.notes.get("one") is not None
    await world.relay.drain()
    assert len(world.broker.messages) == 1
    assert await world.outbox() == []


async def test_marks_that_left_the_document_are_still_known():
    world = World(applied_kept=3)
    await world.database.start()
    for n in range(20):
        await world.counters.change("a", cause(f"n{n}"), count(f"n{n}"))
    document = await world.counters.store.get("a")
    assert document is not None
    assert len(document["applied"]) <= 6
    for n in range(20):
        assert not (await world.counters.change("a", cause(f"n{n}"), count(f"n{n}"))).fresh
    await world.database.close()


async def test_a_full_outbox_refuses_further_decisions(world: World):
    world.broker.away = True
    for n in range(199):
        await world.counters.change("a", cause(f"n{n}"), count(f"n{n}"))
    with pytest.raises(Unavailable, match="outbox_full"):
        await world.counters.change("a", cause("one too many"), count("one too many"))
    assert (await world.counters.get("a") or Counter()).count == 199


async def test_one_decision_with_many_effects_passes(world: World) -> None:
    """Back-pressure is for what piles up; a decision that is large by itself would be refused for ever."""
    told = [ContactActivity(activity_id=f"m{n}", channel="test", at=world.clock.now()) for n in range(500)]
    events = tuple(NewEvent(data, data.activity_id, "k") for data in told)
    change = await world.counters.change("a", cause("r1"), lambda _: Decision(Counter(count=1), events))
    assert change.fresh
    assert len(world.broker.data(ContactActivity)) == 500
    assert await world.outbox() == []


async def test_the_records_of_one_decision_are_filed_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    together, alone = AsyncMock(side_effect=world.notes.put_many), AsyncMock(side_effect=world.notes.put)
    monkeypatch.setattr(world.notes, "put_many", together)
    monkeypatch.setattr(world.notes, "put", alone)
    records = tuple(NewRecord(NOTES.name, {"id": f"n{n}", "revision": 1}) for n in range(50))
    await world.counters.change("a", cause("r1"), lambda _: Decision(Counter(count=1), records=records))
    assert (together.await_count, alone.await_count) == (1, 0)
    assert await world.notes.count({}) == 50


async def test_outboxes_are_emptied_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for id in "abc":
        await world.counters.change(id, cause(id), count(id))
    together = AsyncMock(side_effect=world.counters.store.replace_many)
    monkeypatch.setattr(world.counters.store, "replace_many", together)
    await world.relay.clear()
    assert together.await_count == 1
    assert [await world.outbox(id) for id in "abc"] == [[], [], []]


async def test_a_decision_starts_from_what_its_caller_has_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.counters.change("a", cause("one"), count("one"))
    await world.relay.clear()
    seen = await world.counters.store.get("a")
    reads = AsyncMock(side_effect=world.counters.store.get)
    monkeypatch.setattr(world.counters.store, "get", reads)
    await world.counters.change("a", cause("two"), count("two"), seen=seen)
    assert reads.await_count == 0


async def test_what_the_caller_has_read_is_read_again_if_it_was_changed_since(world: World) -> None:
    await world.counters.change("a", cause("one"), count("one"))
    seen = await world.counters.store.get("a")
    await world.counters.change("a", cause("two"), count("two"))
    change = await world.counters.change("a", cause("three"), count("three"), seen=seen)
    assert change.state is not None
    assert change.state.count == 3


async def test_nothing_to_do_saves_nothing(world: World):
    change = await world.counters.change("a", cause("one"), lambda _state: None)
    assert not change.fresh
    assert await world.counters.store.get("a") is None


async def test_two_tenants_with_the_same_request_id_are_two_causes(world: World):
    await world.counters.change("a", Cause.request("ten_1", "r"), count("x"))
    assert (await world.counters.change("a", Cause.request("ten_2", "r"), count("y"))).fresh


async def test_effects_that_always_fail_do_not_keep_the_sweeper_from_the_others(world: World):
    world.broker.away = True
    await world.counters.change("later", cause("fine"), count("fine"))
    world.broker.away = False
    first = await world.counters.store.get("later")
    assert first is not None
    text = first["outbox"][0]["record"]["document"] | {"revision": "not a number"}
    spoiled = {**first, "id": "first", "outbox": [{"id": "1.0", "record": {"collection": "notes", "document": text}}]}
    await world.counters.store.insert(spoiled)
    world.clock.advance(3)
    await world.relay.sweep()
    assert [data.activity_id for data in world.broker.data(ContactActivity)] == ["fine"]
