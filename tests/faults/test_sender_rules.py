"""The sending rules under crashes, freezes, duplicates and reordering: the real sender, judged by the carrier's ledger.

Three senders with real handlers, workers and database share two customers. Every access to a lane, record, suppression
or the broker is a place where the driver may switch to another task, let time pass, freeze or kill. The carrier
throttles, refuses, loses answers, accepts and then answers 500 (which frees its key), and reports late, twice or never.
Left out, as promise 2 says: a 500 after acceptance whose answer is lost with (or frozen in) the process that saw it.
Each planted mistake takes one rule away and must be found.
"""

from __future__ import annotations

import asyncio
import contextvars
import random
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from sender import handlers as handlers_module
from sender import worker as worker_module
from sender.carrier import Request, Trace
from sender.domain import dispatch, settle
from sender.domain.lane import Lane, look_at
from sender.domain.message import LIVE, Message
from sender.domain.outcome import Outcome
from sender.domain.withdraw import withdraw
from sender.gates import Account
from sender.settings import Settings
from sender.wiring import Parts, assemble
from shared.aggregates import aggregate
from shared.clock import ManualClock
from shared.database.embedded import EmbeddedDatabase
from shared.errors import NotFound, ParleyError
from shared.events import (
    CarrierError,
    ConnectionChanged,
    Event,
    NumberChanged,
    SmsInbound,
    SmsOutbound,
    SmsReceipt,
    SmsWithdrawn,
    TenantChanged,
    thread_id,
)
from shared.keyring import Keyring
from shared.service.internal import InternalClient
from shared.service.service import Platform

TENANT, NUMBER, CONNECTION = "ten_a", "+13125550001", "con_x.code"
CONTACTS = {"ann": "+13125550101", "bob": "+13125550102"}
LANES = {name: thread_id(TENANT, NUMBER, contact) for name, contact in CONTACTS.items()}
KEYRING = Keyring("a secret of 32 characters or more for tests")
START = datetime(2026, 3, 10, 12, 20, tzinfo=UTC)
MORNING = 2400  # seconds after START it is 8:00 in Chicago, and campaign texts may leave
CALM, END, FRESH = 7_000, 14_000, 10
SEEDS_TO_CATCH = range(60)
GATED = {"lanes", "messages", "suppressions"}
LATE = "bob5"  # a reply decided in the morning, beside the campaign

NO = Outcome("refused", "invalid_recipient", errors=(CarrierError(code="40310"),))
ANSWERS = {
    "429": Outcome("not_sent", "carrier_busy"),
    "503": Outcome("not_sent", "carrier_unavailable"),
    "400": NO,
    "500": Outcome("server_error", "carrier_500"),
    "none": Outcome("no_answer", "no_answer"),
}


class Crash(Exception):
    """The process dies here."""


@dataclass(frozen=True)
class Weather:
    """How likely what goes wrong is. `early`: nothing, 429, 400 before the carrier looks at the key."""

    early: tuple[int, int, int] = (92, 6, 2)
    fates: tuple[int, ...] = (34, 10, 8, 10, 4, 12)
    crash: float = 0.02
    freeze: float = 0.04


FAIR = Weather()
ROUGH = Weather(early=(70, 15, 15), fates=(20, 30, 10, 10, 4, 12), crash=0.04, freeze=0.06)

FROZEN = Weather(freeze=0.2)
WEATHERS = {"FAIR": FAIR, "ROUGH": ROUGH, "FROZEN": FROZEN}


@dataclass(eq=False)
class Job:
    """One thing a process is doing."""

    world: World
    what: Coroutine[Any, Any, None]
    customer: str
    command: Any = None
    line: str = ""
    process: int = 0
    immune: bool = False
    disturbed: bool = False
    frozen_until: float = 0
    watched: bool = False
    task: asyncio.Task[None] | None = None


@dataclass(eq=False)
class Parked:
    job: Job
    go: asyncio.Future[None]


CURRENT: contextvars.ContextVar[Job | None] = contextvars.ContextVar("job", default=None)


