"""Databases and broker in one file: a decision, its records and its messages are there together, or not at all."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.aggregates import Aggregates, Cause, Decision, Kind, NewEvent, NewRecord, Relay
from shared.aggregates.joint import JointSave, SavedTogether
from shared.broker.protocol import Message, Subscription
from shared.clock import ManualClock
from shared.database.protocol import CollectionSpec
from shared.errors import StoreUnavailable
from shared.events import ContactActivity
from shared.one_file import OneFile
from shared.values import Value
from testkit.contract.broker_harness import Notes
from testkit.eventually import eventually

THINGS, NOTES = CollectionSpec("things", {"n": "int"}), CollectionSpec("notes", {})
WORK = Subscription("test.work.v1", ("work", ContactActivity.TYPE))

SAVE_WITHOUT_END = """
import asyncio, sys
from pathlib import Path
from test_joint_save import World, together

async def main():
    world = World(Path(sys.argv[1]))
    await world.start()
    version = 0
    while True:
        version += await world.joint.save(together(version, f"e{version}"))
        print(version, flush=True)

asyncio.run(main())
"""


class World:
    def __init__(self, path: Path | None) -> None:
        self.clock = ManualClock()
        self.file = OneFile(path, self.clock)
        self.broker, self.database = self.file.broker, self.file.database("shop")
        self.things, self.notes = self.database.collection(THINGS), self.database.collection(NOTES)
        joint = self.file.joint(self.database)
        assert joint is not None
        self.joint: JointSave = joint

    async def start(self) -> None:
        await self.database.start()
        await self.broker.start([WORK])

    async def close(self) -> None:
        await self.broker.close()
        await self.database.close()


def together(version: int, name: str) -> SavedTogether:
    """The document's next version, a record and two messages."""
    document = {"id": "a", "version": version + 1, "n": version + 1}
    records = [("notes", {"id": name, "revision": 1})]
    return SavedTogether("things", document, version, records, [Message("work", b"", name + end) for end in ("x", "y")])


