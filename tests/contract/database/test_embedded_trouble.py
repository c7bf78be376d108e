"""SQLite in trouble: full disks, locked, damaged and foreign files, permissions."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.database.protocol import In
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import StoreUnavailable, StoreUnusable
from testkit.contract.database_contract import THINGS, fill, own_spec, thing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "made" / "on the way.sqlite"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[EmbeddedDatabase]:
    database = EmbeddedDatabase(path)
    await database.start()
    yield database
    await database.close()


async def test_a_full_disk_is_unavailable_and_what_was_written_stays(database: EmbeddedDatabase) -> None:
    things = database.collection(own_spec())
    await database.start()
    await database.write(lambda connection: connection.execute("PRAGMA max_page_count = 300").fetchall())
    written: list[str] = []

    async def write_on() -> None:
        for number in range(1000):
            await asyncio.gather(*(things.insert(thing(f"d{number}-{n}", big="x" * 9000)) for n in range(3)))
            written.extend(f"d{number}-{n}" for n in range(3))

    with pytest.raises(StoreUnavailable, match="full"):
        await write_on()
    assert len(written) > 30
    assert await things.count({"id": In(written)}) == len(written)
    await database.write(lambda connection: connection.execute("PRAGMA max_page_count = 100000").fetchall())
    assert await things.insert(thing("after"))


async def test_a_file_locked_by_another_is_unavailable_until_it_is_free(path: Path, database: EmbeddedDatabase) -> None:
    things = database.collection(own_spec())
    await database.start()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreUnavailable):
        await database.ping()
    assert await things.get("a") is None  # readers do not wait for writers
    other.execute("ROLLBACK")
    other.close()
    assert await things.insert(thing("a"))
    await database.ping()


@pytest.mark.parametrize(
    ("where", "code"), [("text", "store_damaged"), ("text/below a file", "store_not_writable"), (".", "not_writable")]
)
async def test_a_file_that_cannot_be_the_database_is_said_with_its_name(tmp_path: Path, where: str, code: str) -> None:
    (tmp_path / "text").write_text("this is not a database " * 1000)
    with pytest.raises(StoreUnusable) as raised:
        await EmbeddedDatabase(tmp_path / where).start()
    assert code in raised.value.code
    assert str((tmp_path / where).resolve()) in raised.value.operator_detail
    assert str(tmp_path) not in raised.value.detail


async def test_damage_found_while_reading_is_never_ready_again(path: Path) -> None:
    """A page in the middle: the file opens, and everything else on it still answers."""
    await fill(path, THINGS, [thing(f"d{n:03}", big="x" * 3000) for n in range(300)])
    with path.open("r+b") as file:
        file.seek(100 * 4096)
        file.write(b"\xff" * 4096 * 100)
    database = EmbeddedDatabase(path)
    things = database.collection(THINGS)
    await database.start()
    await database.ping()
    with pytest.raises(StoreUnusable, match="store_damaged"):
        await things.find({}, limit=1000)
    for _ in range(2):
        with pytest.raises(StoreUnusable, match="store_damaged"):
            await database.ping()
    await database.close()


async def test_a_file_that_cannot_grow_is_full_and_not_ready(database: EmbeddedDatabase) -> None:
    await database.ping()
    pages = await database.write(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    await database.write(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}").fetchall())
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="store_full") as raised:
            await database.ping()
        assert not isinstance(raised.value, StoreUnusable)
    await database.write(lambda connection: connection.execute("PRAGMA max_page_count = 100000").fetchall())
    await database.ping()


async def test_a_limit_on_the_size_of_files_is_full_and_passes(path: Path, database: EmbeddedDatabase) -> None:
    """What `ulimit -f` does: the system refuses to let the file grow."""
    things = database.collection(own_spec())
    await things.insert(thing("a"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    wal = path.with_name(path.name + "-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (wal.stat().st_size + 4096, before[1]))
    try:
        with pytest.raises(StoreUnavailable, match="store_full"):
            await things.insert(thing("large", big="x" * 200_000))
        assert await things.get("large") is None
        assert await things.get("a") is not None
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert await things.insert(thing("large", big="x" * 200_000))
    await database.ping()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
async def test_the_files_are_private_whatever_the_umask(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        database = EmbeddedDatabase(path)
        await database.start()
        await database.collection(THINGS).insert(thing("a"))
        modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
        await database.close()
    finally:
        os.umask(before)
    assert modes == dict.fromkeys((path.name, f"{path.name}-wal", f"{path.name}-shm"), 384)
    assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_files_an_older_version_left_open_to_others_are_closed(path: Path) -> None:
    await fill(path, THINGS, [thing("a")])
    path.chmod(0o644)  # noqa: ASYNC240 - a local file
    database = EmbeddedDatabase(path)
    await database.start()
    assert path.stat().st_mode & 0o777 == 0o600  # noqa: ASYNC240 - a local file
    await database.close()
