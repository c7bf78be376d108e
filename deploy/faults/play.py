"""One run of one system: customers text, programs send, a campaign goes out, and faults come meanwhile."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass

from faults.onlooker import QUESTION
from faults.plan import NAMES, Fault, plan
from faults.played import CAMPAIGN_TEXT, Happened, Played
from faults.system import Stage, System, asked_again

_FIRST_FAULT, _BETWEEN = 15.0, 22.0
"""Seconds before the first fault, and from the end of one to the next."""
_PARTS_OF_ORDER, _ORDER_EVERY = 4, 10.0
_SEND_AGAIN, _GIVEN_UP_AFTER, _SUPERVISED_EVERY = 0.5, 180.0, 1.0
_LOOK_EVERY, _STILL_SECONDS, _LACKING_SECONDS = 2.5, 20.0, 180.0
"""The run is over when nothing has moved for so long: less, if all has arrived. What waits for another try moves once
a minute."""


@dataclass(frozen=True)
class Load:
    minutes: float = 10
    texts_per_second: float = 0.5
    recipients: int = 120
    settle_seconds: float = 420
    seed: int = 1
    faults: tuple[str, ...] = NAMES


class Play:
    def __init__(self, stage: Stage, system: System, load: Load) -> None:
        self._stage, self._system, self._load = stage, system, load
        self._chance = random.Random(load.seed)
        self.played = Played(time.time())
        self._until = 0.0

    async def run(self) -> Played:
        played, load = self.played, self._load
        played.campaign = [f"+1630{2000000 + n}" for n in range(load.recipients)]
        self._until = time.monotonic() + load.minutes * 60
        beside = [asyncio.create_task(self._supervise())]
        for onlooker in self._system.onlookers:
            played.seen.append(onlooker.seen)
            beside.append(asyncio.create_task(onlooker.run()))
        try:
            async with asyncio.TaskGroup() as tasks:
                for work in (self._text(), self._order(), self._campaign(), self._go_wrong()):
                    tasks.create_task(work)
            played.ended = time.time()
            await self._settle()
        finally:
            for task in beside:
                task.cancel()
        played.settled = time.time()
        return played

    async def _supervise(self) -> None:
        """What systemd, Compose and Kubernetes do for every system."""
        while True:
            await asyncio.sleep(_SUPERVISED_EVERY)
            for instance in self._system.instances:
                if instance.wanted and not instance.alive:
                    self.played.ended_alone.append(instance.name)
                    print(f"#   {time.time() - self.played.began:5.0f} s  {instance.name} ended by itself", flush=True)
                    instance.start()

    async def _text(self) -> None:
        n = 0
        while time.monotonic() < self._until:
            customer = f"+1312{2000000 + n}"
            self.played.texted[customer] = time.time()
            text = {"from": customer, "to": self._system.number, "text": QUESTION.format(customer=customer)}
            await self._stage.ask("POST", "/inbound", text)
            n += 1
            await asyncio.sleep(self._chance.expovariate(self._load.texts_per_second))

    async def _order(self) -> None:
        """As a program that depends on the order: it asks for the next text once the one before was taken."""
        n = 0
        async with asyncio.TaskGroup() as orders:
            while time.monotonic() < self._until:
                orders.create_task(self._numbered(n))
                n += 1
                await asyncio.sleep(_ORDER_EVERY)

    async def _numbered(self, n: int) -> None:
        person = f"+1773{2000000 + n}"
        for part in range(1, _PARTS_OF_ORDER + 1):
            text = f"order {n}: part {part} of {_PARTS_OF_ORDER}"
            self.played.orders.setdefault(person, []).append(text)
            while not await self._system.send(f"order-{n}-{part}", person, text):
                if time.monotonic() > self._until + _GIVEN_UP_AFTER:
                    self.played.given_up.add((person, text))
                    return
                await asyncio.sleep(_SEND_AGAIN)

    async def _campaign(self) -> None:
        await self._system.campaign(self.played.campaign, CAMPAIGN_TEXT)

    async def _go_wrong(self) -> None:
        await asyncio.sleep(_FIRST_FAULT)
        while True:
            for fault in plan(self._stage, self._system, self._chance):
                if fault.name not in self._load.faults:
                    continue
                if time.monotonic() + fault.seconds + _BETWEEN > self._until:
                    return
                await self._carry_out(fault)
                await asyncio.sleep(_BETWEEN)

    async def _carry_out(self, fault: Fault) -> None:
        began = time.time()
        async with fault.during() as to:
            print(f"#   {time.time() - self.played.began:5.0f} s  {fault.what}: {to}", flush=True)
            await asyncio.sleep(fault.seconds)
        self.played.faults.append(Happened(fault.what, to, began, time.time()))

    async def _settle(self) -> None:
        """Until all has arrived and nothing moves any more, or the patience ends."""
        until, still, before = time.monotonic() + self._load.settle_seconds, 0.0, -1
        while time.monotonic() < until:
            await asyncio.sleep(_LOOK_EVERY)
            sent = (await self._stage.ask("GET", "/ledger", limit=1_000_000))["items"]
            pending = (await self._stage.ask("GET", "/summary"))["pending"]
            waiting = (await asked_again(self._system.leftovers)).waiting
            moves = len(sent) != before or pending or (waiting and self._system.name != "naive")
            still, before = 0.0 if moves else still + _LOOK_EVERY, len(sent)
            arrived = Counter(self.played.key(sms["to"], sms["text"]) for sms in sent)
            if still >= (_STILL_SECONDS if self.played.wanted() <= arrived else _LACKING_SECONDS):
                return
