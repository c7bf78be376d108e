"""A number's daily cap under load: three senders, one number; the carrier's ledger is the judge."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from sender.pacing.buckets import Pace, take
from sender.pacing.domain import waits_for
from sender_world import NUMBER
from senders import Senders, senders
from testkit.eventually import eventually

BULK = [f"bulk-{n}" for n in range(400)]
REPLIES = [f"reply-{n}" for n in range(2000, 2030)]
WAITING = waits_for(NUMBER, "one"), waits_for(NUMBER, "bulk")


def went(town: Senders) -> tuple[int, int]:
    """How many of the campaign's texts and of the replies the carrier has."""
    kinds = Counter(id.partition("-")[0] for id in town.carrier.taken)
    return kinds["bulk"], kinds["reply"]


async def held_back(town: Senders, bulk: int, replies: int, waiting: int) -> bool:
    return went(town) == (bulk, replies) and await town.waiting(*WAITING) == waiting


@pytest.mark.timeout(300)
async def test_three_senders_never_pass_a_numbers_cap_and_a_campaign_leaves_replies_their_tenth() -> None:
    async with senders(3, daily_parts=160) as town:
        await town.ask_for(BULK, priority="bulk")
        await eventually(lambda: held_back(town, 144, 0, 256), within=60)
        await town.ask_for(REPLIES)
        await eventually(lambda: held_back(town, 144, 16, 270), within=60)

        await town.set_number(daily_parts=240)
        await eventually(lambda: held_back(town, 186, 30, 214), within=60)

        await town.set_number(daily_parts=None)
        await eventually(lambda: held_back(town, 400, 30, 0), within=60)
        assert len(set(town.carrier.taken)) == 430


@pytest.mark.timeout(200)
async def test_each_day_has_its_own_parts() -> None:
    async with senders(3, daily_parts=50) as town:
        await town.ask_for(BULK[:120], priority="bulk")
        for day in range(3):
            town.clock.ahead = timedelta(days=day)
            sent = min(120, 45 * (day + 1))
            await eventually(lambda sent=sent: held_back(town, sent, 0, 120 - sent), within=60)


@pytest.mark.timeout(200)
async def test_saving_without_looking_who_saved_meanwhile_would_pass_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mistake that these tests would find."""

    async def blindly(self: Pace, bucket: Any, asking: Any, now: datetime) -> Any:
        rows = self._rows
        document = await rows.get(bucket.key)
        changed, slot = take(document, bucket, asking, now)
        await asyncio.sleep(0.001)
        present = await rows.get(bucket.key)
        version = present["version"] if present else 0
        changed["version"] = version + 1
        await (rows.replace(changed, version) if present else rows.insert(changed))
        return slot

    monkeypatch.setattr(Pace, "_take", blindly)
    async with senders(3, daily_parts=20) as town:
        await town.ask_for(BULK[:200], priority="bulk")
        await eventually(lambda: len(town.carrier.taken) > 20, within=30)
