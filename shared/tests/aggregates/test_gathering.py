"""Events that follow each other soon become one while they wait in the outbox. None is lost, however a process ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.aggregates import Aggregates, Cause, Decision, Gather, Kind, NewEvent, Relay
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import ConversationUpdated
from shared.values import Value
from testkit.recording import RecordingBroker

NOW_AND_THEN = Gather("cnv_1", hold_seconds=30, first_at_once=True)
"""Long, because timers run by the real clock."""
LATER = Gather("cnv_1", hold_seconds=30)
NOW = Gather("cnv_1")


class Told(Value):
    revision: int = 0


class World:
    """One aggregate that tells of every change. The clock stands still, so nothing held leaves by itself."""

    def __init__(self) -> None:
        self.clock, self.broker, self.database = ManualClock(), RecordingBroker(), EmbeddedDatabase(None)
        self.restart()

    def restart(self) -> None:
        """A new process on the same database: what the old one remembered is gone."""
        self.relay = Relay(self.database, self.broker, self.clock)
        self.aggregates = Aggregates(Kind("told", Told), self.database, self.relay, self.clock, "test")

    async def change(self, how: Gather | None, *messages: str) -> None:
        def decide(state: Told | None) -> Decision[Told]:
            revision = (state or Told()).revision + 1
            data = ConversationUpdated(
                conversation_id="cnv_1",
                thread_id="thr_1",
                revision=revision,
                conversation={"id": "cnv_1", "revision": revision},
                messages=tuple({"id": id, "revision": revision} for id in messages),
            )
            return Decision(Told(revision=revision), (NewEvent(data, "cnv_1", "cnv_1", gather=how),))

        await self.aggregates.change("a", Cause.request("ten_1"), decide)

    @property
    def told(self) -> list[tuple[int, dict[str, int]]]:
        """Of every event: its revision, and its messages with theirs."""
        events = self.broker.data(ConversationUpdated)
        return [(one.revision, {m["id"]: m["revision"] for m in one.messages}) for one in events]

    async def document(self) -> dict[str, Any]:
        return await self.aggregates.store.get("a") or {}


@pytest.fixture
async def world():
    made = World()
    await made.database.start()
    yield made
    await made.database.close()


async def test_the_first_is_told_at_once_and_those_after_it_together(world: World) -> None:
    await world.change(NOW_AND_THEN, "msg_1")
    assert world.told == [(1, {"msg_1": 1})]
    await world.change(NOW_AND_THEN, "msg_2")
    await world.change(NOW_AND_THEN, "msg_1", "msg_3")
    await world.change(NOW_AND_THEN)
    assert len(world.told) == 1
    await world.relay.drain()
    assert world.told[1:] == [(4, {"msg_2": 2, "msg_1": 3, "msg_3": 3})]


async def test_a_series_is_told_at_most_once_per_interval(world: World) -> None:
    for _ in range(10):
        await world.change(NOW_AND_THEN)
        world.clock.advance(6)
        await world.relay.sweep()
    await world.relay.drain()
    # At 0 the first, at 30 what came at 6 … 30, and the rest at 60.
    assert len(world.told) == 3
    assert world.told[-1][0] == 10


async def test_after_a_pause_it_is_told_at_once_again(world: World) -> None:
    await world.change(NOW_AND_THEN)
    world.clock.advance(30)
    await world.change(NOW_AND_THEN)
    assert [revision for revision, _ in world.told] == [1, 2]


async def test_what_is_held_leaves_with_the_one_that_need_not_wait(world: World) -> None:
    await world.change(LATER, "msg_1")
    world.clock.advance(20)
    await world.change(LATER, "msg_2")
    assert world.told == []
    await world.change(NOW, "msg_3")
    assert world.told == [(3, {"msg_1": 1, "msg_2": 2, "msg_3": 3})]
    await world.relay.drain()
    assert len(world.told) == 1


async def test_joining_does_not_put_it_off(world: World) -> None:
    await world.change(LATER)
    due = (await world.document())["outbox_at"]
    world.clock.advance(20)
    await world.change(LATER)
    assert (await world.document())["outbox_at"] == due == world.clock.now() + timedelta(seconds=10)


@pytest.mark.parametrize("waiting", [False, True], ids=["the series pauses", "an event waits"])
async def test_a_clock_that_is_set_back_holds_nothing_longer_than_said(world: World, waiting: bool) -> None:
    for _ in range(1 + waiting):
        await world.change(NOW_AND_THEN)
    world.clock.advance(-3600)
    await world.change(NOW_AND_THEN)
    assert (await world.document())["outbox_at"] == world.clock.now() + timedelta(seconds=30)
    world.clock.advance(33)
    await world.relay.sweep()
    assert [revision for revision, _ in world.told] == [1, 2 + waiting]


async def test_after_a_crash_the_sweeper_tells_the_last_state(world: World) -> None:
    await world.change(NOW_AND_THEN, "msg_1")
    await world.change(NOW_AND_THEN, "msg_2")
    world.restart()
    await world.change(NOW_AND_THEN, "msg_3")
    world.restart()
    await world.relay.sweep()
    assert len(world.told) == 1
    world.clock.advance(33)
    await world.relay.sweep()
    assert world.told[1:] == [(3, {"msg_2": 2, "msg_3": 3})]
    await world.relay.clear()
    assert (await world.document())["outbox"] == []


async def test_a_broker_that_is_away_when_it_is_due_loses_nothing(world: World) -> None:
    await world.change(LATER, "msg_1")
    world.broker.away = True
    await world.relay.drain()
    world.broker.away = False
    assert world.told == []
    world.clock.advance(33)
    await world.relay.sweep()
    assert world.told == [(1, {"msg_1": 1})]


async def test_what_is_held_is_neither_swept_nor_alarming_before_it_is_due(world: World) -> None:
    await world.change(LATER)
    world.clock.advance(10)
    assert await world.relay.sweep() == 0
    assert await world.relay.oldest_waiting_seconds() == 0


async def test_holding_writes_nothing_more(world: World) -> None:
    """One write for each save, and one that takes out what was done, as without it."""
    for how in (NOW_AND_THEN, NOW_AND_THEN, NOW_AND_THEN):
        await world.change(how)
    await world.relay.drain()
    assert (await world.document())["version"] == 4


def test_joining_brings_back_nothing_that_retention_has_deleted_since() -> None:
    def message(id: str, day: int, status: str = "received") -> dict[str, str]:
        return {"id": id, "created_at": f"2026-03-0{day}T12:00:00Z", "status": status, "text": id}

    ids: dict[str, Any] = {"conversation_id": "cnv_1", "thread_id": "thr_1", "conversation": {}}
    earlier = ConversationUpdated(
        **ids, revision=1, messages=(message("old", 1), message("waits", 1, "unresolved"), message("new", 3))
    )
    later = ConversationUpdated(**ids, revision=2, forgotten_before=datetime(2026, 3, 2, tzinfo=UTC))
    joined = later.after(earlier)
    assert [one["id"] for one in joined.messages] == ["waits", "new"]
    assert joined.forgotten_before == later.forgotten_before
    assert [one["id"] for one in later.but(forgotten_before=None).after(earlier).messages] == ["old", "waits", "new"]