@dataclass
class World:
    seed: int
    mistake: str = ""
    weather: Weather = FAIR
    r: random.Random = field(init=False)
    clock: ManualClock = field(init=False)
    parked: list[Parked] = field(default_factory=list)
    working: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    processes: list[Parts] = field(default_factory=list)
    began: list[tuple[float, str]] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    receipts: list[str] = field(default_factory=list)
    lanes: dict[str, Lane] = field(default_factory=dict)
    suppressed_at: float | None = None
    saves: int = 0
    claimed: dict[str, int] = field(default_factory=dict)
    withdrawn: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.r = random.Random(self.seed)
        self.clock = ManualClock(START)

    @property
    def now(self) -> float:
        return (self.clock.now() - START).total_seconds()

    async def pause(self) -> None:
        """A place where anything may happen: the driver decides when, and whether, it goes on."""
        job = CURRENT.get()
        if job is None or job.immune:
            return
        parked = Parked(job, asyncio.get_running_loop().create_future())
        self.parked.append(parked)
        await parked.go

    def saved(self, document: dict[str, Any]) -> None:
        """The referee's notes on each save of a lane."""
        self.saves += 1
        lane = Lane.model_validate(document["state"])
        self.lanes[document["id"]] = lane
        for message in lane.messages:
            if message.attempt:
                self.claimed.setdefault(message.id, self.saves)
            if any(message.id in withdrawal.message_ids for withdrawal in lane.withdrawals):
                self.withdrawn.setdefault(message.id, self.saves)
        for withdrawal in lane.withdrawals:
            for id in withdrawal.message_ids:
                self.withdrawn.setdefault(id, self.saves)


class GatedCollection:
    """A collection behind the driver's gate."""

    def __init__(self, inner: Any, world: World) -> None:
        self._inner, self._world = inner, world
        self.spec = inner.spec

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)

        async def gated(*args: Any, **kwargs: Any) -> Any:
            world = self._world
            if self.spec.name in GATED:
                await world.pause()
            world.working += 1
            world.idle.clear()
            try:
                if name == "replace" and self.spec.name == "lanes" and world.mistake == "claim-without-version":
                    result = await self._blindly(*args)
                else:
                    result = await method(*args, **kwargs)
            finally:
                world.working -= 1
                if not world.working:
                    world.idle.set()
            if result is True and self.spec.name == "lanes":
                world.saved(args[0])
            if result is True and self.spec.name == "suppressions" and world.suppressed_at is None:
                world.suppressed_at = world.now
            return result

        return gated

    async def _blindly(self, document: dict[str, Any], _version: int) -> bool:
        current = await self._inner.get(document["id"])
        document["version"] = max(document["version"], current["version"] + 1)
        return await self._inner.replace(document, current["version"])


class GatedDatabase:
    def __init__(self, inner: EmbeddedDatabase, world: World) -> None:
        self._inner, self._world = inner, world

    def collection(self, spec: Any) -> Any:
        return GatedCollection(self._inner.collection(spec), self._world)


class GatedBroker:
    def __init__(self, world: World) -> None:
        self._world = world

    async def publish(self, _message: Any) -> None:
        await self._world.pause()

    def trouble(self) -> str | None:
        return None


class Carrier:
    """The carrier of `reference/sender_rules.py`, behind sender's own port."""

    def __init__(self, world: World) -> None:
        self._world = world

    def body(self, message: Message, account: Account, webhook_url: str) -> bytes:
        return message.order.text.encode()

    async def search(self, trace: Trace) -> Outcome | None:
        return None

    async def send(self, request: Request) -> Outcome:
        world, asked = self._world, self._world.now
        await world.pause()  # waiting for a connection
        if world.now - asked > request.within_seconds:
            return Outcome("not_sent", "no_connection")
        answer = self._post(request)
        if answer == "500":
            job = CURRENT.get()
            assert job is not None
            job.immune = True
        await world.pause()
        if answer == "ok":
            return Outcome("accepted", carrier_message_id=f"car-{request.key}", parts=1)
        return ANSWERS[answer]

    def _post(self, request: Request) -> str:
        world, r, id = self._world, self._world.r, request.key
        world.began.append((world.now, id))
        early = r.choices((None, "429", "400"), world.weather.early)[0]  # before it looks at the key
        if early:
            return early
        if id in world.keys and world.mistake != "no-key":
            return "ok"
        fates = ("ok", "lost", "lost before", "503", "500 before", "500 after")
        fate = r.choices(fates, world.weather.fates)[0]
        if fate in ("ok", "lost", "500 after"):
            world.accepted.append(id)
            if fate != "500 after":
                world.keys.add(id)
            world.receipts += [id] * r.choice((0, 1, 1, 2))
        return {"lost": "none", "lost before": "none", "500 before": "500", "500 after": "500"}.get(fate, fate)


