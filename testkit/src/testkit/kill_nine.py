"""kill -9 under load, again and again; then the carrier's ledger says whether anything was lost or doubled.

Used by tests/faults/test_kill_nine.py with fixed seeds and by `make soak` for as long as you like.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from testkit.eventually import eventually
from testkit.installation import Installation
from testkit.shop import Shop

IMPATIENT = {
    "SENDER_LEASE_SECONDS": "5",
    "SENDER_REPEAT_SECONDS": "[1, 3, 8, 20, 40, 60]",
    "SENDER_FRESH_SECONDS": "3",
}
"""What a dead process leaves in flight is settled after a minute or two; here within seconds, by the same rules."""
_OPEN = ("queued", "submitting", "unknown", "unresolved")


@dataclass
class Outcome:
    messages: int
    kills: int
    lost: list[str] = field(default_factory=list[str])
    doubled: list[str] = field(default_factory=list[str])
    unsettled: list[str] = field(default_factory=list[str])

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled or self.unsettled)


async def kill_nine(folder: Path, seed: int, messages: int, kills: int, within: float) -> Outcome:
    """Text from `messages` customers while the process is killed `kills` times; wait `within` seconds for the end."""
    chance = random.Random(seed)
    parley = Installation(folder, None, **IMPATIENT)
    await parley.start()
    try:
        # The real carrier gives up after some tries; here what was answered 2xx is to be judged, so it never does.
        habits = {"webhook_attempts": 1000, "webhook_first_delay": 0.2, "sent_after": 0.05, "delivered_after": 0.1}
        await parley.world.ask("PUT", "/settings", habits)
        shop = await Shop(parley, "+17732009999").open(quiet_seconds=0.2)
        customers = [f"+1312{2000000 + n}" for n in range(messages)]
        texting = asyncio.create_task(_text(shop, customers, chance))
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0.3, 3.0))
            await _kill(parley)
        await texting
        outcome = Outcome(messages, kills)
        await _wait_for_the_end(shop, customers, within)
        await _judge(shop, customers, outcome)
        return outcome
    finally:
        await parley.stop()


async def _text(shop: Shop, customers: list[str], chance: random.Random) -> None:
    for n, customer in enumerate(customers):
        await shop.text(customer, f"question {n}")
        await asyncio.sleep(chance.uniform(0, 0.03))


async def _kill(parley: Installation) -> None:
    process = parley.processes["all-in-one"]
    process.send(signal.SIGKILL)
    await asyncio.to_thread(process.wait)
    process.start()
    await parley.ready()


async def _wait_for_the_end(shop: Shop, customers: list[str], within: float) -> None:
    async def all_answered() -> bool:
        return len({sms["to"] for sms in await shop.sent_to_all()}) >= len(customers)

    try:
        await eventually(all_answered, within=within, every=0.5)
    except AssertionError:
        return  # the judge says who is missing
    # A second SMS would come from a repeat that is still to be made: let every lane, queue and receipt run dry first.
    with contextlib.suppress(AssertionError):  # then the judge says what is open
        await eventually(lambda: _still(shop), within=90, every=0.5)


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
