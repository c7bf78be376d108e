"""From delivery to settled: the class of what a handler raises says what becomes of the event."""

import asyncio
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Message, Subscription
from shared.clock import ManualClock, SystemClock
from shared.consuming.consumer import LONG_LADDER, SHORT_LADDER, HandledQueue, QueueConsumer
from shared.consuming.crash_marks import LIMIT, CrashMarks
from shared.consuming.dead_letters import DeadLetters
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import Conflict, Invalid, NotFound, Refused, StoreUnavailable, Unavailable
from shared.events import ContactActivity, Event
from shared.logging import of_the_event_at_hand
from testkit.eventually import eventually

QUEUE = Subscription("test.contact.activity.v1", ("contact.activity",))


def message(name: str, key: str = "k") -> Message:
    data = ContactActivity(activity_id=name, channel="chat", at=datetime(2026, 1, 1, tzinfo=UTC))
    event = Event(name, "chat", name, datetime(2026, 1, 1, tzinfo=UTC), "ten_1", key, data)
    return Message("contact.activity", event.encode(), name, "ten_1", key)


class World:
    def __init__(self) -> None:
        self.broker = EmbeddedBroker(None, SystemClock())
        self.database = EmbeddedDatabase(None)
        self.letters = DeadLetters(self.database, self.broker, SystemClock())
        self.handled: list[str] = []
        self.raises: dict[str, list[Exception]] = {}
        self.running = self.most_running = 0

    async def handle(self, event: Event[ContactActivity]) -> None:
        self.running += 1
        self.most_running = max(self.running, self.most_running)
        try:
            await asyncio.sleep(0)
            self.handled.append(event.data.activity_id)
            if planned := self.raises.get(event.data.activity_id):
                raise planned.pop(0)
        finally:
            self.running -= 1

    async def start(self) -> None:
        await self.database.start()
        await self.broker.start([QUEUE])
        queue = HandledQueue("test", QUEUE, ContactActivity, self.handle)
        consumer = QueueConsumer(queue, self.broker, self.database, CrashMarks(self.database, SystemClock()))
        self.consumers = [await consumer.start(), await self.broker.subscribe(QUEUE.dead_queue, self.letters.keep)]

    async def stop(self) -> None:
        for consumer in self.consumers:
            await consumer.stop()
        await self.broker.close()
        await self.database.close()

    async def dead(self) -> list[str]:
        return [letter["reason"] for letter in (await self.letters.list("waiting", 100, None))["items"]]


@pytest.fixture
async def world():
    made = World()
    await made.start()
    yield made
    await made.stop()


async def test_a_handled_event_is_gone(world: World):
    await world.broker.publish(message("one"))
    await eventually(lambda: world.handled == ["one"])
    await eventually(lambda: _empty(world))


async def _empty(world: World) -> bool:
    return await world.broker.depth(QUEUE.queue) == 0


async def test_garbage_is_buried_with_the_reason_and_disturbs_nobody(world: World):
    await world.broker.publish(Message("contact.activity", b"\xff not json", "bad", "ten_1"))
    await world.broker.publish(message("good"))
    await eventually(lambda: world.handled == ["good"])
    await eventually(world.dead)
    assert "invalid_event" in (await world.dead())[0]


@pytest.mark.parametrize(
    ("error", "times"),
    [(Refused("no", "the business says no"), 1), (Conflict("race", "lost"), 2)],
    ids=["refused is done", "a lost race is run again at once"],
)
async def test_settled_without_the_ladder(world: World, error: Exception, times: int):
    world.raises["one"] = [error]
    await world.broker.publish(message("one"))
    await eventually(lambda: world.handled == ["one"] * times)
    await eventually(lambda: _empty(world))
    assert await world.dead() == []


@pytest.mark.parametrize("error", [Unavailable("away", "later"), NotFound("early", "not yet"), ValueError("our bug")])
async def test_what_may_get_better_comes_back(world: World, error: Exception):
    world.raises["one"] = [error]
    await world.broker.publish(message("one"))
    await eventually(lambda: world.handled == ["one", "one"], within=5)
    assert await world.dead() == []


async def test_what_is_invalid_is_buried_and_can_be_replayed_once_mended(world: World):
    world.raises["one"] = [Invalid("bad", "cannot be")]
    await world.broker.publish(message("one"))
    [letter] = await eventually(lambda: _letters(world))
    assert letter["reason"] == "bad: cannot be"
    assert letter["tenant_id"] == "ten_1"
    await world.letters.replay(letter["id"])
    await eventually(lambda: world.handled == ["one", "one"])
    assert await world.dead() == []


async def _letters(world: World) -> list[dict[str, str]]:
    return (await world.letters.list("waiting", 100, None))["items"]


async def test_events_of_one_key_run_one_at_a_time_and_others_side_by_side(world: World):
    for n in range(10):
        await world.broker.publish(message(f"same{n}", "k"))
    await eventually(lambda: len(world.handled) == 10)
    assert world.most_running == 1
    await asyncio.gather(*(world.broker.publish(message(f"other{n}", f"k{n}")) for n in range(30)))
    await eventually(lambda: len(world.handled) == 40)
    assert world.most_running > 1


async def test_while_the_store_is_away_consumption_pauses_and_the_ladder_stays_empty(world: World):
    world.raises["one"] = [StoreUnavailable("store_away", "down"), StoreUnavailable("store_away", "down")]
    await world.broker.publish(message("one"))
    await eventually(lambda: world.handled == ["one"] * 3, within=6)
    assert await world.dead() == []


