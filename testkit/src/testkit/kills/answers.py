"""kill -9 under load, again and again; then the carrier's ledger says whether anything was lost or doubled.

Used by tests/faults with fixed seeds and by `make soak` for as long as you like.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from testkit.eventually import eventually
from testkit.installation import Installation
from testkit.servers.rabbitmq import LocalNode
from testkit.servers.secantus import SecantusServer
from testkit.shop import Shop

IMPATIENT = {
    "SENDER_LEASE_SECONDS": "5",
    "SENDER_REPEAT_SECONDS": "[1, 3, 8, 20, 40, 60]",
    "SENDER_FRESH_SECONDS": "3",
}
"""What a dead process leaves in flight is settled after a minute or two; here within seconds, by the same rules."""
HABITS = {
    "webhook_attempts": 1000,
    "webhook_first_delay": 0.2,
    "webhook_longest_delay": 1.0,
    "sent_after": 0.05,
    "delivered_after": 0.1,
}
"""The real carrier gives up after some tries; here what was answered 2xx is to be judged, so it never does. A webhook
that fell into every downtime would wait as long again after the last of them: its pauses end at a second."""
RESTARTED_WITHIN = 300
"""Seconds. A process started again among ten thousands of texts first has to work off what waited for it."""
_OPEN = ("queued", "submitting", "unknown", "unresolved")

Kill = Callable[[], Awaitable[None]]
"""Kills something as `kill -9` does, and starts it again."""


@dataclass
class Outcome:
    messages: int
    lost: list[str] = field(default_factory=list[str])
    doubled: list[str] = field(default_factory=list[str])
    unsettled: list[str] = field(default_factory=list[str])

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled or self.unsettled)


def killing_the_process(parley: Installation, name: str = "all-in-one") -> Kill:
    async def kill() -> None:
        process = parley.processes[name]
        process.send(signal.SIGKILL)
        await asyncio.to_thread(process.wait)
        process.start()
        await parley.ready(name, within=RESTARTED_WITHIN)

    return kill


def killing_the_server(server: SecantusServer | LocalNode) -> Kill:
    async def kill() -> None:
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)

    return kill


async def kill_processes(folder: Path, kills: int, seed: int, messages: int, within: float) -> Outcome:
    """The whole of Parley in one process, killed again and again."""
    parley = Installation(folder, None, **IMPATIENT)
    try:
        await parley.start()
        return await kill_nine(parley, [killing_the_process(parley)] * kills, seed, messages, within)
    finally:
        await parley.stop()


async def kill_servers(
    folder: Path, broker: LocalNode, database: SecantusServer, seed: int, messages: int, within: float
) -> Outcome:
    """A process per service; killed are first the database, then the broker, then both at the same time."""
    parley = Installation(folder, (broker.url, database.url), **IMPATIENT)
    one, other = killing_the_server(database), killing_the_server(broker)

    async def both() -> None:
        await asyncio.gather(one(), other())

    try:
        await parley.start()
        return await kill_nine(parley, [one, other, both], seed, messages, within)
    finally:
        await parley.stop()


async def kill_nine(parley: Installation, kills: Sequence[Kill], seed: int, messages: int, within: float) -> Outcome:
    """Text from `messages` customers and carry out the kills meanwhile; wait `within` seconds for the end.

    The kills come when the same share of the customers has been answered, a random moment later: on a slow machine as
    much as on a fast one they fall into the middle of the work.
    """
    chance = random.Random(seed)
    await parley.world.ask("PUT", "/settings", HABITS)
    shop = await Shop(parley, "+17732009999").open(quiet_seconds=0.2)
    customers = [f"+1312{2000000 + n}" for n in range(messages)]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_text(shop, customers, chance))
        for n, kill in enumerate(kills):
            share = len(customers) * (n + 1) // (len(kills) + 1)
            await eventually(lambda share=share: _answered(shop, share), within=within, every=0.1)
            await asyncio.sleep(chance.uniform(0.1, 1.0))
            await kill()
    outcome = Outcome(messages)
    await _wait_for_the_end(shop, customers, within)
    await _judge(shop, customers, outcome)
    return outcome


async def _text(shop: Shop, customers: list[str], chance: random.Random) -> None:
    for n, customer in enumerate(customers):
        await shop.text(customer, f"question {n}")
        await asyncio.sleep(chance.uniform(0, 0.03))


async def _answered(shop: Shop, wanted: int) -> bool:
    return len({sms["to"] for sms in await shop.sent_to_all()}) >= wanted


async def _wait_for_the_end(shop: Shop, customers: list[str], within: float) -> None:
    try:
        await eventually(lambda: _answered(shop, len(customers)), within=within, every=0.25)
    except AssertionError:
        return  # the judge says who is missing
    # A second SMS would come from a repeat that is still to be made: let every lane, queue and receipt run dry first.
    with contextlib.suppress(AssertionError):  # then the judge says what is open
        await eventually(lambda: _still(shop), within=90, every=0.25)


async def _still(shop: Shop) -> bool:
    summary = await shop.parley.world.ask("GET", "/summary")
    return summary["pending"] == 0 and not await _open(shop)


async def _open(shop: Shop) -> list[str]:
    """Messages whose fate is not known: without a 200 or a receipt, each of them may still become a second SMS."""
    pages = [await shop.call("GET", f"/api/messages?status={status}&limit=200") for status in _OPEN]
    return [message["id"] for page in pages for message in page["items"]]


async def _judge(shop: Shop, customers: list[str], outcome: Outcome) -> None:
    sent = Counter(sms["to"] for sms in await shop.sent_to_all())
    outcome.lost = [customer for customer in customers if not sent[customer]]
    outcome.doubled = [customer for customer, times in sent.items() if times > 1]
    outcome.unsettled = await _open(shop)
