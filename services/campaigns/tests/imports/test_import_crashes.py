"""A process that dies at any access to its database: another one goes on, and each row is added once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from campaigns.imports import batches
from campaigns.imports.worker import ImportWorker
from crashing_database import Died, Mortal, MortalDatabase
from imports_world import CAMPAIGN, ImportWorld
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.files.store import CHUNKS_SPEC, FILES_SPEC

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
