"""Conditional writes: the second writer gets a refusal, and its write changes nothing."""

from __future__ import annotations

import asyncio

import pytest

from shared.database.protocol import Collection, Database, HasTerms, In, Range
from testkit.contract.database_contract import all_ids, minutes, own_spec, thing


async def test_the_first_insert_wins_and_the_second_changes_nothing(things: Collection) -> None:
    assert await things.insert(thing("a", n=1))
    assert not await things.insert(thing("a", n=2))
    assert await things.get("a") == thing("a", n=1)
    assert await things.get("b") is None


async def test_fifty_replaces_of_one_version_have_one_winner(things: Collection) -> None:
    await things.insert(thing("a", n=-1))
    for version in range(1, 21):
        attempts = [things.replace(thing("a", n=who) | {"version": version + 1}, version) for who in range(50)]
        won = await asyncio.gather(*attempts)
        stored = await things.get("a")
        assert won.count(True) == 1
        assert stored is not None
        assert (stored["version"], stored["n"]) == (version + 1, won.index(True))


async def test_fifty_inserts_of_one_id_have_one_winner(things: Collection) -> None:
    for round in range(20):
        won = await asyncio.gather(*(things.insert(thing(f"a{round}", n=who)) for who in range(50)))
        stored = await things.get(f"a{round}")
        assert won.count(True) == 1
        assert stored is not None
        assert stored["n"] == won.index(True)


async def test_writers_of_two_processes_race_fairly(database: Database, backend_open: list[Database]) -> None:
    spec = own_spec()
    mine, theirs = database.collection(spec), backend_open[0].collection(spec)
    await mine.insert(thing("a"))
    for version in range(1, 11):
        attempts = [side.replace(thing("a") | {"version": version + 1}, version) for side in (mine, theirs) * 5]
        assert (await asyncio.gather(*attempts)).count(True) == 1


async def test_a_replace_needs_the_version_that_is_stored(things: Collection) -> None:
    assert not await things.replace(thing("a") | {"version": 2}, 1)
    await things.insert(thing("a"))
    assert not await things.replace(thing("a") | {"version": 4}, 3)
    assert await things.replace(thing("a") | {"version": 2}, 1)
    assert not await things.replace(thing("a") | {"version": 2}, 1)


async def test_a_replacement_that_keeps_its_version_is_our_mistake(things: Collection) -> None:
    await things.insert(thing("a"))
    for version in (1, 0, None, True, "2"):
        with pytest.raises(ValueError, match="higher"):
            await things.replace(thing("a") | {"version": version}, 1)


async def test_a_replace_drops_the_fields_that_are_gone(things: Collection) -> None:
    await things.insert(thing("a", n=1, name="x", words=["one", "two"], extra={"deep": [1]}))
    await things.replace(thing("a", words=["two", "three"]) | {"version": 2}, 1)
    assert await things.get("a") == thing("a", words=["two", "three"]) | {"version": 2}
    assert await things.count({"n": 1}) == 0
    assert await things.count({"words": HasTerms(["one"])}) == 0
    assert await things.count({"words": HasTerms(["two", "three"])}) == 1


async def test_put_keeps_the_highest_revision(things: Collection) -> None:
    assert await things.put(thing("a", n=5) | {"revision": 5})
    assert not await things.put(thing("a", n=5) | {"revision": 5})
    assert not await things.put(thing("a", n=4) | {"revision": 4})
    assert await things.put(thing("a", n=6, words=["w"]) | {"revision": 6})
    assert await things.get("a") == thing("a", n=6, words=["w"]) | {"revision": 6}
    assert await things.count({"words": HasTerms(["w"])}) == 1


async def test_concurrent_puts_leave_the_highest_revision(things: Collection) -> None:
    for round in range(10):
        revisions = [(who * 7) % 30 for who in range(30)]
        await asyncio.gather(*(things.put(thing(f"a{round}") | {"revision": r}) for r in revisions))
        stored = await things.get(f"a{round}")
        assert stored is not None
        assert stored["revision"] == 29


async def test_a_put_without_revision_is_our_mistake(things: Collection) -> None:
    with pytest.raises(ValueError, match="revision"):
        await things.put({"id": "a"})


