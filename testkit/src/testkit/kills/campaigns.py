"""A campaign with a workflow while everything is killed; then the carrier's ledger says what each recipient got.

Used by tests/faults with a fixed seed and by `make soak ARGS=--campaign` with as many recipients as you like.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from testkit.eventually import eventually
from testkit.installation import Installation
from testkit.kills.answers import HABITS, IMPATIENT, Kill, killing_the_process, killing_the_server
from testkit.servers.rabbitmq import LocalNode
from testkit.servers.secantus import SecantusServer
from testkit.shop import Shop

OPENING = "Hi {name}, Ann's Bakery here. How many will you be on Friday? Reply STOP to opt out."
MANY, FEW, LAST = "We keep the long table.", "We keep a small table.", "See you Friday: {people}."
WORKFLOW: dict[str, Any] = {
    "trigger": {"type": "campaign"},
    "steps": [
        {"id": "answer", "type": "wait_for_reply", "timeout_seconds": 3600},
        {"id": "people", "type": "save_response", "field": "people", "as": "number"},
        {
            "id": "table",
            "type": "condition",
            "if": "saved.people > 4.0",
            "then": [{"id": "many", "type": "send_message", "text": MANY}],
            "else": [{"id": "few", "type": "send_message", "text": FEW}],
        },
        {"id": "pause", "type": "delay", "seconds": 2},
        {"id": "last", "type": "send_message", "text": LAST},
        {"id": "end", "type": "end"},
    ],
}
_ROWS_AT_ONCE = 1000
_LEDGER = 1_000_000


@dataclass
class Outcome:
    recipients: int
    lost: list[str] = field(default_factory=list[str])
    """"recipient: text" that never reached the carrier."""
    doubled: list[str] = field(default_factory=list[str])
    unexpected: list[str] = field(default_factory=list[str])
    unbalanced: list[dict[str, int]] = field(default_factory=list[dict[str, int]])
    """Counts that did not add up when they were looked at."""
    looks: int = 0
    final: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def good(self) -> bool:
        wrong = self.lost or self.doubled or self.unexpected or self.unbalanced
        return not wrong and self.looks > 0 and self.final.get("state") == "finished"


@dataclass(frozen=True)
class Guest:
    phone_number: str
    name: str
    people: int

    @property
    def texts(self) -> list[str]:
        """What the carrier must have accepted for them, once each."""
        table = MANY if self.people > 4 else FEW
        return [OPENING.replace("{name}", self.name), table, LAST.replace("{people}", str(self.people))]


async def kill_processes(folder: Path, kills: int, seed: int, recipients: int, within: float) -> Outcome:
    """The whole of Parley in one process, killed again and again."""
    parley = Installation(folder, None, **IMPATIENT)
    try:
        await parley.start()
        return await Play(parley, seed, recipients, within).run([killing_the_process(parley)] * kills)
    finally:
        await parley.stop()


async def kill_services_and_servers(
    folder: Path, broker: LocalNode, database: SecantusServer, seed: int, recipients: int, within: float
) -> Outcome:
    """A process per service; killed are campaigns, then sender, the database, the broker, and campaigns again."""
    parley = Installation(folder, (broker.url, database.url), **IMPATIENT)
    victims = [
        killing_the_process(parley, "campaigns"),
        killing_the_process(parley, "sender"),
        killing_the_server(database),
        killing_the_server(broker),
        killing_the_process(parley, "campaigns"),
    ]
    try:
        await parley.start()
        return await Play(parley, seed, recipients, within).run(victims)
    finally:
        await parley.stop()


class Play:
    def __init__(self, parley: Installation, seed: int, recipients: int, within: float) -> None:
        self.parley, self.within = parley, within
        self.chance = random.Random(seed)
        self.shop = Shop(parley, "+17732009998")
        self.guests = [
            Guest(f"+1312{2000000 + n}", f"Guest {n}", self.chance.randrange(1, 10)) for n in range(recipients)
        ]
        self.outcome = Outcome(recipients)
        self.campaign_id = ""
        self._answered: set[str] = set()
        self._sent = 0
        self._seen: dict[str, Any] = {}
        """The campaign as last looked at."""

    async def run(self, kills: Sequence[Kill]) -> Outcome:
        await self.parley.world.ask("PUT", "/settings", HABITS)
        await self.shop.open(quiet_seconds=0.2, quiet_hours={"opens": 0, "closes": 24})
        await self._prepare()
        tasks = [asyncio.create_task(work) for work in (self._play(kills), self._answer(), self._look())]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:  # a watcher ends by an error only
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._judge()
        return self.outcome

    async def _play(self, kills: Sequence[Kill]) -> None:
        await self._killed(kills)
        with contextlib.suppress(AssertionError):  # the judge says what is missing
            await eventually(self._over, within=self.within, every=0.5)
        await self._settle()

    async def _prepare(self) -> None:
        call = self.shop.call
        workflow = await call("POST", "/api/workflows", {"name": "Table", "definition": WORKFLOW})
        await call("POST", f"/api/workflows/{workflow['id']}/activate")
        campaign = await call(
            "POST", "/api/campaigns", {"name": "Friday", "text": OPENING, "workflow_id": workflow["id"]}
        )
        self.campaign_id = campaign["id"]
        for start in range(0, len(self.guests), _ROWS_AT_ONCE):
            rows = [
                {"phone_number": guest.phone_number, "name": guest.name}
                for guest in self.guests[start : start + _ROWS_AT_ONCE]
            ]
            answer = await call("POST", f"/api/campaigns/{self.campaign_id}/recipients", {"recipients": rows})
            assert answer["accepted"] == len(rows), answer
        await call("POST", f"/api/campaigns/{self.campaign_id}/start")

    async def _killed(self, kills: Sequence[Kill]) -> None:
        """A kill each time that the same share of all texts has been sent, a random moment later."""
        all_texts = sum(len(guest.texts) for guest in self.guests)
        for n, kill in enumerate(kills):
            share = all_texts * (n + 1) // (len(kills) + 1)
            await eventually(lambda share=share: self._have_sent(share), within=self.within, every=0.1)
            await asyncio.sleep(self.chance.uniform(0.05, 1.0))
            await kill()

    async def _have_sent(self, share: int) -> bool:
        assert self._sent >= share, f"{self._sent} of {share} texts, {len(self._answered)} answered: {self._seen}"
        return True

    async def _answer(self) -> None:
        """Each guest answers the opening text once, in figures or in words."""
        words = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
        while True:
            began = time.monotonic()
            ledger = await self._ledger()
            self._sent = len(ledger)
            reached = {sms["to"] for sms in ledger}
            for guest in self.guests:
                if guest.phone_number in reached and guest.phone_number not in self._answered:
                    self._answered.add(guest.phone_number)
                    said = self.chance.choice((str(guest.people), words[guest.people]))
                    await self.shop.text(guest.phone_number, said)
            # A long ledger must not take the processor from those who send.
            await asyncio.sleep(max(0.3, 5 * (time.monotonic() - began)))

    async def _look(self) -> None:
        """The seven counts add up whenever somebody looks."""
        while True:
            await asyncio.sleep(0.2)
            with contextlib.suppress(httpx2.TransportError, OSError, AssertionError):
                self._seen = await self._campaign()
                counts = self._seen["counts"]
                self.outcome.looks += 1
                if counts["total"] != sum(n for state, n in counts.items() if state != "total"):
                    self.outcome.unbalanced.append(counts)
                if counts["total"] != len(self.guests):
                    self.outcome.unbalanced.append(counts)

    async def _over(self) -> bool:
        texts = Counter((sms["to"], sms["text"]) for sms in await self._ledger())
        return all(texts[guest.phone_number, text] for guest in self.guests for text in guest.texts)

    async def _settle(self) -> None:
        """Whatever could still become a second SMS is over, and so is the campaign."""

        async def still() -> bool:
            summary = await self.parley.world.ask("GET", "/summary")
            campaign = await self._campaign()
            under_way = campaign["counts"]["queued"] + campaign["counts"]["sent"]  # their receipts are still handled
            return summary["pending"] == 0 and campaign["state"] == "finished" and not under_way

        with contextlib.suppress(AssertionError):
            await eventually(still, within=90, every=0.5)
        self.outcome.final = await self._campaign()

    async def _judge(self) -> None:
        texts = Counter((sms["to"], sms["text"]) for sms in await self._ledger())
        wanted = {(guest.phone_number, text) for guest in self.guests for text in guest.texts}
        self.outcome.lost = [f"{to}: {text}" for to, text in sorted(wanted) if not texts[to, text]]
        self.outcome.doubled = [f"{to}: {text}" for (to, text), times in texts.items() if times > 1]
        self.outcome.unexpected = [f"{to}: {text}" for to, text in texts if (to, text) not in wanted]

    async def _ledger(self) -> list[dict[str, Any]]:
        return await self.parley.world.ledger(**{"from": self.shop.number, "limit": _LEDGER})

    async def _campaign(self) -> dict[str, Any]:
        return await self.shop.call("GET", f"/api/campaigns/{self.campaign_id}")