def rows() -> dict[str, dict[str, Any]]:
    tenant = TenantChanged(tenant_id=TENANT, revision=1, name="A")
    number = NumberChanged(
        phone_number=NUMBER, revision=1, tenant_id=TENANT, connection_id=CONNECTION, assigned_at=START,
        parts_per_second=1e9,
    )  # fmt: skip
    connection = ConnectionChanged(
        connection_id=CONNECTION, revision=1, tenant_id=TENANT, public_keys=(), encrypted_api_key=KEYRING.seal("KEY")
    )
    return {
        f"/internal/accounts/tenants/{TENANT}": tenant.model_dump(mode="json"),
        f"/internal/accounts/numbers/{NUMBER}": number.model_dump(mode="json"),
        f"/internal/accounts/connections/{CONNECTION}": connection.model_dump(mode="json"),
        "/internal/conversation/consents": {"items": [], "next_cursor": None},
    }


ROWS = rows()


async def process(world: World, database: EmbeddedDatabase) -> Parts:
    internal = InternalClient(
        KEYRING, world.clock, lambda _: "http://x",
        httpx2.MockTransport(lambda request: httpx2.Response(200, json=ROWS[request.url.path])),
    )  # fmt: skip
    fresh = 1e9 if world.mistake == "no-freshness-check" else FRESH
    settings = Settings(_env_file=None, sender_account_parts_per_second=1e9, sender_fresh_seconds=fresh)
    gated: Any = GatedDatabase(database, world)
    broker: Any = GatedBroker(world)
    parts = assemble(
        settings, Platform(broker, lambda _: gated, world.clock, KEYRING, internal, settings), Carrier(world)
    )
    await database.start()
    await parts.tools.suppressions.fill()
    return parts


