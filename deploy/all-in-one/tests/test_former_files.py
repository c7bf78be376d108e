"""A folder of the older layout, one file for each service and one for the broker, becomes one file: whole, and once."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from all_in_one.folder import STORE
from all_in_one.former_files import SERVICES, take_in
from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Delivery, Message, Subscription
from shared.clock import ManualClock
from shared.database.protocol import CollectionSpec, Database, HasTerms
from shared.database.sqlite.database import EmbeddedDatabase
from shared.sqlite.file import SqliteFile
from testkit.contract.broker_harness import Notes
from testkit.eventually import eventually

THINGS = CollectionSpec("things", {"n": "int", "words": "terms"}, (("n",),))
WORK, LATER = Subscription("test.a.v1", ("a",)), Subscription("test.b.v1", ("b",))


async def fill(database: Database, name: str) -> None:
    things = database.collection(THINGS)
    await database.start()
    await things.insert_many([thing(name, n) for n in range(20)])
    await database.close()


def thing(owner: str, n: int) -> dict[str, Any]:
    return {"id": f"d{n:02}", "version": 1, "n": n, "owner": owner, "words": ["all", f"w{n}"]}


async def fill_broker(path: Path) -> None:
    """Five waiting messages, one delayed, one dead."""
    broker = EmbeddedBroker(path, ManualClock())
    await broker.start([WORK, LATER])

    async def settle(delivery: Delivery) -> None:
        await (delivery.retry(600, "later") if delivery.message.event_id == "e0" else delivery.dead("no good"))

    for n in range(2):
        await broker.publish(Message("b", b"b", f"e{n}"))
    notes = Notes(settle)
    await broker.subscribe(LATER.queue, notes)
    await eventually(lambda: len(notes.deliveries) == 2)
    for n in range(2, 7):
        await broker.publish(Message("a", b"%d" % n, f"e{n}"))
    await broker.close()


@pytest.fixture
async def old_folder(tmp_path: Path) -> Path:
    for name in SERVICES:
        await fill(EmbeddedDatabase(tmp_path / f"{name}.sqlite"), name)
    await fill_broker(tmp_path / "broker.sqlite")
    return tmp_path


async def content(folder: Path, services: tuple[str, ...] = SERVICES) -> None:
    """What was in the old files is in the new one, and can be asked for."""
    file = SqliteFile(folder / STORE)
    for name in services:
        database = EmbeddedDatabase(file, name)
        things = database.collection(THINGS)
        await database.start()
        assert (await things.find({})).items == [thing(name, n) for n in range(20)]
        assert (await things.find({"words": HasTerms(["w7"])})).items == [thing(name, 7)]
        assert await things.count({"n": 3}) == 1
        await database.close()


async def delivered(folder: Path) -> list[Delivery]:
    clock = ManualClock()
    broker = EmbeddedBroker(SqliteFile(folder / STORE), clock)
    await broker.start([WORK, LATER])
    clock.advance(700)
    notes = Notes(lambda delivery: delivery.release())
    for queue in (WORK.queue, LATER.queue, LATER.dead_queue):
        consumer = await broker.subscribe(queue, notes, prefetch=1)
        known = len(notes.deliveries)
        await eventually(lambda known=known: len(notes.deliveries) > known)
        await consumer.stop()
    await broker.close()
    return notes.deliveries


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


async def test_everything_is_in_the_one_file_and_the_old_ones_are_gone(old_folder: Path):
    take_in(old_folder)
    assert names(old_folder) == {STORE}
    assert (old_folder / STORE).stat().st_mode & 0o777 == 0o600
    await content(old_folder)
    take_in(old_folder)  # as every later start does
    await content(old_folder)


async def test_messages_keep_their_order_their_delay_and_their_reason(old_folder: Path):
    take_in(old_folder)
    with closing(sqlite3.connect(old_folder / STORE)) as connection:
        rows = connection.execute("SELECT event_id, queue, attempt, ready_at > 0, headers FROM entry ORDER BY seq")
        assert rows.fetchall() == [
            ("e0", LATER.queue, 1, 1, ""),
            ("e1", LATER.dead_queue, 0, 0, '{"x-error": "no good"}'),
            *((f"e{n}", WORK.queue, 0, 0, "") for n in range(2, 7)),
        ]
    assert {d.message.event_id for d in await delivered(old_folder)} >= {"e0", "e1", "e2"}


async def test_what_a_consumer_held_at_the_crash_is_marked_as_redelivered(tmp_path: Path):
    broker = EmbeddedBroker(tmp_path / "broker.sqlite", ManualClock())
    await broker.start([WORK])
    notes = Notes(lambda _: _never())
    await broker.publish(Message("a", b"", "held"))
    await broker.publish(Message("a", b"", "waiting"))
    await broker.subscribe(WORK.queue, notes, prefetch=1)
    await eventually(lambda: len(notes.deliveries) == 1)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("broker.sqlite", "broker.sqlite-wal", "broker.sqlite.handed-out"):  # as `kill -9` leaves them
        (crashed / name).write_bytes((tmp_path / name).read_bytes())
    await broker.close()
    take_in(crashed)
    assert names(crashed) == {STORE}
    with closing(sqlite3.connect(crashed / STORE)) as connection:
        rows = connection.execute("SELECT event_id, handed_out FROM entry ORDER BY seq").fetchall()
    assert rows == [("held", 1), ("waiting", 0)]


async def _never() -> None:
    raise RuntimeError("this handler dies")


async def test_search_words_are_filed_again_whichever_version_filed_them_last(tmp_path: Path):
    """Their index is not copied, so the new file may not say that it is full."""
    path = tmp_path / "sender.sqlite"
    await fill(EmbeddedDatabase(path), "sender")
    with closing(sqlite3.connect(path)) as connection:
        filed = connection.execute("SELECT type FROM parley_fields WHERE field = 'words'").fetchall()
    take_in(tmp_path)
    with closing(sqlite3.connect(tmp_path / STORE)) as connection:
        assert filed[0] not in connection.execute("SELECT type FROM parley_fields").fetchall()
    await content(tmp_path, ("sender",))


@pytest.mark.parametrize("kind", ["databases alone, beside RabbitMQ", "the broker alone, beside MongoDB"])
async def test_a_folder_with_only_some_of_the_files(tmp_path: Path, kind: str):
    if kind.startswith("databases"):
        await fill(EmbeddedDatabase(tmp_path / "sender.sqlite"), "sender")
        take_in(tmp_path)
        await content(tmp_path, ("sender",))
    else:
        await fill_broker(tmp_path / "broker.sqlite")
        take_in(tmp_path)
        assert await delivered(tmp_path)


def test_an_empty_folder_stays_empty(tmp_path: Path):
    take_in(tmp_path)
    assert names(tmp_path) == set()


async def test_killed_at_any_moment_the_next_start_has_everything(old_folder: Path):
    """kill -9 before each file that is opened, renamed or removed."""
    originals = {name: (old_folder / name).read_bytes() for name in names(old_folder)}
    moment, seen = 0, set[str]()
    while _killed(lambda: take_in(old_folder), moment):
        before = names(old_folder)
        assert STORE in before or before >= originals.keys(), f"moment {moment}: neither whole nor old"
        seen.add("new" if STORE in before else "old")
        take_in(old_folder)
        assert names(old_folder) == {STORE}, f"moment {moment}"
        await content(old_folder)
        (old_folder / STORE).unlink()
        for name, data in originals.items():
            (old_folder / name).write_bytes(data)
        moment += 1
    assert seen == {"old", "new"}


def _killed(work: Callable[[], None], moment: int) -> bool:
    """Run it in a child that kills itself at this access to the file system; False if it came to its end before."""
    child = os.fork()
    if child == 0:
        left = moment

        def count(event: str, _: object) -> None:
            nonlocal left
            if event in ("open", "os.rename", "os.remove", "sqlite3.connect"):
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1

        sys.addaudithook(count)
        work()
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0


async def test_files_of_an_older_version_that_ran_since_stop_the_start(old_folder: Path):
    take_in(old_folder)
    await fill(EmbeddedDatabase(old_folder / "sender.sqlite"), "later")
    with pytest.raises(SystemExit, match=r"Cannot start: sender.sqlite and parley.sqlite are both in"):
        take_in(old_folder)
    assert names(old_folder) == {STORE, "sender.sqlite"}


async def test_a_damaged_old_file_ends_the_start_with_its_name_and_leaves_all_as_it_was(old_folder: Path):
    (old_folder / "sender.sqlite").write_bytes(b"no database " * 1000)
    before = names(old_folder)
    with pytest.raises(SystemExit, match=r"Cannot start: .*/sender.sqlite is damaged"):
        take_in(old_folder)
    assert names(old_folder) - {f"{STORE}.new"} == before
