"""The thread that commits: what shares a commit, and what may wait for one."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from shared.sqlite.connection import connect
from shared.sqlite.patience import patiently
from shared.sqlite.writer import Writer
from testkit.eventually import eventually


class Notes:
    """A writer on a table `note`, and how many commits its connection has made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.statements: list[str] = []
        self.writer = Writer(path, self._connect)

    def _connect(self) -> sqlite3.Connection:
        connection = connect(self._path, cache_kib=100)
        connection.execute("CREATE TABLE IF NOT EXISTS note (text TEXT)")
        connection.set_trace_callback(self.statements.append)
        return connection

    @property
    def commits(self) -> int:
        return self.statements.count("COMMIT")

    def add(self, text: str, *, patient: bool = False, idle: bool = False) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        done = partial(_settle, future)
        self.writer.write("INSERT INTO note VALUES (?)", [(text,)], done, patient=patient, idle=idle)
        return future

    async def texts(self) -> list[str]:
        found = await self.writer.run(lambda c: c.execute("SELECT text FROM note ORDER BY rowid").fetchall())
        return [text for (text,) in found]


def _settle(future: asyncio.Future[Any], _: Any, error: Exception | None) -> None:
    future.set_result(error)


@pytest.fixture
async def notes(tmp_path: Path) -> AsyncIterator[Notes]:
    made = Notes(tmp_path / "notes.sqlite")
    await made.writer.start()
    yield made
    await made.writer.stop()


async def test_what_one_turn_of_the_loop_submits_shares_a_commit(notes: Notes) -> None:
    await asyncio.gather(*(notes.add(f"n{n}") for n in range(20)))
    assert notes.commits == 1


async def test_a_patient_job_goes_with_the_next_one_and_before_it(notes: Notes) -> None:
    patient = notes.add("patient", patient=True)
    await asyncio.sleep(0)
    await notes.add("urgent")
    assert patient.done()
    assert notes.commits == 1
    assert await notes.texts() == ["patient", "urgent"]


async def test_an_idle_job_goes_with_a_patient_one_or_in_the_end_alone(notes: Notes) -> None:
    idle = notes.add("idle", idle=True)
    await notes.add("patient", patient=True)
    assert idle.done()
    assert notes.commits == 1
    await notes.add("alone", idle=True)
    assert await notes.texts() == ["idle", "patient", "alone"]


async def test_writes_of_a_patient_handler_wait_for_others_too(notes: Notes) -> None:
    async def handler(text: str) -> None:
        await notes.add(text)

    patient = asyncio.create_task(patiently(handler)("patient"))
    await asyncio.sleep(0)
    await notes.add("urgent")
    await patient
    assert notes.commits == 1


async def test_patience_ends(notes: Notes) -> None:
    first = [notes.add(f"p{n}", patient=True) for n in range(5)]
    await asyncio.wait_for(asyncio.gather(*first), 5)
    assert notes.commits == 1


async def test_the_end_does_not_wait_for_patience(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.sqlite.writer.PATIENCE_SECONDS", 3600)
    patient = notes.add("patient", patient=True)
    await notes.writer.stop()
    await eventually(patient.done)
    await notes.writer.start()
    assert await notes.texts() == ["patient"]


async def test_a_job_that_fails_takes_nothing_from_those_that_share_its_commit(notes: Notes) -> None:
    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO note VALUES ('half')")
        raise ValueError("a mistake")

    first, failing, last = notes.add("first"), asyncio.ensure_future(notes.writer.run(fails)), notes.add("last")
    await asyncio.gather(first, last)
    with pytest.raises(ValueError, match="a mistake"):
        await failing
    assert await notes.texts() == ["first", "last"]