@dataclass
class Run:
    """One life of the world under one seed."""

    world: World
    ids: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    inbox: list[tuple[str, Any]] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    crashes: int = 30
    passed_by: int = 0
    ends: dict[str, str] = field(default_factory=dict)
    """Final states as filed: lanes let go of finished messages."""

    def __post_init__(self) -> None:
        r = self.world.r
        for name in CONTACTS:
            self.ids |= {f"{name}{seq}": (name, seq) for seq in range(1, 6)}
            self.ids[f"{name}-news"] = (name, None)
        for id, (name, _) in self.ids.items():
            if id != LATE:
                self.inbox += [(name, self.order(id))] * r.choice((1, 1, 2))
        self.unwanted = r.choice([id for id in self.ids if "news" not in id])
        name = self.ids[self.unwanted][0]
        withdrawn = SmsWithdrawn(number=NUMBER, contact=CONTACTS[name], message_ids=(self.unwanted,))
        self.inbox.append((name, withdrawn))
        r.shuffle(self.inbox)
        self.stop_at = r.choice((None, r.randrange(300), r.randrange(MORNING + 900)))
        self.late_at: float | None = MORNING + r.randrange(600)

    def order(self, id: str) -> SmsOutbound:
        name, seq = self.ids[id]
        order = SmsOutbound(message_id=id, number=NUMBER, contact=CONTACTS[name], text=f"text {id}")
        if seq:
            return order.but(stream=name, seq=seq)
        return order.but(priority="bulk", respect_quiet_hours=True)

    async def live(self) -> list[str]:
        world, r = self.world, self.world.r
        while world.now < END:
            world.clock.advance(r.choice((0, 0, 0.5, 1, 2)) if self.awake() else r.choice((1, 5, 30, 60)))
            self.happen()
            self.dispatch()
            if not self.awake():
                await self.settle()
                continue
            await self.step(r.choice(self.awake()))
        await self.finish()
        return self.judge()

    def awake(self) -> list[Parked]:
        return [parked for parked in self.world.parked if parked.job.frozen_until <= self.world.now]

    def happen(self) -> None:
        """What the outside does: STOP, receipts, commands as they are delivered."""
        world, r = self.world, self.world.r
        if self.stop_at is not None and world.now >= self.stop_at:
            self.stop_at = None
            now = world.clock.now()
            stop = SmsInbound(
                message_id="msg_stop", carrier_message_id="c", connection_id=CONNECTION, number=NUMBER,
                contact=CONTACTS["ann"], keyword="stop", received_at=now, effective_at=now,
            )  # fmt: skip
            self.inbox.append(("ann", stop))
        while world.receipts and r.random() < 0.1:
            id = world.receipts.pop(r.randrange(len(world.receipts)))
            name = self.ids[id][0]
            receipt = SmsReceipt(
                carrier_message_id=f"car-{id}", connection_id=CONNECTION, message_id=id, number=NUMBER,
                contact=CONTACTS[name], status="sent", occurred_at=world.clock.now(),
            )  # fmt: skip
            self.inbox.append((name, receipt))
        if self.late_at and world.now >= self.late_at:
            self.inbox.append(("bob", self.order(LATE)))
            self.late_at = None
        if self.inbox and r.random() < 0.3:
            name, command = self.inbox.pop()
            number = r.randrange(len(self.world.processes))
            event = Event(_event_id(command), "test", "", world.clock.now(), TENANT, "", command)
            handler = dict(self.world.processes[number].service.handlers)[type(command)]
            self.start(Job(self.world, handler(event), name, command, process=number))

    def dispatch(self) -> None:
        """Up to three senders look at lanes that are due."""
        r = self.world.r
        if sum(job.command is None for job in self.jobs) >= 3:
            return
        places = [(name, line) for name in CONTACTS for line in ("one", "bulk") if self.due(name, line)]
        if not places:
            return
        name, line = r.choice(places)
        number = r.randrange(len(self.world.processes))
        if any((job.customer, job.line, job.process) == (name, line, number) for job in self.jobs):
            return  # one loop never works twice at once on one lane
        watched = (name, line) == ("bob", "one") and self.reply_could_leave()
        work = self.world.processes[number].loops[line]._work  # type: ignore[index]
        self.start(Job(self.world, self.look(LANES[name], work), name, line=line, process=number, watched=watched))

    async def look(self, lane_id: str, work: Callable[[dict[str, Any]], Coroutine[Any, Any, None]]) -> None:
        document = await self.world.processes[0].tools.lanes.store.get(lane_id)
        if document:
            await work(document)

    def due(self, name: str, line: Any) -> bool:
        lane = self.world.lanes.get(LANES[name])
        if lane is None:
            return False
        if (name, line) == ("bob", "one") and self.reply_could_leave():
            return True
        moment = look_at(lane, line)
        return moment is not None and moment <= self.world.clock.now()

    def reply_could_leave(self) -> bool:
        """Only the campaign text beside it could hold this reply now."""
        lane = self.world.lanes.get(LANES["bob"])
        late = lane.find(LATE) if lane else None
        if lane is None or late is None or late.status != "queued" or lane.stream("bob").next != 5:
            return False
        return (late.look_at or late.created_at) <= self.world.clock.now()

    def start(self, job: Job) -> None:
        async def run() -> None:
            CURRENT.set(job)
            await job.what

        self.jobs.append(job)
        job.task = asyncio.create_task(run())

    async def step(self, parked: Parked) -> None:
        world, r, job = self.world, self.world.r, parked.job
        world.parked.remove(parked)
        storm = world.now < CALM
        if storm and self.crashes and r.random() < world.weather.crash and not job.immune:
            self.crashes -= 1
            job.disturbed = True
            parked.go.set_exception(Crash())
        else:
            if storm and r.random() < world.weather.freeze:
                job.frozen_until, job.disturbed = world.now + r.choice((15, 70, 90, 150, 1200)), True
            parked.go.set_result(None)
        await self.settle()

    async def settle(self) -> None:
        """Until everybody who may run is parked again or done."""
        quiet = 0
        while quiet < 6:
            before = len(self.world.parked)
            await (self.world.idle.wait() if self.world.working else asyncio.sleep(0))
            quiet = 0 if self.world.working or len(self.world.parked) != before else quiet + 1
        for job in [job for job in self.jobs if job.task and job.task.done()]:
            self.jobs.remove(job)
            self.ended(job)

    def ended(self, job: Job) -> None:
        assert job.task is not None
        error = None if job.task.cancelled() else job.task.exception()
        if isinstance(error, Crash | ParleyError) and job.command is not None:
            self.inbox.insert(0, (job.customer, job.command))  # redelivered
        elif error and not isinstance(error, Crash | NotFound | ParleyError):
            raise error
        if error is None and isinstance(job.command, SmsWithdrawn):
            self.world.withdrawn.setdefault(self.unwanted, self.world.saves)
        if job.watched and not job.disturbed and error is None and self.reply_could_leave():
            self.passed_by += 1

    async def finish(self) -> None:
        """Everybody wakes up and ends what they began, nobody dies any more; what waits is carried out."""
        self.crashes = 0
        for _ in range(20_000):
            while self.world.parked:
                self.world.parked.pop().go.set_result(None)
                await self.settle()
            if not self.jobs:
                break
            await asyncio.sleep(0.001)
            await self.settle()
        self.world.clock.advance(5)
        for parts in self.world.processes:
            await parts.service.relay.drain()
            await parts.service.relay.sweep()
        for id in self.ids:
            message = await self.world.processes[0].tools.messages.get(TENANT, id)
            if message:
                self.ends[id] = message.status

    def judge(self) -> list[str]:
        world = self.world
        bad = ["held: a reply waited for a campaign text"] if self.passed_by > 8 else []
        bad += [f"twice: {id}" for id in set(world.accepted) if world.accepted.count(id) > 1]
        for name in CONTACTS:
            seqs = [self.ids[id][1] for id in world.accepted if self.ids[id][0] == name and self.ids[id][1]]
            if sorted(set(seqs), key=lambda seq: seq or 0) != list(dict.fromkeys(seqs)):
                bad.append(f"order: {name} {seqs}")
        if world.suppressed_at is not None:
            limit = world.suppressed_at + FRESH
            bad += [f"stop: {id} began at {at}" for at, id in world.began if self.ids[id][0] == "ann" and at > limit]
        early = world.withdrawn.get(self.unwanted, 10**9) < world.claimed.get(self.unwanted, 10**9)
        if self.unwanted in world.accepted and early:
            bad.append(f"withdrawn: {self.unwanted}")
        return bad + self._bad_ends()

    def _bad_ends(self) -> list[str]:
        bad: list[str] = []
        for id, (name, _) in self.ids.items():
            message = self.world.lanes[LANES[name]].find(id)
            status = message.status if message else self.ends.get(id)
            if message and self.ends.get(id) != message.status:
                bad.append(f"filed wrongly: {id} {self.ends.get(id)} instead of {message.status}")
            if status is None or status in LIVE:
                bad.append(f"stuck: {id} {status}")
            if status in ("failed", "suppressed", "withdrawn", "refused", "expired") and id in self.world.accepted:
                bad.append(f"wrong end: {id} {status} although accepted")
        return bad


