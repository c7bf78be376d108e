"""One life of the sender's world under one seed: what happens outside, who goes on, dies or freezes; the judgement."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from sender.domain.lane import look_at
from sender.domain.message import LIVE, Message
from sender.sending import worker
from sender_rows import CONNECTION, NUMBER, TENANT
from sender_world import CONTACTS, FAIR, FRESH, LANES, MORNING, Installation, SenderTask, Weather, process
from shared.aggregates import aggregate, relay
from shared.errors import NotFound, ParleyError
from shared.events import Event, Priority, SmsInbound, SmsOutbound, SmsReceipt, SmsWithdrawn
from shared.events.envelope import EventData
from simulation import Crash, Parked

CALM, END = 7_000, 14_000
PRIORITIES: tuple[Priority, ...] = ("one", "bulk")
CLEARS = 0.02
"""How often, per step, a process takes out of its lanes what it has carried out."""
LATE = "bob5"  # a reply decision in the morning, beside the campaign


@dataclass
class Life:
    """One life of an installation under one seed."""

    world: Installation
    ids: dict[str, tuple[str, int | None]] = field(default_factory=dict[str, Any])
    inbox: list[tuple[str, EventData]] = field(default_factory=list[tuple[str, EventData]])
    crashes: int = 30
    passed_by: int = 0
    ends: dict[str, str] = field(default_factory=dict[str, Any])
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
        withdrawn = SmsWithdrawn(message_ids=(self.unwanted,))
        if self.world.seed % 2 == 0:  # else by its id alone
            withdrawn = withdrawn.but(number=NUMBER, contact=CONTACTS[name])
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
            awake = world.driver.awake(world.now)
            world.clock.advance(r.choice((0, 0, 0.5, 1, 2)) if awake else r.choice((1, 5, 30, 60)))
            self.happen()
            self.dispatch()
            awake = world.driver.awake(world.now)
            if not awake:
                await self.settle()
                continue
            await self.step(r.choice(awake))
        await self.finish()
        return self.judge()

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
            self.start(SenderTask(handler(event), customer=name, command=command, process=number))

    def dispatch(self) -> None:
        """Up to three senders look at lanes that are due."""
        r = self.world.r
        if r.random() < CLEARS:
            number = r.randrange(len(self.world.processes))
            outboxes = self.world.processes[number].service.relay
            self.start(SenderTask(outboxes.clear(), customer="relay", process=number))
        if sum(task.line is not None for task in self.tasks) >= 3:
            return
        places = [(name, priority) for name in CONTACTS for priority in ("one", "bulk") if self.due(name, priority)]
        if not places:
            return
        name, line = r.choice(places)
        number = r.randrange(len(self.world.processes))
        if any((task.customer, task.line, task.process) == (name, line, number) for task in self.tasks):
            return  # one loop never works twice at once on one lane
        watched = (name, line) == ("bob", "one") and self.reply_could_leave()
        work = self.world.processes[number].loops[line]._work  # type: ignore[index]
        look = self.look(LANES[name], work)
        self.start(SenderTask(look, customer=name, line=line, process=number, watched=watched))

    async def look(self, lane_id: str, work: Callable[[dict[str, Any]], Coroutine[Any, Any, None]]) -> None:
        document = await self.world.processes[0].tools.lanes.store.get(lane_id)
        if document:
            await work(document)

    def due(self, name: str, line: Priority) -> bool:
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

    @property
    def tasks(self) -> list[SenderTask]:
        return cast("list[SenderTask]", self.world.driver.tasks)

    def start(self, task: SenderTask) -> None:
        self.world.driver.start(task)

    async def step(self, parked: Parked) -> None:
        world, r = self.world, self.world.r
        world.driver.take(parked)
        storm = world.now < CALM
        if storm and self.crashes and r.random() < world.weather.crash and not parked.task.immune:
            self.crashes -= 1
            parked.die()
        else:
            if storm and r.random() < world.weather.freeze:
                parked.freeze(world.now + r.choice((15, 70, 90, 150, 1200)))
            parked.go.set_result(None)
        await self.settle()

    async def settle(self) -> None:
        for task, error in await self.world.driver.settle():
            self.ended(cast("SenderTask", task), error)

    def ended(self, job: SenderTask, error: BaseException | None) -> None:
        if isinstance(error, Crash | ParleyError) and job.command is not None:
            self.inbox.insert(0, (job.customer, job.command))  # redelivered
        elif error and not isinstance(error, Crash | NotFound | ParleyError):
            raise error
        if error is None and isinstance(job.command, SmsWithdrawn):
            self.world.withdrawn.setdefault(self.unwanted, self.world.saves)
        if job.watched and not job.disturbed and error is None and self.reply_could_leave():
            self.passed_by += 1

    async def finish(self) -> None:
        """All tasks wake up and end what they began, without further crashes; waiting effects are carried out."""
        self.crashes = 0
        for _ in range(20_000):
            while self.world.driver.parked:
                self.world.driver.parked.pop().go.set_result(None)
                await self.settle()
            if not self.tasks:
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
            if (status is None or status in LIVE) and not self.may_wait(message):
                bad.append(f"stuck: {id} {status}")
            if status in ("failed", "suppressed", "withdrawn", "refused", "expired") and id in self.world.accepted:
                bad.append(f"wrong end: {id} {status} although accepted")
        return bad

    def may_wait(self, message: Message | None) -> bool:
        """Whether this message may still be in its line at the end."""
        return False


def _event_id(command: Any) -> str:
    if isinstance(command, SmsReceipt):
        return f"receipt-{command.message_id}-{command.occurred_at}"
    return f"{command.TYPE}-{getattr(command, 'message_id', '')}"


class Steady:
    """Instead of `random`, where racers for a lane spread themselves in real time: here the driver decides."""

    @staticmethod
    def uniform(_low: float, _high: float) -> float:
        return 0.0


NEVER = 1e9


def without_real_time(patch: pytest.MonkeyPatch) -> None:
    """Nothing waits for a real clock, so that the same seed is the same life. The driver clears outboxes instead."""
    patch.setattr(aggregate, "random", Steady)
    patch.setattr(relay, "CLEAR_AFTER_SECONDS", NEVER)
    patch.setattr(worker, "RECORD_AGAIN_SECONDS", 0)


async def one_run(
    seed: int, mistake: str = "", weather: Weather = FAIR, cap: int | None = None, life: type[Life] = Life
) -> list[str]:
    """What the referee finds wrong under this seed."""
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # background tasks crash too, and say so
    world = Installation(seed, mistake, weather, cap)
    await world.stored.start()
    try:
        world.processes += [await process(world) for _ in range(3)]
        return await life(world).live()
    finally:
        await world.stored.close()
