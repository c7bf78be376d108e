"""What only the embedded store has to prove: crashes, growth of an old file, a locked or full disk, its plans."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from shared.database.conditions import parse
from shared.database.cursor import position_of
from shared.database.protocol import CollectionSpec, FieldType, HasTerms, In, Prefix, Range, Sort
from shared.database.sqlite import query
from shared.database.sqlite.database import EmbeddedDatabase
from shared.database.sqlite.query import read_page
from shared.errors import Invalid, StoreUnavailable
from testkit.contract.database_contract import THINGS, all_ids, fill, minutes, own_spec, thing

CHILD = Path(__file__).with_name("writing_child.py")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "made" / "on the way.sqlite"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[EmbeddedDatabase]:
    database = EmbeddedDatabase(path)
    await database.start()
    yield database
    await database.close()


@contextmanager
def writing_child(path: Path, who: str) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen([sys.executable, str(CHILD), str(path), who], stdout=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def acknowledged(lines: list[str]) -> dict[str, int]:
    """Id → highest version; a last line without its end was cut by the kill."""
    versions: dict[str, int] = {}
    for line in lines:
        if line.endswith("\n"):
            id, version = line.split()
            versions[id] = max(versions.get(id, 0), int(version))
    versions.pop("started", None)
    return versions


@pytest.mark.parametrize("lines_before_the_kill", [1, 60, 700, 2500])
async def test_what_was_acknowledged_survives_kill_9(path: Path, lines_before_the_kill: int) -> None:
    versions: dict[str, int] = {}
    for round in range(2):
        with writing_child(path, f"r{round}") as child:
            assert child.stdout is not None
            lines = [child.stdout.readline() for _ in range(lines_before_the_kill)]
            child.kill()
            lines += child.stdout.readlines()
        versions |= acknowledged(lines)
        database = EmbeddedDatabase(path)
        things = database.collection(THINGS)
        await database.start()
        for id, version in versions.items():
            stored = await things.get(id)
            assert stored is not None, id
            assert stored["version"] >= version
            if id.startswith("counter"):
                assert stored["n"] == stored["version"] - 1
                assert id in await all_ids(things, {"words": HasTerms([f"w{stored['version']}"])})
        await database.close()
        assert _integrity(path) == "ok"


async def test_two_processes_share_a_file_without_harm(path: Path, database: EmbeddedDatabase) -> None:
    """The data folder is locked against this; if it happens all the same, nothing may be lost."""
    things = database.collection(THINGS)
    await database.start()
    with writing_child(path, "child") as child:
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        mine = 0
        while mine < 200:
            stored = await things.get("counter0")
            if stored is not None:
                version = stored["version"] + 1
                mine += await things.replace({**stored, "version": version, "n": stored["n"] + 1}, version - 1)
        lines += [child.stdout.readline() for _ in range(500)]
    for id, version in acknowledged(lines).items():
        stored = await things.get(id)
        assert stored is not None
        assert stored["version"] >= version
    counter = await things.get("counter0")
    assert counter is not None
    assert counter["n"] == counter["version"] - 1
    assert _integrity(path) == "ok"


async def test_a_new_field_is_filled_from_the_documents_that_are_there(path: Path) -> None:
    small = CollectionSpec("things", {"n": "int"})
    await fill(
        path, small, [thing(f"d{n:04}", n=n, due_at=minutes(n), words=["all", f"w{n % 3}"]) for n in range(1200)]
    )
    database = EmbeddedDatabase(path)
    things = database.collection(THINGS)
    await database.start()
    assert await things.count({"due_at": Range(lt=minutes(600))}) == 600
    assert await things.count({"words": HasTerms(["all", "w1"])}) == 400
    assert await things.count({"n": Range(gte=1100)}) == 100
    assert await things.count({"name": None}) == 1200
    await database.close()
    await fill(path, THINGS, [])  # the same declaration again finds nothing to do


async def test_a_field_that_was_away_for_a_while_is_right_when_it_comes_back(path: Path) -> None:
    whole, small = CollectionSpec("things", {"n": "int", "words": "terms"}), CollectionSpec("things", {"n": "int"})
    await fill(path, whole, [thing("a", n=1, words=["old"]), thing("b", n=1, words=["gone"])])
    database = EmbeddedDatabase(path)
    things = database.collection(CollectionSpec("things", {"other": "str"}))
    await database.start()
    await things.replace(thing("a", n=2, words=["new"], other="x") | {"version": 2}, 1)
    await things.delete({"id": "b"})
    await database.close()
    await fill(path, small, [])
    database = EmbeddedDatabase(path)
    things = database.collection(whole)
    await database.start()
    assert await all_ids(things, {"n": 2}) == ["a"]
    assert await all_ids(things, {"words": HasTerms(["new"])}) == ["a"]
    assert await all_ids(things, {"words": HasTerms(["old"])}) == []
    assert await all_ids(things, {"words": HasTerms(["gone"])}) == []
    await database.close()


async def test_a_field_that_changed_its_type_is_filled_again(path: Path) -> None:
    await fill(path, CollectionSpec("things", {"when": "int"}), [thing("a", when=None)])
    database = EmbeddedDatabase(path)
    things = database.collection(CollectionSpec("things", {"when": "datetime"}, (("when",),)))
    await database.start()
    await things.insert(thing("b", when=minutes(1)))
    assert await all_ids(things, {"when": minutes(1)}) == ["b"]
    await database.close()


async def test_an_index_that_is_declared_no_longer_or_otherwise_goes(path: Path) -> None:
    fields: dict[str, FieldType] = {"n": "int", "name": "str", "due_at": "datetime"}
    old = CollectionSpec("things", fields, (("n",), ("name",), ("due_at",)))
    await fill(path, old, [thing("a", n=1, name="x"), thing("b", due_at=minutes(1))])
    await fill(path, CollectionSpec("things_2", fields, (("n",),)), [])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('CREATE INDEX of_an_operator ON c_things ("f_n", "f_name")')
    kept = _index_pages(path)
    new = CollectionSpec("things", fields, (("n", "name"), ("name",), ("due_at",)), sparse=("due_at",))
    await fill(path, new, [])
    grown = _index_pages(path)
    assert set(grown) == {
        "i_things__n__name", "i_things__name", "i_things__due_at", "i_things_2__n", "of_an_operator"
    }  # fmt: skip
    assert grown["i_things__name"] == kept["i_things__name"], "one that stays is not made again"
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT id FROM c_things INDEXED BY i_things__due_at WHERE f_due_at > 0").fetchall()
        assert found == [("b",)]
        with pytest.raises(sqlite3.OperationalError):  # it holds no nulls
            connection.execute("SELECT id FROM c_things INDEXED BY i_things__due_at WHERE f_due_at IS NULL")
    before = _schema_version(path)
    await fill(path, new, [])
    assert _schema_version(path) == before, "the same declaration again finds nothing to do"


async def test_start_again_makes_what_was_declared_since(database: EmbeddedDatabase) -> None:
    first = database.collection(own_spec())
    await database.start()
    await first.insert(thing("a"))
    second = database.collection(own_spec())
    await database.start()
    assert await second.count({}) == 0
    assert await first.count({}) == 1


async def test_a_closed_database_says_so_and_can_be_started_again(database: EmbeddedDatabase) -> None:
    things = database.collection(own_spec())
    await database.start()
    writes = [asyncio.create_task(things.insert(thing(f"d{n}"))) for n in range(20)]
    await asyncio.sleep(0)
    await database.close()
    assert all(await asyncio.gather(*writes))
    for operation in (things.get("a"), things.insert(thing("a")), things.count({}), things.delete({"id": "a"})):
        with pytest.raises(StoreUnavailable, match="store_closed"):
            await operation
    with pytest.raises(StoreUnavailable, match="store_closed"):
        await database.ping()
    await database.close()
    await database.start()
    assert await things.count({}) == 20


async def test_a_job_that_fails_spoils_no_other_in_its_commit(database: EmbeddedDatabase) -> None:
    things = database.collection(own_spec())
    await database.start()

    def fail(connection: sqlite3.Connection) -> None:
        connection.execute(f"DELETE FROM {things.layout.table}")
        connection.execute("SELECT nonsense")

    for _ in range(10):
        results = await asyncio.gather(
            *(things.insert(thing(f"a{n}")) for n in range(5)),
            database.write(fail),
            *(things.insert(thing(f"b{n}")) for n in range(5)),
            return_exceptions=True,
        )
        assert isinstance(results.pop(5), StoreUnavailable)
        assert results == [True] * 10
        assert await things.delete({"id": Range(gte="")}) == 10


async def test_the_words_of_what_was_deleted_do_not_pile_up(database: EmbeddedDatabase) -> None:
    things = database.collection(own_spec())
    await things.insert_many([thing(f"d{n}", n=n, words=["x", "y"]) for n in range(5)])
    await things.delete({"words": HasTerms(["x"]), "n": Range(gt=0)})
    kept = f"SELECT count(*) FROM {things.layout.search.kept}"
    assert await database.read(lambda connection: connection.execute(kept).fetchone()[0]) == 1
    found = f"SELECT count(*) FROM {things.layout.search.table} WHERE {things.layout.search.table} MATCH ?"
    tests = parse(things.spec, {"tenant_id": None, "words": HasTerms(["x"])})
    asked = (things.layout.search.match(tests),)
    assert await database.read(lambda connection: connection.execute(found, asked).fetchone()[0]) == 1


async def test_scrubbed_words_leave_no_byte_in_the_index(database: EmbeddedDatabase) -> None:
    things = database.collection(own_spec())
    await things.insert(thing("a", words=["stays"]))

    async def size() -> int:
        await things.scrub()
        data = f'SELECT sum(length(block)) FROM "s_{things.spec.name}_data"'
        return await database.read(lambda connection: connection.execute(data).fetchone()[0])

    before = await size()
    for round in range(5):
        await things.insert_many([thing(f"d{n}", words=[f"secret{n}x{round}"]) for n in range(50)])
        await things.put_many([thing(f"d{n}", words=[]) | {"revision": 2} for n in range(25)])
        assert await size() > before + 100
        await things.delete({"id": Prefix("d")})
    assert await size() <= before + 10
    assert await all_ids(things, {"tenant_id": None, "words": HasTerms(["stays"])}) == ["a"]


async def test_words_of_a_file_from_before_the_full_text_index_are_found(path: Path) -> None:
    await fill(path, CollectionSpec("things", {"n": "int"}), [thing("a", words=["red"]), thing("b", words=["blue"])])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE t_things (field TEXT, term TEXT, id TEXT)")
        connection.execute("INSERT INTO t_things VALUES ('words', 'red', 'a')")
        connection.execute("INSERT INTO parley_fields VALUES ('things', 'words', 'terms')")
    database = EmbeddedDatabase(path)
    things = database.collection(THINGS)
    await database.start()
    assert await all_ids(things, {"words": HasTerms(["red"])}) == ["a"]
    assert await all_ids(things, {"tenant_id": None, "words": HasTerms(["blue"])}) == ["b"]
    await database.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 't_things'").fetchone() == (0,)


async def test_hits_among_many_are_read_in_order_without_reading_the_others(database: EmbeddedDatabase) -> None:
    """Counted in steps of SQLite's machine, which cannot be noisy: a page of a word that all have costs no more."""
    things = database.collection(own_spec())
    many = [thing(f"d{n:04}", tenant_id="t", due_at=minutes(n), words=["all", f"w{n % 2}"]) for n in range(2000)]
    await things.insert_many(many)

    async def steps(*words: str, **filters: Any) -> int:
        tests = parse(things.spec, {"tenant_id": "t", "words": HasTerms(words), **filters})
        counted = 0

        def count() -> None:
            nonlocal counted
            counted += 1

        def page(connection: sqlite3.Connection) -> int:
            connection.set_progress_handler(count, 1)
            try:
                return len(read_page(connection, things.layout, tests, Sort("due_at", descending=True), (None, 10)))
            finally:
                connection.set_progress_handler(None, 0)

        assert await database.read(page) == (0 if filters else 10)
        return counted

    assert await steps("all") < 600
    assert await steps("all", "w0") < 600
    assert await steps("all", open=True) < 600