def _event_id(command: Any) -> str:
    if isinstance(command, SmsReceipt):
        return f"receipt-{command.message_id}-{command.occurred_at}"
    return f"{command.TYPE}-{getattr(command, 'message_id', '')}"


class Steady:
    """Instead of `random`, where racers for a lane spread themselves in real time: here the driver decides."""

    @staticmethod
    def uniform(_low: float, _high: float) -> float:
        return 0.0


@pytest.fixture(autouse=True)
def _the_same_seed_is_the_same_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aggregate, "random", Steady)


async def one_run(seed: int, mistake: str = "", weather: Weather = FAIR) -> list[str]:
    """What the referee finds wrong under this seed."""
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # background tasks crash too, and say so
    world = World(seed, mistake, weather)
    database = EmbeddedDatabase(None)
    await database.start()
    try:
        world.processes += [await process(world, database) for _ in range(3)]
        return await Run(world).live()
    finally:
        await database.close()


# Each takes one rule away from the real code.


def requeue(lane: Lane, seen: Message, now: datetime, _timing: Any) -> Lane | None:
    message = lane.find(seen.id)
    if message is None or message.status != "submitting" or message.attempt != seen.attempt:
        return None
    return lane.with_message(message.moved("queued", now).but(tries=0, repeats=0, first_at=None, look_at=now))


