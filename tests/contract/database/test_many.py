"""Many conditional writes in one call: each has its own answer, and none spoils another."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from shared.database.protocol import MAX_DOCUMENT_BYTES, Collection, CollectionSpec, Database, HasTerms
from shared.database.validation import Checked
from shared.errors import TooLarge
from shared.values import Moment, Value
from testkit.contract.database_contract import all_ids, minutes, own_spec, thing


class Part(Value):
    at: Moment
    body: bytes
    words: tuple[str, ...] = ()


def revised(id: str, revision: int, **fields: Any) -> dict[str, Any]:
    return thing(id, **fields) | {"revision": revision}


def versioned(id: str, version: int, **fields: Any) -> dict[str, Any]:
    return thing(id, **fields) | {"version": version}


async def test_each_put_of_many_says_whether_it_was_newer(things: Collection) -> None:
    await things.insert_many([revised("older", 1), revised("same", 2), revised("newer", 3), {"id": "none"}])
    puts = [revised(id, 2, n=2, words=[id]) for id in ("absent", "older", "same", "newer", "none")]
    assert await things.put_many(puts) == [True, True, False, False, False]
    assert await all_ids(things, {"n": 2}) == ["absent", "older"]
    assert await things.get("older") == revised("older", 2, n=2, words=["older"])
    assert await things.count({"words": HasTerms(["absent"])}) == 1
    assert await things.count({"words": HasTerms(["newer"])}) == 0
    assert await things.put_many(puts) == [False] * 5
    assert await things.put_many([]) == []


async def test_each_replace_of_many_says_whether_its_version_was_there(things: Collection) -> None:
    await things.insert_many([versioned("a", 1, n=0), versioned("b", 2, n=0), versioned("c", 1, words=["old"])])
    changes = [(versioned(id, 2, n=1, words=["new"]), 1) for id in ("a", "b", "c", "absent")]
    assert await things.replace_many(changes) == [True, False, True, False]
    assert await all_ids(things, {"n": 1}) == ["a", "c"]
    assert await things.get("a") == versioned("a", 2, n=1, words=["new"])
    assert await things.count({"words": HasTerms(["old"])}) == 0
    assert await things.get("absent") is None
    assert await things.replace_many(changes) == [False] * 4
    assert await things.replace_many([(versioned("a", 3), 2), (versioned("c", 5), 2)]) == [True, True]
    assert await things.replace_many([]) == []


async def test_a_value_in_a_checked_document_is_kept_as_its_fields(things: Collection) -> None:
    part = Part(at=minutes(1), body=b"\x00", words=('{"$t":1}', "é"))
    assert await things.insert_many([Checked(thing("a", free=part)), Checked(thing("b", free=[part, None]))]) == [
        "a",
        "b",
    ]
    fields = {"at": "2026-03-01T12:01:00Z", "body": "AA==", "words": ['{"$t":1}', "é"]}
    assert await things.get("a") == thing("a", free=fields)
    assert await things.get("b") == thing("b", free=[fields, None])


async def test_ids_that_were_new_come_in_order_each_once(database: Database) -> None:
    things = database.collection(own_spec(CollectionSpec("plain", {"n": "int"}, (("n",),))))
    assert await things.insert_many([thing("b", n=1), thing("d", n=1)]) == ["b", "d"]
    asked = [thing(id, n=2) for id in ("d", "c", "a", "c", "b", "e")]
    assert await things.insert_many(asked) == ["c", "a", "e"]
    assert await all_ids(things, {"n": 2}) == ["a", "c", "e"]
    assert await things.get("d") == thing("d", n=1)


async def test_what_a_bulk_replaced_reads_like_any_other_document(things: Collection) -> None:
    await things.insert_many([versioned("a", 1), versioned("b", 1)])
    await things.replace_many([(versioned("a", 2), 1), (versioned("b", 9), 7)])
    assert await things.get("a") == versioned("a", 2)
    assert (await things.find({})).items == [versioned("a", 2), versioned("b", 1)]


async def test_an_id_that_comes_twice_is_written_in_turn(things: Collection) -> None:
    puts = [revised("a", 2, n=2), revised("b", 1), revised("a", 1, n=1), revised("a", 3, n=3)]
    assert await things.put_many(puts) == [True, True, False, True]
    assert await things.get("a") == revised("a", 3, n=3)
    await things.insert(versioned("v", 1))
    changes = [(versioned("v", 2, n=2), 1), (versioned("v", 3, n=3), 1), (versioned("v", 4, n=4), 2)]
    assert await things.replace_many(changes) == [True, False, True]
    assert await things.get("v") == versioned("v", 4, n=4)


async def test_an_id_that_comes_twice_takes_no_answer_from_another(things: Collection) -> None:
    await things.insert_many([versioned("a", 1), versioned("b", 1)])
    changes = [(versioned("a", 2), 1), (versioned("b", 2), 1), (versioned("a", 8), 7), (versioned("b", 3), 2)]
    assert await things.replace_many(changes) == [True, True, False, True]
    assert (await things.find({})).items == [versioned("a", 2), versioned("b", 3)]


async def test_a_document_that_is_too_large_holds_up_no_other(things: Collection) -> None:
    large = "x" * (MAX_DOCUMENT_BYTES + 1)
    with pytest.raises(TooLarge, match="document_too_large"):
        await things.put_many([revised("a", 1), revised("large", 1, text=large), revised("b", 1)])
    assert await all_ids(things, {}) == ["a", "b"]
    with pytest.raises(TooLarge, match="document_too_large"):
        await things.replace_many([(versioned("a", 2, text=large), 1), (versioned("b", 2), 1)])
    assert [item["version"] for item in (await things.find({})).items] == [1, 2]


async def test_a_document_that_is_our_mistake_holds_up_no_other(things: Collection) -> None:
    with pytest.raises(ValueError, match="revision"):
        await things.put_many([{"id": "none"}, revised("a", 1)])
    with pytest.raises(ValueError, match="declared int"):
        await things.put_many([revised("wrong", 1, n="text"), revised("b", 1)])
    assert await all_ids(things, {}) == ["a", "b"]
    with pytest.raises(ValueError, match="higher"):
        await things.replace_many([(versioned("a", 1), 1), (versioned("b", 2), 1)])
    assert [item["version"] for item in (await things.find({})).items] == [1, 2]


async def test_racing_puts_of_many_leave_the_highest_revision_of_each(things: Collection) -> None:
    ids = [f"d{number}" for number in range(8)]
    for round in range(1, 6):
        revisions = [round * 100 + (who * 7) % 20 for who in range(20)]
        await asyncio.gather(*(things.put_many([revised(id, r, n=r) for id in ids]) for r in revisions))
        assert {(item["revision"], item["n"]) for item in (await things.find({})).items} == {(max(revisions),) * 2}


async def test_racing_replaces_of_many_have_one_winner_each(database: Database, backend_open: list[Database]) -> None:
    """Two processes ask for overlapping documents, some of the changes equal to the byte."""
    spec = own_spec()
    mine, theirs = database.collection(spec), backend_open[0].collection(spec)
    ids = [f"d{number}" for number in range(6)]
    await mine.insert_many([versioned(id, 1) for id in ids])
    for version in range(1, 9):
        asked = [ids[who % 3 : who % 3 + 4] for who in range(6)]
        calls = [
            (mine, theirs)[who % 2].replace_many([(versioned(id, version + 1, n=who // 3), version) for id in some])
            for who, some in enumerate(asked)
        ]
        answers = await asyncio.gather(*calls)
        won = [
            id for some, given in zip(asked, answers, strict=True) for id, yes in zip(some, given, strict=True) if yes
        ]
        assert sorted(won) == ids


async def test_hundreds_at_once(things: Collection) -> None:
    puts = [revised(f"d{number:03}", 1, n=number) for number in range(300)]
    assert await things.put_many(puts) == [True] * 300
    assert await things.replace_many([(versioned(put["id"], 2), 1) for put in puts]) == [True] * 300
    assert await things.count({}) == 300