async def test_a_caller_who_gives_up_leaves_the_others_alone(database: EmbeddedDatabase) -> None:
    things = database.collection(own_spec())
    await database.start()
    tasks = [asyncio.create_task(things.insert(thing(f"d{n:02}"))) for n in range(40)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    for task in tasks[1::2]:
        assert await task
    assert set(await all_ids(things, {})) >= {f"d{n:02}" for n in range(1, 40, 2)}


async def test_a_save_that_changes_no_declared_field_rewrites_no_index(path: Path, database: EmbeddedDatabase) -> None:
    """SQLite would write a page for each index of each column that a statement names."""
    things = database.collection(own_spec())
    wal = path.with_name(path.name + "-wal")
    await things.insert_many([thing(f"d{n:04}", n=n, due_at=minutes(n), name=f"n{n}") for n in range(2000)])

    async def written(**changed: Any) -> int:
        stored = await things.get("d1000") or {}
        before = wal.stat().st_size
        assert await things.replace({**stored, **changed, "version": stored["version"] + 1}, stored["version"])
        return wal.stat().st_size - before

    nothing = await written(free="text")
    assert 2 * nothing <= await written(n=5, due_at=minutes(5), name="n5")


async def test_a_sum_beyond_64_bits_is_refused_not_rounded(database: EmbeddedDatabase) -> None:
    """MongoDB answers with a float, which its adapter refuses too; the stand-in wraps around and cannot show it."""
    things = database.collection(own_spec())
    await things.insert_many([thing("a", n=2**63 - 1), thing("b", n=2**63 - 1)])
    for by in (None, "n", "name"):
        with suppress(Invalid) if by == "n" else pytest.raises(Invalid, match="sum_too_large"):
            await things.sum_by({}, "n", by)


@pytest.mark.parametrize(
    ("where", "sort"),
    [
        ({"tenant_id": "t"}, Sort("due_at")),
        ({"tenant_id": "t"}, Sort("due_at", descending=True)),
        ({"tenant_id": "t", "due_at": Range(lte=minutes(5))}, Sort("due_at")),
        ({"tenant_id": "t", "name": Prefix("an")}, Sort("name")),
        ({"tenant_id": "t", "name": Prefix("an")}, Sort("name", then="n")),
        ({"tenant_id": "t", "name": Prefix("an")}, Sort("name", descending=True, then="n")),
        ({"tenant_id": "t", "name": "anna"}, Sort("n")),
        ({"id": In(["a", "b"])}, Sort()),
        ({}, Sort()),
    ],
)
async def test_every_page_goes_along_an_index(database: EmbeddedDatabase, where: dict[str, Any], sort: Sort) -> None:
    things = database.collection(own_spec())
    await things.insert_many([thing(f"d{n}", tenant_id="t", due_at=minutes(n // 2), name="anna") for n in range(20)])
    first = await things.find(where, sort=sort, limit=1)
    statements: list[str] = []

    def explained(connection: sqlite3.Connection) -> list[str]:
        connection.set_trace_callback(statements.append)
        position = None
        if first.items:
            position = position_of(sort, first.items[0])
        query.read_page(connection, things.layout, parse(things.spec, where), sort, (position, 30))
        connection.set_trace_callback(None)
        selects = [statement for statement in statements if statement.startswith("SELECT")]
        return [row[3] for text in selects for row in connection.execute(f"EXPLAIN QUERY PLAN {text}")]

    plan = await database.read(explained)
    assert plan
    for step in plan:
        assert "TEMP B-TREE" not in step, plan
        assert "USING" in step, plan


def _index_pages(path: Path) -> dict[str, int]:
    """Name → where it begins in the file, of each index that was made by a statement."""
    with closing(sqlite3.connect(path)) as connection:
        made = "SELECT name, rootpage FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        return dict(connection.execute(made).fetchall())


def _schema_version(path: Path) -> int:
    """Grows with every change of a table or index."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA schema_version").fetchone()[0]


def _integrity(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        connection.close()