def forget_withdrawals(lane: Lane, withdrawal: Any, now: datetime) -> Lane:
    return withdraw(lane, withdrawal, now).but(withdrawals=())


def any_flight(lane: Lane, _line: str) -> Message | None:
    return next((message for message in lane.messages if message.in_flight), None)


def all_heads(lane: Lane, line: Any) -> list[Message]:
    return [message for message in lane.in_line(line) if message.status == "queued"]


def repeats_whatever_was_seen(message: Message, timing: Any) -> bool:
    return message.body is not None and message.repeats < len(timing.repeats)


def record_as_first(lane: Lane, message: Message, *rest: Any) -> Lane:
    return settle.record(lane, message.but(tries=min(1, message.tries)), *rest)


def nothing(_patch: pytest.MonkeyPatch) -> None:
    """The world itself makes this mistake."""


@dataclass(frozen=True)
class Mistake:
    plant: Callable[[pytest.MonkeyPatch], Any] = nothing
    weather: Weather = FAIR
    first: int = 0
    """A seed under which it was seen before: tried first, then all the others."""


PLANTED: dict[str, Mistake] = {
    "no-key": Mistake(first=1),
    "claim-without-version": Mistake(),
    "no-freshness-check": Mistake(weather=FROZEN, first=1),
    "lease-expiry-requeues": Mistake(lambda patch: patch.setattr(dispatch, "lease_ended", requeue), ROUGH, 2),
    "repeat-after-500": Mistake(
        lambda patch: [patch.setattr(each, "may_repeat", repeats_whatever_was_seen) for each in (settle, dispatch)]
    ),
    "no-withdrawal-memory": Mistake(
        lambda patch: patch.setattr(handlers_module, "withdraw", forget_withdrawals), first=2
    ),
    "one-flight": Mistake(lambda patch: patch.setattr(Lane, "flight", any_flight), first=7),
    "no-seq": Mistake(lambda patch: patch.setattr(Lane, "heads", all_heads)),
    "refusal-of-a-repeat-settles": Mistake(
        lambda patch: patch.setattr(worker_module, "record", record_as_first), ROUGH, 18
    ),
}


@pytest.mark.parametrize("first", [0, 10, 20])
@pytest.mark.parametrize("weather", ["FAIR", "ROUGH", "FROZEN"])
async def test_the_real_sender_keeps_the_rules(weather: str, first: int) -> None:
    for seed in range(first, first + 10):
        bad = await one_run(seed, weather=WEATHERS[weather])
        assert not bad, f"seed {seed} in {weather} weather: {bad}"


@pytest.mark.parametrize("name", PLANTED)
async def test_a_planted_mistake_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mistake = PLANTED[name]
    mistake.plant(monkeypatch)
    for seed in (mistake.first, *SEEDS_TO_CATCH):
        if await one_run(seed, name, mistake.weather):
            return
    pytest.fail(f"{name}: nobody noticed under {len(SEEDS_TO_CATCH)} seeds")


if __name__ == "__main__":  # python tests/faults/test_sender_rules.py 1000 ROUGH
    aggregate.random = Steady  # type: ignore[assignment]
    for number in range(int(sys.argv[1])):
        if wrong := asyncio.run(one_run(number, weather=WEATHERS[sys.argv[2]])):
            print(number, wrong)