def test_after_an_outage_of_ten_minutes_an_event_is_tried_again_within_a_minute():
    waited = 0
    for pause in LONG_LADDER:
        assert pause <= 60 or waited > 600
        waited += pause
    assert 3600 <= waited < 2 * 3600


async def test_an_event_that_overload_let_time_out_is_tried_for_as_long_as_what_is_away():
    database = EmbeddedDatabase(None)
    await database.start()

    async def too_slow(_event: object) -> None:
        raise TimeoutError

    queue = HandledQueue("test", QUEUE, ContactActivity, too_slow)
    consumer = QueueConsumer(queue, None, database, CrashMarks(database, ManualClock()))  # type: ignore[arg-type]
    delivery = _Redelivered()
    delivery.attempt = len(SHORT_LADDER)
    await consumer._on_delivery(delivery)  # type: ignore[arg-type]
    assert delivery.buried == []
    assert delivery.retried == [LONG_LADDER[len(SHORT_LADDER)]]
    await database.close()


class _Redelivered:
    """A delivery nobody survived so far."""

    def __init__(self) -> None:
        self.message, self.queue, self.attempt, self.redelivered = message("one"), QUEUE.queue, 0, True
        self.buried: list[str] = []
        self.retried: list[float] = []
        self.acks = 0

    async def ack(self) -> None:
        self.acks += 1

    async def retry(self, delay_seconds: float, reason: str) -> None:
        self.retried.append(delay_seconds)

    async def dead(self, reason: str) -> None:
        self.buried.append(reason)


async def test_an_event_that_kills_the_process_each_time_is_buried_by_name():
    database = EmbeddedDatabase(None)
    await database.start()

    async def die(_event: object) -> None:
        raise asyncio.CancelledError  # what the process's death looks like from here

    queue = HandledQueue("test", QUEUE, ContactActivity, die)
    delivery = _Redelivered()
    for _ in range(LIMIT):
        consumer = QueueConsumer(queue, None, database, CrashMarks(database, ManualClock()))  # type: ignore[arg-type]
        with pytest.raises(asyncio.CancelledError):
            await consumer._on_delivery(delivery)  # type: ignore[arg-type]
    consumer = QueueConsumer(queue, None, database, CrashMarks(database, ManualClock()))  # type: ignore[arg-type]
    await consumer._on_delivery(delivery)  # type: ignore[arg-type]
    assert "died" in delivery.buried[0]
    await database.close()


async def test_a_redelivered_event_waits_for_the_store_instead_of_using_up_its_delivery_limit():
    database = EmbeddedDatabase(None)
    await database.start()
    marks, failures = CrashMarks(database, ManualClock()), [StoreUnavailable("store_away", "down")]
    too_many = marks.too_many

    async def away_at_first(delivery: object) -> bool:
        if failures:
            raise failures.pop()
        return await too_many(delivery)  # type: ignore[arg-type]

    marks.too_many = away_at_first  # type: ignore[method-assign]
    handled: list[object] = []

    async def handle(event: object) -> None:
        handled.append(event)

    delivery = _Redelivered()
    queue = HandledQueue("test", QUEUE, ContactActivity, handle)
    await QueueConsumer(queue, None, database, marks)._on_delivery(delivery)  # type: ignore[arg-type]
    assert (len(handled), delivery.acks) == (1, 1)
    await database.close()


async def test_an_event_that_a_living_store_always_refuses_goes_up_the_ladder(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shared.consuming.consumer.STORE_FAILURES", 2)
    database = EmbeddedDatabase(None)
    await database.start()

    async def refused(_event: object) -> None:
        raise StoreUnavailable("store_unavailable", "this document is not to my taste")

    delivery = _Redelivered()
    queue = HandledQueue("test", QUEUE, ContactActivity, refused)
    async with asyncio.timeout(10):
        consumer = QueueConsumer(queue, None, database, CrashMarks(database, ManualClock()))  # type: ignore[arg-type]
        await consumer._on_delivery(delivery)  # type: ignore[arg-type]
    assert (delivery.retried, delivery.buried) == ([LONG_LADDER[0]], [])
    await database.close()


async def test_a_handler_that_takes_too_long_is_tried_again_later(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shared.consuming.consumer.HANDLER_TIMEOUT_SECONDS", 0.01)
    database = EmbeddedDatabase(None)
    await database.start()

    async def stand_still(_event: object) -> None:
        await asyncio.Event().wait()

    delivery = _Redelivered()
    queue = HandledQueue("test", QUEUE, ContactActivity, stand_still)
    consumer = QueueConsumer(queue, None, database, CrashMarks(database, ManualClock()))  # type: ignore[arg-type]
    await consumer._on_delivery(delivery)  # type: ignore[arg-type]
    assert delivery.retried == [LONG_LADDER[0]]
    await database.close()


async def test_a_line_that_a_handler_logs_says_which_event_it_is_about():
    database = EmbeddedDatabase(None)
    await database.start()
    lines: list[MutableMapping[str, Any]] = []

    async def note(_event: object) -> None:
        lines.append(of_the_event_at_hand(None, "info", {"event": "something", "service": "named by the line itself"}))

    queue = HandledQueue("test", QUEUE, ContactActivity, note)
    consumer = QueueConsumer(queue, None, database, CrashMarks(database, ManualClock()))  # type: ignore[arg-type]
    await consumer._on_delivery(_Redelivered())  # type: ignore[arg-type]
    itself = {"event": "something", "service": "named by the line itself"}
    assert lines == [{**itself, "tenant": "ten_1", "correlation": "one"}]
    assert of_the_event_at_hand(None, "info", {"event": "later"}) == {"event": "later"}
    await database.close()
