"""One text after the other, each with its answer and both receipts, and what each one cost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import shop
from bench.cost.carrier import Carrier, Report, receipt
from bench.cost.installation import OpenShop, Parley, open_shop, parley
from bench.cost.tally import Counts, difference

STEP_SECONDS = 0.1
"""Without a change, so long after an answer and after a receipt: the carrier's next report comes then."""
QUIET_SECONDS = 1.0
"""Without a change, so long after the last receipt: longer than any timer that still works for a text."""
_PATIENCE_SECONDS = 20.0
_WARM_UP = 1


@dataclass(frozen=True)
class Cost:
    counts: Counts
    written: int
    """Bytes that this process wrote to files."""


@dataclass(frozen=True)
class Measured:
    texts: Sequence[Cost]
    idle: Counts
    idle_seconds: float
    idle_written: int


async def measure(
    folder: Path, texts: int, *, idle_seconds: float = 0, database_url: str = "", broker_url: str = ""
) -> Measured:
    """`texts` of them after one that warms up, then `idle_seconds` without any. No address: embedded."""
    carrier = Carrier()
    async with parley(folder, carrier, database_url, broker_url) as installation:
        opened = await open_shop(installation.http)
        path = opened.webhooks
        for n in range(_WARM_UP):
            await _answered(installation, carrier, path, 900_000 + n)
        await installation.settled(QUIET_SECONDS)
        costs = [await _cost(installation, carrier, path, n) for n in range(texts)]
        await _all_delivered_and_billed(opened, _WARM_UP + texts)
        before, written = installation.tally.housekeeping.copy(), bytes_written()
        await asyncio.sleep(idle_seconds)
        idle = difference(installation.tally.housekeeping, before)
    return Measured(costs, idle, idle_seconds, bytes_written() - written)


async def _cost(installation: Parley, carrier: Carrier, path: str, n: int) -> Cost:
    before, written = installation.counted(), bytes_written()
    await _answered(installation, carrier, path, n)
    await installation.settled(QUIET_SECONDS)
    return Cost(difference(installation.counted(), before), bytes_written() - written)


async def _answered(installation: Parley, carrier: Carrier, path: str, n: int) -> None:
    reports: tuple[Report, Report] = ("message_sent", "message_finalized")
    await _webhook(installation, path, shop.inbound_webhook(n))
    order = await asyncio.wait_for(carrier.taken.get(), _PATIENCE_SECONDS)
    await installation.still(STEP_SECONDS)
    for report in reports:
        await _webhook(installation, *receipt(order, report))
        await installation.still(STEP_SECONDS)


async def _all_delivered_and_billed(opened: OpenShop, texts: int) -> None:
    """What was counted is the whole way of a text, not the beginning of it."""
    conversations = (await opened.ask("/api/conversations?limit=200"))["items"]
    statuses = [
        message["status"]
        for conversation in conversations
        for message in (await opened.ask(f"/api/conversations/{conversation['id']}/messages"))["items"]
        if message["author"] == "assistant"
    ]
    billed = sum(total["entries"] for total in (await opened.ask("/api/accounts/usage"))["totals"])
    if statuses != ["delivered"] * texts or billed < texts:
        raise SystemExit(f"not every text was answered, delivered and billed: {statuses}, {billed} entries")


async def _webhook(installation: Parley, path: str, webhook: shop.Webhook) -> None:
    headers = {
        "content-type": "application/json",
        "telnyx-timestamp": webhook.timestamp,
        "telnyx-signature-ed25519": webhook.signature,
    }
    answer = await installation.http.post(path, content=webhook.body, headers=headers)
    if answer.status_code != 200:
        raise SystemExit(f"a webhook was answered with {answer.status_code}: {json.dumps(answer.text)}")


def bytes_written() -> int:
    """By all threads of this process, into files."""
    for line in Path("/proc/self/io").read_text().splitlines():
        if line.startswith("wchar:"):
            return int(line.split()[1])
    raise OSError("the kernel counts no bytes")
