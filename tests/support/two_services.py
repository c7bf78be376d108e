"""Two services in a row and a read model, on a store and a broker that disturb them.

A mistake leaves one storage rule out (docs/adr/0002).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from shared.aggregates import Aggregates, Cause, Decision, Kind, NewEvent, NewRecord, Relay
from shared.aggregates.joint import JointSave, SavedTogether
from shared.aggregates.outbox import record_of
from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Delivery, Message, Subscription
from shared.clock import ManualClock
from shared.consuming.consumer import HandledQueue, QueueConsumer
from shared.consuming.crash_marks import CrashMarks
from shared.consuming.dead_letters import DeadLetters
from shared.database.protocol import CollectionSpec
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import BrokerUnavailable
from shared.events.envelope import Event, EventData
from shared.one_file import OneFile
from shared.values import Value
from simulation import Crash, DisturbedDatabase, Unrest

KEYS, INPUTS, PROCESSES, KEPT = 2, 24, 3, 3
MISTAKES = (
    "no-applied", "check-archive-first", "drop-before-archive", "archive-own-ids", "clear-before-publish",
    "record-before-commit", "events-before-records", "model-without-revision", "removed-too-early",
)  # fmt: skip
TENANT = "ten_1"


class Ping(EventData):
    TYPE: ClassVar[str] = "test.ping"
    name: str
    place: str


class Pong(EventData):
    TYPE: ClassVar[str] = "test.pong"
    name: str
    place: str
    revision: int


class Tally(Value):
    count: int = 0
    seen: tuple[str, ...] = ()


class ChaoticBroker:
    """Only what the relay uses; a refusal may come after the message is already on its way."""

    def __init__(self, inner: EmbeddedBroker, chaos: Unrest) -> None:
        self._inner, self._chaos = inner, chaos

    async def publish(self, message: Message) -> None:
        await self._chaos.point()
        fate = self._chaos.random.random()
        if fate < 0.05 and self._chaos.on:
            raise BrokerUnavailable("refused", "before")
        await self._inner.publish(message)
        await self._chaos.point()
        if fate > 0.95 and self._chaos.on:
            raise BrokerUnavailable("refused", "after")

    def trouble(self) -> None:
        return None


class Mistaken(Aggregates[Tally]):
    """The aggregates with one rule left out."""

    mistake = ""

    async def change(self, id: str, cause: Cause, decide: Any, *, publish_later: bool = False) -> Any:
        self._early = set[str]()
        if self.mistake == "check-archive-first" and await self._archive.has(id, cause.mark):
            self._early.add(cause.mark)
        self._decide = decide
        return await super().change(id, cause, decide, publish_later=publish_later)

    async def _absorbed(self, id: str, loaded: Any, cause: Cause) -> bool:
        if self.mistake == "no-applied":
            return bool(loaded.document) and loaded.document["overflowed"] and await self._archive.has(id, cause.mark)
        if self.mistake == "check-archive-first":
            return cause.mark in self._early or bool(loaded.document and cause.mark in loaded.document["applied"])
        return await super()._absorbed(id, loaded, cause)

    async def _prepare(self, id: str, loaded: Any, decision: Any, cause: Cause) -> Any:
        if self.mistake == "archive-own-ids":
            await self._archive.add(id, [cause.mark], self._clock.now())
            if loaded.document:
                loaded.document["overflowed"] = True
        archive, self._late = self._archive, list[tuple[str, list[str]]]()
        if self.mistake == "drop-before-archive":
            self._archive = _Deferred(self._late)
        try:
            document = await super()._prepare(id, loaded, decision, cause)
        finally:
            self._archive = archive
        if self.mistake == "record-before-commit":
            for entry in [entry for entry in document["outbox"] if "record" in entry]:
                collection, record = record_of(entry)
                await self._relay._records[collection].put(record)
        return document

    async def _save(self, document: Any, version: int) -> bool:
        late = self._late
        won = await super()._save(document, version)
        for id, marks in late if won else []:
            await self._archive.add(id, marks, self._clock.now())
        return won


class _Deferred:
    def __init__(self, into: list[tuple[str, list[str]]]) -> None:
        self._into = into

    async def add(self, id: str, marks: list[str], _now: object) -> None:
        self._into.append((id, marks))


class MistakenRelay(Relay):
    mistake = ""

    async def carry_out(self, store: Any, document: Any, *, publish_later: bool = False) -> None:
        place = (store.spec.name, document["id"])
        if self.mistake == "clear-before-publish" and document["outbox"]:
            cleared = {**document, "outbox": [], "outbox_at": None, "version": document["version"] + 1}
            if not await store.replace(cleared, document["version"]):
                return
        if self.mistake == "events-before-records":
            try:
                await self._publish(place, [entry for entry in document["outbox"] if "event" in entry])
            except BrokerUnavailable:
                return
        await super().carry_out(store, document, publish_later=publish_later)


class TwoServices:
    """A and B, three processes each, the read model, and what disturbs them, under one seed."""

    def __init__(self, seed: int, mistake: str) -> None:
        self.chaos, self.mistake, self.clock = Unrest(seed), mistake, ManualClock()
        self.random = random.Random(seed + 1)
        self.database, self.broker = self.opened()
        self.records = {s: self.database.collection(CollectionSpec(f"records_{s}", {})) for s in "ab"}
        self.model = self.database.collection(CollectionSpec("model", {}))
        self.told_too_early: list[str] = []
        self.totals: dict[tuple[str, str], list[str]] = {}
        self.processes = {s: [self.process(s) for _ in range(PROCESSES)] for s in "ab"}
        self.truth = {s: self.process(s, calm=True) for s in "ab"}
        self.letters = DeadLetters(self.database, self.broker, self.clock)

    def opened(self) -> tuple[EmbeddedDatabase, EmbeddedBroker]:
        return EmbeddedDatabase(None), EmbeddedBroker(None, self.clock)

    def process(self, service: str, calm: bool = False) -> Aggregates[Tally]:
        chaotic: Any = self.database if calm else DisturbedDatabase(self.database, self.chaos)
        broker: Any = self.broker if calm else ChaoticBroker(self.broker, self.chaos)
        relay = MistakenRelay(chaotic, broker, self.clock)
        relay.mistake = self.mistake
        relay.file_into(CollectionSpec(f"records_{service}", {}))
        kind = Kind(f"tallies_{service}", Tally, applied_kept=KEPT)
        made = Mistaken(kind, chaotic, relay, self.clock, service)
        made.mistake = self.mistake
        return made

    def decide(self, service: str, name: str, place: str) -> Callable[[Tally | None], Decision[Tally]]:
        def decision(state: Tally | None) -> Decision[Tally]:
            state = state or Tally()
            new = state.but(count=state.count + 1, seen=(*state.seen, name))
            record = NewRecord(f"records_{service}", {"id": name, "revision": 1, "place": place, "count": new.count})
            events = (NewEvent(Pong(name=name, place=place, revision=new.count), name, key=""),)
            return Decision(new, events if service == "a" else (), (record,))

        return decision

    def handler(self, service: str) -> Callable[[Event[Any]], Awaitable[None]]:
        async def handle(event: Event[Any]) -> None:
            # A process of its own choosing; one that crashed before comes back with nothing in memory.
            n = self.random.randrange(PROCESSES)
            try:
                tallies = self.processes[service][n]
                await tallies.change(
                    event.data.place, Cause.of(event), self.decide(service, event.data.name, event.data.place)
                )
            except Crash:
                self.processes[service][n] = self.process(service)
                raise

        return handle

    async def on_model(self, event: Event[Pong]) -> None:
        if await self.records["a"].get(event.data.name) is None:
            self.told_too_early.append(event.data.name)
        document = {"id": event.data.place, "revision": event.data.revision}
        if self.mistake == "model-without-revision":
            await self.model.delete({"id": event.data.place})
        await self.model.put(document)

    def chaotic_delivery(self, consumer: QueueConsumer) -> Callable[[Delivery], Awaitable[None]]:
        async def deliver(delivery: Delivery) -> None:
            for _ in range(self.random.choice((0, 0, 2, 9))):
                await asyncio.sleep(0)
            if self.chaos.on and self.random.random() < 0.2:
                await self.broker.send_to_queue(delivery.queue, delivery.message)  # a duplicate, maybe much later
            try:
                await consumer._on_delivery(delivery)
            except Crash:
                await delivery.release()

        return deliver

    async def start(self) -> None:
        await self.database.start()
        wiring: list[tuple[str, type[EventData], Any]] = [
            ("a", Ping, self.handler("a")), ("b", Pong, self.handler("b")), ("m", Pong, self.on_model),
        ]  # fmt: skip
        queues = [
            HandledQueue(name, Subscription(f"{name}.{kind.TYPE}.v1", (kind.TYPE,)), kind, handler)
            for name, kind, handler in wiring
        ]
        await self.broker.start([queue.subscription for queue in queues])
        self.consumers = []
        for queue in queues:
            consumer = QueueConsumer(queue, self.broker, self.database, CrashMarks(self.database, self.clock))
            name = queue.subscription.queue
            self.consumers.append(await self.broker.subscribe(name, self.chaotic_delivery(consumer), prefetch=6))
            self.consumers.append(await self.broker.subscribe(f"{name}.dead", self.letters.keep))

    async def settle(self) -> bool:
        """Let everything run out: sweepers, retries, replayed dead letters. False if it never comes to rest."""
        for round in range(400):
            self.chaos.on = round < 40
            self.clock.advance(3)
            for tallies in [*self.processes["a"], *self.processes["b"]]:
                try:
                    await tallies._relay.clear()
                    await tallies._relay.sweep()
                except Crash:
                    continue
            for letter in (await self.letters.list("waiting", 100, None))["items"]:
                await self.letters.replay(letter["id"])
            await self.remove_something()
            await asyncio.sleep(0.002)
            if round > 45 and await self.at_rest():
                return True
        return False

    async def remove_something(self) -> None:
        """The mistake: an aggregate that seems to be done goes, although its causes may be delivered once more."""
        if self.mistake != "removed-too-early" or self.random.random() > 0.1 or len(self.totals) >= 2:
            return
        service, place = self.random.choice("ab"), f"k{self.random.randrange(KEYS)}"
        tallies = self.truth[service]
        document = await tallies.store.get(place)
        if document and not document["outbox"] and await tallies.store.delete({"id": place}):
            self.totals.setdefault((service, place), []).extend(document["state"]["seen"])

    async def at_rest(self) -> bool:
        queues = [f"{s}.{t}.v1" for s, t in (("a", "test.ping"), ("b", "test.pong"), ("m", "test.pong"))]
        empty = all([await self.broker.depth(queue) == 0 for queue in queues])
        busy = any(getattr(consumer, "_held", None) for consumer in self.consumers)
        waiting = await self.letters.waiting()
        stores = [self.truth[s].store for s in "ab"]
        left = [d for store in stores for d in (await store.find({})).items if d["outbox"]]
        return empty and not busy and not waiting and not left

    async def verdict(self) -> list[str]:
        bad = [] if await self.settle() else ["never came to rest"]
        for service in "ab":
            for n in range(KEYS):
                place = f"k{n}"
                state = await self.truth[service].get(place) or Tally()
                got = sorted([*state.seen, *self.totals.get((service, place), [])])
                want = sorted(f"e{i}" for i in range(INPUTS) if i % KEYS == n)
                if got != want:
                    lost, doubled = len(set(want) - set(got)), len(got) - len(set(got))
                    bad.append(f"{service} {place}: {lost} lost, {doubled} doubled")
                for position, name in enumerate(state.seen, 1 + state.count - len(state.seen)):
                    record = await self.records[service].get(name)
                    if record is None or record["count"] != position:
                        bad.append(f"record {service}:{name} is {record}, committed as {position}")
                if service == "a" and (await self.model.get(place) or {}).get("revision") != state.count:
                    bad.append(f"read model of {place} is not at {state.count}")
        return bad + [f"told of {name} before its record was filed" for name in self.told_too_early]

    async def run(self) -> list[str]:
        await self.start()
        for i in self.random.sample(range(INPUTS), INPUTS):
            event = Event(f"e{i}", "world", f"e{i}", self.clock.now(), TENANT, "", Ping(
                name=f"e{i}", place=f"k{i % KEYS}"))  # fmt: skip
            # No partition key: it would serialise what several processes do side by side.
            await self.broker.publish(Message("test.ping", event.encode(), event.id, TENANT, ""))
        try:
            return await self.verdict()
        finally:
            for consumer in self.consumers:
                await consumer.stop(1)
            await self.broker.close()
            await self.database.close()


class ChaoticJoint:
    """A joint save whose process may die right before or after it."""

    def __init__(self, inner: JointSave, chaos: Unrest) -> None:
        self._inner, self._chaos = inner, chaos

    async def save(self, what: SavedTogether) -> bool:
        await self._chaos.point()
        saved = await self._inner.save(what)
        await self._chaos.point()
        return saved


class InOneFile(TwoServices):
    """The same, with effects that are saved together with their aggregate."""

    def opened(self) -> tuple[EmbeddedDatabase, EmbeddedBroker]:
        self.file = OneFile(None, self.clock)
        return self.file.database("both"), self.file.broker

    def process(self, service: str, calm: bool = False) -> Aggregates[Tally]:
        made = super().process(service, calm)
        joint = self.file.joint(self.database)
        assert joint is not None
        made._relay._joint = joint if calm else ChaoticJoint(joint, self.chaos)
        return made