@pytest.fixture(params=["memory", "file"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path / "one.sqlite" if request.param == "file" else None)
    await made.start()
    yield made
    await made.close()


async def test_a_save_takes_records_and_messages_with_it(world: World) -> None:
    assert await world.joint.save(together(0, "e0"))
    assert await world.joint.save(together(1, "e1"))
    assert (await world.things.get("a") or {})["n"] == 2
    assert [note["id"] for note in (await world.notes.find({})).items] == ["e0", "e1"]
    notes = Notes()
    await world.broker.subscribe(WORK.queue, notes, prefetch=1)
    await eventually(lambda: [d.message.event_id for d in notes.deliveries] == ["e0x", "e0y", "e1x", "e1y"])


async def test_a_lost_race_leaves_nothing(world: World) -> None:
    assert await world.joint.save(together(0, "e0"))
    assert not await world.joint.save(together(0, "late"))
    assert await world.notes.get("late") is None
    assert await world.broker.depth(WORK.queue) == 2


async def test_a_part_that_fails_leaves_nothing(world: World) -> None:
    await world.database.write(lambda connection: connection.execute(f"DROP TABLE {world.notes.layout.table}"))
    with pytest.raises(StoreUnavailable):
        await world.joint.save(together(0, "e0"))
    assert await world.things.get("a") is None
    assert await world.broker.depth(WORK.queue) == 0


async def test_messages_of_a_saver_who_gave_up_are_handed_out_all_the_same(world: World) -> None:
    saving = asyncio.create_task(world.joint.save(together(0, "e0")))
    await asyncio.sleep(0)
    saving.cancel()
    notes = Notes()
    await world.broker.subscribe(WORK.queue, notes)
    await eventually(lambda: len(notes.deliveries) == 2)
    assert await world.things.get("a")


async def test_messages_keep_the_order_of_saves_and_publishes(world: World) -> None:
    consumed = Notes()
    await world.broker.subscribe(WORK.queue, consumed, prefetch=1)
    await asyncio.gather(
        *(world.joint.save(together(n, f"s{n}")) for n in range(20)),
        *(world.broker.publish(Message("work", b"", f"p{n}")) for n in range(20)),
    )
    expected = [f"s{n}{end}" for n in range(20) for end in "xy"] + [f"p{n}" for n in range(20)]
    await eventually(lambda: [d.message.event_id for d in consumed.deliveries] == expected)


async def test_killed_at_any_moment_document_records_and_messages_agree(tmp_path: Path) -> None:
    path = tmp_path / "one.sqlite"
    child = subprocess.Popen(  # noqa: ASYNC220 - only its start blocks
        [sys.executable, "-c", SAVE_WITHOUT_END, str(path)], stdout=subprocess.PIPE, cwd=Path(__file__).parent
    )
    assert child.stdout is not None
    answered = [await asyncio.to_thread(child.stdout.readline) for _ in range(100)]
    child.kill()
    answered += await asyncio.to_thread(child.stdout.readlines)
    child.wait()
    with closing(sqlite3.connect(path)) as connection:
        version = connection.execute("SELECT version FROM c_shop__things").fetchone()[0]
        records = connection.execute("SELECT count(*) FROM c_shop__notes").fetchone()[0]
        messages = connection.execute("SELECT count(*) FROM entry").fetchone()[0]
    assert version >= max(int(line) for line in answered if line.endswith(b"\n"))
    assert (records, messages) == (version, 2 * version)


class Counter(Value):
    count: int = 0


def counted(state: Counter | None) -> Decision[Counter]:
    new = (state or Counter()).but(count=(state or Counter()).count + 1)
    told = ContactActivity(activity_id=str(new.count), channel="test", at=ManualClock().now())
    records = (NewRecord("notes", {"id": f"n{new.count}", "revision": 1}), NewRecord("apart", {"id": "x"}))
    return Decision(new, (NewEvent(told, "s", "k"),), records)


class Apart:
    """Records that go to no collection."""

    def __init__(self) -> None:
        self.put_ids: list[str] = []

    async def put(self, document: dict[str, object], /) -> bool:
        self.put_ids.append(str(document["id"]))
        return True


def counters_of(world: World, apart: Apart) -> Aggregates[Counter]:
    relay = Relay(world.database, world.broker, world.clock, world.joint)
    relay.file_into(NOTES)
    relay.file_through("apart", apart)
    return Aggregates(Kind("counters", Counter), world.database, relay, world.clock, "test")


async def test_an_aggregate_saves_its_effects_with_itself_and_keeps_only_what_goes_elsewhere(world: World) -> None:
    apart = Apart()
    counters = counters_of(world, apart)
    await counters.change("a", Cause.request("ten_1", "one"), counted)
    document = await counters.store.get("a")
    assert document
    assert [entry["record"]["collection"] for entry in document["outbox"]] == ["apart"]
    assert apart.put_ids == ["x"]
    assert await world.notes.get("n1")
    assert await world.broker.depth(WORK.queue) == 1
    await counters.change("a", Cause.request("ten_1", "two"), counted)
    assert len((await counters.store.get("a") or {})["outbox"]) == 1, "what was done has left with the next save"


async def test_while_the_broker_is_closed_effects_wait_in_the_outbox(tmp_path: Path) -> None:
    world = World(tmp_path / "one.sqlite")
    await world.database.start()
    counters = counters_of(world, Apart())
    await counters.change("a", Cause.request("ten_1", "one"), counted)
    assert await world.notes.get("n1")
    await world.broker.start([WORK])
    world.clock.advance(3)
    assert await counters._relay.sweep() == 1
    assert await world.broker.depth(WORK.queue) == 1
    await world.close()


async def test_services_in_one_file_do_not_see_each_other(world: World) -> None:
    other = world.file.database("other-shop")
    await other.start()
    theirs = other.collection(THINGS)
    await world.things.insert({"id": "a", "version": 1, "n": 1})
    assert await theirs.get("a") is None
    await theirs.insert({"id": "b", "version": 1, "n": 2})
    await other.clear()
    assert await world.things.count({}) == 1
    await other.close()
    assert await world.things.insert({"id": "c", "version": 1, "n": 3}), "one that leaves does not close the file"
