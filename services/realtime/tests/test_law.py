"""The law: whatever is lost, repeated, swapped or killed on the way, what a client has put together equals the truth.

Random runs of the real log, projector and feeds over a store that fails before or after any write and a transient queue
that loses, repeats and swaps frames. The client is the one the README describes.
"""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest

from realtime.domain.frames import NewLogEntry, Position, parse_frame
from realtime.event_log import IN_HEAD, EventLog
from realtime.live.feed import Feed
from realtime.live.listener import Listener
from realtime.projector import Projector
from shared.access.gate import Principal
from shared.broker.protocol import Message
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import StoreUnavailable

T = "ten_1"
WHO = Principal(T, "viewer", "key_1", None, ManualClock().now())


class FailingStore:
    """A collection whose writes may fail before they happened, or after."""

    def __init__(self, real: Any, dice: random.Random, rate: float) -> None:
        self._real, self._dice, self._rate = real, dice, rate

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._real, name)
        if name in ("spec",):
            return method

        async def call(*args: Any, **options: Any) -> Any:
            await self._pause()
            if self._dice.random() < self._rate:
                raise StoreUnavailable("planted", "before")
            answer = await method(*args, **options)
            await self._pause()
            if name != "find" and name != "get" and self._dice.random() < self._rate:
                raise StoreUnavailable("planted", "after")
            return answer

        return call

    async def _pause(self) -> None:
        for _ in range(self._dice.randrange(3)):
            await asyncio.sleep(0)


class FailingDatabase:
    def __init__(self, real: EmbeddedDatabase, dice: random.Random, rate: float) -> None:
        self._real, self._dice, self._rate = real, dice, rate

    def collection(self, spec: Any) -> Any:
        return FailingStore(self._real.collection(spec), self._dice, self._rate)


class LossyQueue:
    """What instances hear of each other, badly."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._held: list[Message] = []
        self.feeds: list[Feed] = []

    async def publish_transient(self, message: Message) -> None:
        self._held.append(message)
        self._dice.shuffle(self._held)
        while self._held and self._dice.random() < 0.8:
            told = self._held.pop()
            for feed in self.feeds:
                for _ in range(self._dice.choice((0, 1, 1, 1, 2))):
                    feed.offer(parse_frame(told.body))


class Truth:
    """What the owners of the entities have saved: revision by entity."""

    def __init__(self) -> None:
        self.revisions: dict[str, int] = {}


PAUSE_SECONDS = 0.0002
"""Without a pause the loop would spin, and the thread that writes would wait 5 ms for each turn."""


class Client:
    """Shows the truth as far as it was told: snapshot, then frames, older revisions ignored."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self.shown: dict[str, int] = {}
        self.last_id = ""
        self.seen: list[Position] = []
        self.listener: Listener | None = None
        self.feed: Feed | None = None

    async def connect(self, feed: Feed) -> None:
        listener = Listener(WHO)
        await feed.join(listener, self.last_id)
        self.feed, self.listener = feed, listener

    def cut(self) -> None:
        if self.feed and self.listener:
            self.feed.listeners.discard(self.listener)
        self.feed = self.listener = None

    def read(self, most: int) -> None:
        for _ in range(most):
            frame = self.listener.take() if self.listener else None
            if frame is None:
                break
            self.apply(frame.text)
        if self.listener and self.listener.ending:
            self.cut()

    def apply(self, text: str) -> None:
        frame = json.loads(text)
        position = Position.parse(frame["id"])
        assert position is not None
        if frame["type"] == "reset" or (frame["type"] == "hello" and not frame["data"]["recovered"]):
            self.shown = dict(self._truth.revisions)
        elif frame["type"] not in ("hello", "hb"):
            before = self.seen[-1]
            assert position == Position(before.epoch, before.n + 1), "a gap nobody told of"
            data = frame["data"]
            self.shown[data["id"]] = max(self.shown.get(data["id"], 0), data["revision"])
        self.seen.append(position)
        self.last_id = frame["id"]


def draft(id: str, revision: int) -> NewLogEntry:
    body = f'{{"id": "{id}", "revision": {revision}}}'
    return NewLogEntry(mark=f"{id}-{revision}", type="x.updated", time=ManualClock().now(), body=body)


