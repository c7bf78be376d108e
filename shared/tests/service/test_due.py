"""Due work: what fails rests, and keeps nobody from their turn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.clock import ManualClock
from shared.database.protocol import Collection, CollectionSpec
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import Unavailable
from shared.service import due
from shared.service.due import DueLoop

SPEC = CollectionSpec("due_things", {"due_at": "datetime"}, (("due_at",),))
LONG_AGO, RECENTLY = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC)


@pytest.fixture
async def things() -> AsyncIterator[Collection]:
    database = EmbeddedDatabase(None)
    collection = database.collection(SPEC)
    await database.start()
    yield collection
    await database.close()


async def test_many_that_always_fail_do_not_keep_the_one_behind_them_waiting(
    things: Collection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(due, "BATCH", 3)
    await things.insert_many([{"id": f"bad{n}", "due_at": LONG_AGO} for n in range(7)])
    await things.insert({"id": "good", "due_at": RECENTLY})
    done: list[str] = []

    async def work(thing: dict[str, Any]) -> None:
        if thing["id"] != "good":
            raise Unavailable("away", "for ever")
        done.append(thing["id"])
        await things.delete({"id": thing["id"]})

    loop = DueLoop(things, work, ManualClock())
    for _ in range(4):
        await loop.once()
    assert done == ["good"]


async def test_what_failed_rests_longer_each_time_and_is_tried_again(things: Collection):
    await things.insert({"id": "bad", "due_at": LONG_AGO})
    clock, tried = ManualClock(), []

    async def work(_thing: dict[str, Any]) -> None:
        tried.append(clock.monotonic() - 1000)
        raise Unavailable("away", "for now")

    loop = DueLoop(things, work, clock, poll_seconds=0.5)
    for _ in range(60):
        await loop.once()
        clock.advance(0.5)
    assert tried == [0.0, 0.5, 1.5, 3.5, 7.5, 15.5, 25.5]