async def test_a_put_never_replaces_what_has_no_revision(things: Collection) -> None:
    await things.insert({"id": "a", "n": 1})
    assert not await things.put(thing("a", n=2))
    assert await things.get("a") == {"id": "a", "n": 1}


async def test_ten_thousand_documents_at_once_with_some_already_there(things: Collection) -> None:
    there = {f"d{number:05}" for number in range(0, 10_000, 7)}
    await things.insert_many([thing(id, n=-1) for id in sorted(there)])
    new = await things.insert_many([thing(f"d{number:05}", n=number) for number in range(10_000)])
    assert new == [f"d{number:05}" for number in range(10_000) if f"d{number:05}" not in there]
    assert await things.count({}) == 10_000
    assert await things.count({"n": -1}) == len(there)


async def test_the_first_of_two_with_one_id_in_a_bulk_stays(things: Collection) -> None:
    assert await things.insert_many([thing("a", n=1), thing("b"), thing("a", n=2)]) == ["a", "b"]
    stored = await things.get("a")
    assert stored is not None
    assert stored["n"] == 1
    assert await things.insert_many([]) == []


async def test_delete_takes_what_matches_and_says_how_many(things: Collection) -> None:
    await things.insert_many([thing(f"d{n}", n=n, words=["all", f"w{n}"]) for n in range(10)])
    assert await things.delete({"n": Range(lt=3)}) == 3
    assert await things.delete({"words": HasTerms(["w5"])}) == 1
    assert await things.delete({"id": In(["d8", "d9", "gone"])}) == 2
    assert await things.delete({"n": Range(lt=3)}) == 0
    assert await all_ids(things, {"words": HasTerms(["all"])}) == ["d3", "d4", "d6", "d7"]


async def test_delete_everything_by_accident_is_refused(things: Collection) -> None:
    await things.insert(thing("a"))
    with pytest.raises(ValueError, match="empty"):
        await things.delete({})
    assert await things.count({}) == 1


async def test_a_deleted_id_can_be_used_again_without_its_old_words(things: Collection) -> None:
    await things.insert(thing("a", words=["old"]))
    await things.delete({"id": "a"})
    assert await things.insert(thing("a", words=["new"]))
    assert await things.count({"words": HasTerms(["old"])}) == 0


async def test_due_work_is_claimed_once_by_racing_workers(things: Collection) -> None:
    """The way every worker claims: find what is due and free, replace it with a lease, losing is normal."""
    jobs = [thing(f"job{n:02}", tenant_id="t", due_at=minutes(n), open=True) for n in range(40)]
    await things.insert_many(jobs)
    claimed: list[str] = []

    async def worker(who: int) -> None:
        while True:
            due = {"tenant_id": "t", "due_at": Range(lte=minutes(29)), "open": True}
            page = (await things.find(due, limit=5)).items
            if not page:
                return
            for job in page:
                lease = {**job, "open": False, "by": who, "version": job["version"] + 1}
                if await things.replace(lease, job["version"]):
                    claimed.append(job["id"])

    await asyncio.gather(*(worker(who) for who in range(8)))
    assert sorted(claimed) == [f"job{n:02}" for n in range(30)]


async def test_a_reader_never_sees_half_a_document(things: Collection) -> None:
    def whole(version: int) -> dict[str, object]:
        fields = {f"f{number:02}": version for number in range(40)}
        return thing("a", n=version, list=[version] * 200, **fields) | {"version": version}

    await things.insert(whole(1))

    async def write() -> None:
        for version in range(1, 150):
            assert await things.replace(whole(version + 1), version)

    async def read() -> None:
        while not writing.done():
            found = [await things.get("a"), *(await things.find({"id": "a"})).items]
            for stored in found:
                assert stored is not None
                assert stored == whole(stored["version"])

    writing = asyncio.create_task(write())
    await asyncio.gather(writing, *(read() for _ in range(4)))


async def test_clear_empties_every_collection(database: Database) -> None:
    one, two = database.collection(own_spec()), database.collection(own_spec())
    await database.start()
    await one.insert(thing("a", words=["x"]))
    await two.insert(thing("a"))
    await database.clear()
    assert await one.count({}) == await two.count({}) == 0
    assert await one.insert(thing("a"))
    assert await one.count({"words": HasTerms(["x"])}) == 0
