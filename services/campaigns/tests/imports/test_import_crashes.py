"""A process that dies at any access to its database: another one goes on, and each row is added once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest

from campaigns.imports import batches
from campaigns.imports.batch_reader import BatchReader
from campaigns.imports.worker import ImportWorker
from crashing_database import Died, Mortal, MortalDatabase
from imports_world import CAMPAIGN, ImportWorld
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.files.store import CHUNKS_SPEC, FILES_SPEC
from testkit.eventually import eventually

ROWS = 10
LINES = [
    "Phone,Name",
    *(f"+131255501{n:02d},Person {n}" for n in range(ROWS)),
    "+13125550101,a repeat",
    "12345,a short code",
    "+13125550103,another repeat",
]
ADD = ImportWorker._add
CONTENT = "\n".join(LINES).encode()


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 3)


class Play:
    """An import whose first process dies at the chosen access of its worker; another one takes over."""

    def __init__(self) -> None:
        self.database, self.clock, self.life = EmbeddedDatabase(None), ManualClock(), Mortal()

    async def begin(self) -> str:
        mortal: Any = MortalDatabase(self.database, self.life)
        self.first = ImportWorld(mortal, self.clock)
        await self.first.open()
        made = await self.first.preview(CONTENT)
        await self.first.commit(made["id"])
        return made["id"]

    async def dies_at(self, access: int) -> bool:
        """Whether the worker was not through by then."""
        self.life.die_at(access)
        with suppress(Died):
            await self.first.work()
        died, self.life = self.life.dead, Mortal()
        return died

    async def survivor(self) -> ImportWorld:
        """Another process, once the lease of the first one has ended."""
        self.clock.advance(61)
        second = ImportWorld(self.database, self.clock)
        await second.open(furnish=False)
        while await second.work():
            pass
        return second

    async def empty(self, world: ImportWorld) -> bool:
        """No file is left, and the campaign may start."""
        campaign = await world.campaigns.get(CAMPAIGN)
        chunks, files = [await self.database.collection(spec).count({}) for spec in (CHUNKS_SPEC, FILES_SPEC)]
        return (chunks, files, campaign and campaign.importing) == (0, 0, ())


async def test_whatever_access_it_dies_at_each_row_is_added_once() -> None:
    deaths = 0
    while True:
        play = Play()
        id = await play.begin()
        died = await play.dies_at(deaths + 1)
        world = await play.survivor()
        done = await world.get_import(id)
        assert (done["state"], done["rows"]) == (
            "done",
            {"read": ROWS + 3, "accepted": ROWS, "rejected": 1, "duplicates": 2},
        ), deaths
        assert [(each.row, each.name) for each in await world.added()] == [(n + 2, f"Person {n}") for n in range(ROWS)]
        rejected = [(row["row"], row["code"]) for row in await world.rejected(id)]
        assert rejected == [(12, "duplicate_in_file"), (13, "short_code"), (14, "duplicate_in_file")]
        assert await play.empty(world), deaths
        await play.database.close()
        if not died:
            break
        deaths += 1
    assert deaths >= 30


async def test_whatever_access_a_cancelled_one_dies_at_no_row_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelled after the first batch, by another process, while the worker has the lease."""
    deaths = 0
    while True:
        play = Play()
        id = await play.begin()
        other = ImportWorld(play.database, play.clock)
        await other.open(furnish=False)
        monkeypatch.setattr("campaigns.imports.requests.CANCEL_WAITS_SECONDS", 0)

        async def cancelling(self: ImportWorker, *args: Any, id: str = id, other: ImportWorld = other) -> Any:
            change = await ADD(self, *args)
            answer = await other.call("POST", f"{CAMPAIGN}/imports/{id}/cancel")
            assert answer.status_code == 200, answer.text
            return change

        with monkeypatch.context() as patch:
            patch.setattr(ImportWorker, "_add", cancelling)
            play.life.die_at(deaths + 1)
            died = await play.dies_at(deaths + 1)
        world = await play.survivor()
        await world.call("POST", f"{CAMPAIGN}/imports/{id}/cancel")
        ended = await world.get_import(id)
        assert (ended["state"], ended["rows"]["accepted"]) == ("cancelled", 0) or died
        if ended["state"] == "cancelled":
            assert (await world.added(), await world.rejected(id), await play.empty(world)) == ([], [], True), deaths
        await play.database.close()
        if not died:
            break
        deaths += 3
    assert deaths > 15


async def test_a_worker_that_was_stuck_takes_its_rows_of_a_cancelled_import_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    play = Play()
    id = await play.begin()
    other = ImportWorld(play.database, play.clock)
    await other.open(furnish=False)
    monkeypatch.setattr("campaigns.imports.requests.CANCEL_WAITS_SECONDS", 0)

    async def stuck(self: ImportWorker, *args: Any) -> Any:
        monkeypatch.setattr(ImportWorker, "_add", ADD)
        play.clock.advance(61)
        await other.call("POST", f"{CAMPAIGN}/imports/{id}/cancel")
        assert await other.work() == 1
        return await ADD(self, *args)

    monkeypatch.setattr(ImportWorker, "_add", stuck)
    await play.first.work()
    assert (await other.added(), await play.empty(other)) == ([], True)
    await play.database.close()


async def test_a_process_that_stops_lets_another_go_on_at_once() -> None:
    play = Play()
    id = await play.begin()
    play.first.worker._stopping = True
    await play.first.work()
    second = ImportWorld(play.database, play.clock)
    await second.open(furnish=False)
    assert (await second.get_import(id))["rows"]["read"] == 3
    await second.work()
    assert (await second.get_import(id))["rows"]["accepted"] == ROWS
    await play.database.close()


async def test_a_worker_that_reads_for_longer_than_its_lease_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else two processes would take a large workbook from each other for ever."""
    play, may_go_on, read = Play(), Event(), BatchReader.next

    def slow(reader: BatchReader) -> batches.Batch | None:
        assert may_go_on.wait(30)
        return read(reader)

    monkeypatch.setattr(BatchReader, "next", slow)
    monkeypatch.setattr("campaigns.imports.worker.RENEWED_EACH_SECONDS", 0.01)
    id = await play.begin()
    working = asyncio.create_task(play.first.work())
    second = ImportWorld(play.database, play.clock)
    await second.open(furnish=False)

    async def lease_ends() -> datetime:
        known = await second.worker._parts.imports.get(id)
        return (known and known.worker and known.due_at) or play.clock.now()

    for _ in range(3):
        await eventually(lambda: _is_later(lease_ends, play.clock.now() + timedelta(seconds=59)))
        play.clock.advance(50)
    assert await second.work() == 0
    may_go_on.set()
    await working
    assert (await second.get_import(id))["rows"]["accepted"] == ROWS
    await play.database.close()


async def _is_later(moment: Callable[[], Awaitable[datetime]], than: datetime) -> bool:
    return await moment() > than
