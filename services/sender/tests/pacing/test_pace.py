"""Asking the pace: what comes together is saved together, and answered as if each had come alone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from unittest.mock import AsyncMock

import pytest

from sender.pacing.buckets import SPEC, Bucket, Pace, number_key
from sender.pacing.domain import SlotRequest
from shared.database.sqlite.database import EmbeddedDatabase

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BUCKET = Bucket(number_key("+17735550002"), parts_per_second=1.0)


async def test_asks_that_come_together_take_a_moment_each_and_one_save(monkeypatch: pytest.MonkeyPatch) -> None:
    database = EmbeddedDatabase(None)
    await database.start()
    pace, rows = Pace(database), database.collection(SPEC)
    saves = AsyncMock(side_effect=rows.insert)
    monkeypatch.setattr(rows, "insert", saves)
    requests = [SlotRequest(f"msg_{n}", 1, "one") for n in range(5)]
    slots = await asyncio.gather(*(pace.take([BUCKET], request, NOW) for request in requests))
    assert [slot.at for slot in slots] == [NOW + timedelta(seconds=n) for n in range(5)]
    assert all(slot.taken for slot in slots)
    saved = await rows.get(BUCKET.key)
    assert saved is not None
    assert saved["tat"] == round((NOW + timedelta(seconds=5)).timestamp() * 1_000_000)
    assert saves.await_count == 1
    await database.close()