class World:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.clock = ManualClock()
        self.real = EmbeddedDatabase(None)
        self.queue = LossyQueue(self.dice)
        self.truth = Truth()
        rate = self.dice.choice((0.0, 0.02, 0.1))
        faulty = FailingDatabase(self.real, self.dice, rate)
        self.logs = [EventLog(faulty, self.clock) for _ in range(2)]  # type: ignore[arg-type]
        self.projectors = [Projector(log, self.queue) for log in self.logs]  # type: ignore[arg-type]
        self.feeds = [Feed(T, log, self.clock) for log in self.logs]
        self.queue.feeds = self.feeds
        self.clients = [Client(self.truth) for _ in range(3)]

    async def deliver(self, change: NewLogEntry) -> None:
        """At least once, to any instance, until one of them has acknowledged it; sometimes once more."""
        while True:
            try:
                async with asyncio.timeout(self.dice.choice((0.0005, 1, 1, 1))):
                    await self.dice.choice(self.projectors)._project(T, change)
            except (StoreUnavailable, TimeoutError):
                await asyncio.sleep(0)
                continue
            if self.dice.random() < 0.8:
                return

    async def producer(self, id: str, count: int) -> None:
        for revision in range(1, count + 1):
            self.truth.revisions[id] = revision  # saved first, told afterwards
            await self.deliver(draft(id, revision))

    async def life(self, client: Client, until: asyncio.Event) -> None:
        while not until.is_set():
            await asyncio.sleep(PAUSE_SECONDS)
            if client.feed is None:
                await self.retried(lambda: client.connect(self.dice.choice(self.feeds)))
                if client.feed not in self.feeds:
                    client.cut()  # the instance ended while it was connecting, and its sockets with it
            client.read(self.dice.randrange(4))
            if self.dice.random() < 0.05:
                client.cut()

    async def trouble(self, until: asyncio.Event) -> None:
        """Restarts, trimming, and (rarely) an operator who empties the database."""
        while not until.is_set():
            await asyncio.sleep(PAUSE_SECONDS)
            roll = self.dice.random()
            if roll < 0.01:
                self.clock.advance(4000)
                await self.retried(self.logs[0].trim)
            elif roll < 0.02:
                n = self.dice.randrange(2)
                self.feeds[n].stop()
                for client in self.clients:
                    if client.feed is self.feeds[n]:
                        client.cut()
                self.feeds[n] = Feed(T, self.logs[n], self.clock)
            elif roll < 0.022:
                await self.real.clear()
            elif roll < 0.1:
                await self.retried(self.dice.choice(self.feeds).check)

    async def retried(self, work: Any) -> None:
        while True:
            try:
                await work()
            except StoreUnavailable:
                await asyncio.sleep(0)
            else:
                return

    async def run(self) -> None:
        await self.real.start()
        over = asyncio.Event()
        lives = [asyncio.create_task(self.life(client, over)) for client in self.clients]
        lives.append(asyncio.create_task(self.trouble(over)))
        await asyncio.gather(*(self.producer(f"cnv_{n}", self.dice.randrange(1, 40)) for n in range(6)))
        over.set()
        await asyncio.gather(*lives)
        await self.settle()

    async def settle(self) -> None:
        for feed in self.feeds:
            await self.retried(feed.check)
        for client in self.clients:
            if client.feed is None:
                await self.retried(lambda client=client: client.connect(self.feeds[0]))
            client.read(10_000)
            if client.feed is None:  # it was slow: it comes back, once more
                await self.retried(lambda client=client: client.connect(self.feeds[0]))
                client.read(10_000)


@pytest.mark.parametrize("seed", range(24))
async def test_what_a_client_has_put_together_equals_the_truth(seed):
    world = World(seed)
    await world.run()
    for client in world.clients:
        assert client.shown == world.truth.revisions
    await world.real.close()


@pytest.mark.parametrize("seed", range(12))
async def test_every_event_is_numbered_once_and_no_number_is_missing(seed):
    dice = random.Random(seed)
    real = EmbeddedDatabase(None)
    await real.start()
    clock = ManualClock()
    instances = [EventLog(FailingDatabase(real, dice, 0.05), clock) for _ in range(4)]  # type: ignore[arg-type]
    events = [draft(f"cnv_{n}", 1) for n in range(40)]

    async def deliver(event: NewLogEntry) -> None:
        for _ in range(dice.randrange(1, 4)):
            while True:
                try:
                    together = [event, *dice.sample(events, dice.randrange(3))]
                    _, entries = await dice.choice(instances).number(T, together)
                except StoreUnavailable:
                    continue
                assert {event.mark} <= {entry.mark for entry in entries}
                break

    await asyncio.gather(*(deliver(event) for event in events))
    sound = EventLog(real, clock)
    top = await sound.top(T)
    part = await sound.after(T, Position(top.epoch, 0), limit=1000)
    assert part.entries is not None
    assert sorted(entry.mark for entry in part.entries) == sorted(event.mark for event in events)
    assert [entry.n for entry in part.entries] == list(range(1, 41))
    # What has left the log is still known: a late repeat gets no second number.
    clock.advance(3601)
    assert await sound.trim() > 0
    await sound.number(T, events)
    assert (await sound.top(T)).n == 40
    assert (await sound.after(T, Position(top.epoch, 0), limit=1000)).entries is None
    await real.close()


async def test_what_a_dead_instance_numbered_but_did_not_file_is_read_and_then_filed():
    real = EmbeddedDatabase(None)
    await real.start()
    clock = ManualClock()

    class Dies(FailingStore):
        async def insert_many(self, _documents: Any) -> Any:
            raise StoreUnavailable("planted", "killed between the save and the filing")

    class DyingDatabase(FailingDatabase):
        def collection(self, spec: Any) -> Any:
            return Dies(self._real.collection(spec), self._dice, 0)

    dead = EventLog(DyingDatabase(real, random.Random(0), 0), clock)  # type: ignore[arg-type]
    for revision in range(1, IN_HEAD + 1):
        await dead.number(T, [draft("cnv_1", revision)])
    with pytest.raises(StoreUnavailable):
        await dead.number(T, [draft("cnv_1", IN_HEAD + 1)])
    alive = EventLog(real, clock)
    top = await alive.top(T)
    told = await alive.after(T, Position(top.epoch, 0), 100)
    assert told.entries is not None
    assert [entry.n for entry in told.entries] == list(range(1, IN_HEAD + 1))
    await alive.number(T, [draft("cnv_1", IN_HEAD + 1)])
    told = await alive.after(T, Position(top.epoch, 0), 100)
    assert told.entries is not None
    assert [entry.mark for entry in told.entries] == [f"cnv_1-{n}" for n in range(1, IN_HEAD + 2)]
    _, again = await alive.number(T, [draft("cnv_1", 1)])
    assert [entry.n for entry in again] == [1]
    await real.close()


async def test_a_busy_tenants_log_keeps_five_thousand_entries():
    real = EmbeddedDatabase(None)
    await real.start()
    log = EventLog(real, ManualClock())
    for start in range(0, 6100, 100):
        await log.number(T, [draft(f"cnv_{n}", 1) for n in range(start, start + 100)])
    top = await log.top(T)
    assert top.n == 6100
    assert (await log.after(T, Position(top.epoch, 500), 10)).entries is None
    assert (await log.after(T, Position(top.epoch, 1100), 10)).entries is not None
    await log.number(T, [draft("cnv_0", 1)])
    assert (await log.top(T)).n == 6100
    await real.close()


async def test_large_events_do_not_pile_up_in_the_head() -> None:
    """What a head carries is written again with each event; a document that grows too large takes no more."""
    database, quotes = EmbeddedDatabase(None), json.dumps({"text": '"' * 500_000})
    await database.start()
    log = EventLog(database, ManualClock())
    for number in range(1, 12):
        large = NewLogEntry(mark=f"m{number}", type="conversation.updated", time=ManualClock().now(), body=quotes)
        await log.number(T, [large])
        head = await log._head(T)
        assert sum(len(entry.body) for entry in head.entries) < 2 * len(quotes)
    told = await log.after(T, Position(head.epoch, 0), 100)
    assert [entry.n for entry in told.entries or ()] == list(range(1, 12))
    await database.close()
