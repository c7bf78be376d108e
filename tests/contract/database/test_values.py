"""What goes in comes out, exactly; what cannot is refused with a code, alike in every store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.database.protocol import MAX_DOCUMENT_BYTES, Collection, CollectionSpec, Database, Range, Sort
from shared.database.validation import checked
from shared.errors import Invalid, TooLarge
from testkit.contract.database_contract import minutes, own_spec, thing

VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 2**31, -(2**31) - 1, 2**40, -(2**40), 2**53 + 1, 2**63 - 1, -(2**63)),
    *(0.0, 1.0, -1.5, 0.1, 1e300, 5e-324, 1e16, 123456789.123456789),
    *(
        "",
        " ",
        "a\0b",
        "\0",
        "é",
        "e\u0301",
        "日本語",
        "😀👩‍👩‍👧",
        "\u2028",
        "\ufeff",
        '"\\/\b\f\n\r\t',
        "\x7f\x80",
        "\U0010ffff",
    ),
    *('{"$t":1}', "$t", "{$", "c" * 100_000),
    *(b"", b"\0\xff", bytes(range(256))),
    *([], {}, [[]], [{}], {"a": {}}, {"a": []}, [None], [1, "a", None, 2.5, [True, {"b": [b"x", minutes(1)]}]]),
    *({"t": 1}, {"b": "eA=="}, {"id": "inner", "version": "text", "_x": 1, "ü": 2, "with space": 3, "0": 4}),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:30])
async def test_values_come_back_exactly(things: Collection, value: Any) -> None:
    document = thing("a", value=value, nested={"list": [value, {"deep": value}]})
    await things.insert(document)
    stored = await things.get("a")
    assert stored == document
    assert stored is not None
    assert type(stored["value"]) is type(value)
    assert type(stored["nested"]["list"][1]["deep"]) is type(value)
    found = (await things.find({})).items
    assert found == [document]


async def test_what_was_checked_before_is_stored_like_anything_else_and_stays_as_it_is(things: Collection) -> None:
    document = checked(thing("a", at=minutes(1), nested={"bytes": b"x", "times": [minutes(2)], "none": None}))
    before = dict(document)
    assert await things.insert(document)
    assert await things.insert(thing("b", state=document, list=[document]))
    first, second = (await things.find({})).items
    assert first == second["state"] == second["list"][0] == document == before


async def test_a_check_before_refuses_what_a_save_would(things: Collection) -> None:
    naive = minutes(1).replace(tzinfo=None)
    for bad in ({"at": naive}, {"n": 2**63}, {"a.b": 1}, {"text": "\ud800"}, {"n": float("nan")}):
        with pytest.raises(Invalid):
            checked(bad)
        with pytest.raises(Invalid):
            await things.insert(thing("a", state=bad))
    with pytest.raises(ValueError, match="declared"):
        await things.insert(checked(thing("a", n="no number")))


@pytest.mark.parametrize("text", ["a\0b", "", "日本語", "😀", "a'b\"c", "%_", "x" * 500])
async def test_any_text_can_be_an_id_and_be_asked_for(things: Collection, text: str) -> None:
    id = text or "-"
    await things.insert(thing(id, name=text, words=[text, "other"]))
    for where in ({"id": id}, {"name": text}):
        assert [item["id"] for item in (await things.find(where)).items] == [id]
    assert await things.get(id) is not None
    assert await things.count_by({}, "name") == {text: 1}


async def test_times_come_back_in_utc_with_whole_milliseconds(things: Collection) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    summer = datetime(2026, 10, 25, 2, 30, 0, 999_999, tzinfo=berlin, fold=0)
    winter = datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=1)
    india = datetime(2026, 1, 1, 0, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    early = datetime(1, 1, 1, tzinfo=UTC)
    late = datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
    before_epoch = datetime(1969, 12, 31, 23, 59, 59, 999_500, tzinfo=UTC)
    moments = [summer, winter, india, early, late, before_epoch]
    await things.insert_many([thing(f"d{n}", due_at=moment, deep=[moment]) for n, moment in enumerate(moments)])
    expected = [
        datetime(2026, 10, 25, 0, 30, 0, 999_000, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2025, 12, 31, 18, 30, tzinfo=UTC),
        early,
        late,
        datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    ]
    for number, moment in enumerate(expected):
        stored = await things.get(f"d{number}")
        assert stored is not None
        for value in (stored["due_at"], stored["deep"][0]):
            assert value == moment
            assert value.tzinfo is UTC
        assert await things.count({"due_at": moments[number]}) == 1
    by_time = [item["id"] for item in (await things.find({}, sort=Sort("due_at"))).items]
    assert by_time == ["d3", "d5", "d2", "d0", "d1", "d4"]
    assert await things.count({"due_at": Range(gt=summer, lte=winter)}) == 1


async def test_what_was_written_is_not_tied_to_what_is_read(things: Collection) -> None:
    document = thing("a", list=[1])
    await things.insert(document)
    document["list"].append(2)
    stored = await things.get("a")
    assert stored == thing("a", list=[1])


class Colour(StrEnum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


async def test_plain_cousins_of_plain_values_are_kept_as_these(things: Collection) -> None:
    await things.insert(thing("a", pair=(1, (2,)), colour=Colour.RED, level=Level.HIGH, data=bytearray(b"x")))
    stored = await things.get("a")
    assert stored == thing("a", pair=[1, [2]], colour="red", level=3, data=b"x")
    assert stored is not None
    assert type(stored["colour"]) is str
    assert type(stored["level"]) is int


DEEP: list[Any] = []
for _ in range(200):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (2**63, "bad_number"),
        (-(2**63) - 1, "bad_number"),
        (float("nan"), "bad_number"),
        (float("inf"), "bad_number"),
        ("\ud800", "bad_text"),
        ("ok \udfff", "bad_text"),
        (datetime(2026, 1, 1), "naive_datetime"),  # noqa: DTZ001 - that is the point
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))), "bad_datetime"),
        ({"$set": 1}, "bad_key"),
        ({"a.b": 1}, "bad_key"),
        ({"": 1}, "bad_key"),
        ({"a\0": 1}, "bad_key"),
        ({"\ud800": 1}, "bad_text"),
        (DEEP, "document_too_deep"),
    ],
)
async def test_what_no_store_could_keep_is_refused_with_a_code(things: Collection, value: Any, code: str) -> None:
    for bad in ({"value": value}, {"value": [{"deep": value}]}):
        for write in (things.insert, things.put):
            with pytest.raises(Invalid) as caught:
                await write(thing("a", **bad))
            assert caught.value.code == code
        with pytest.raises(Invalid):
            await things.replace(thing("a", **bad) | {"version": 2}, 1)
        with pytest.raises(Invalid):
            await things.insert_many([thing("b", **bad)])
    assert await things.count({}) == 0


async def test_half_a_character_is_refused_in_questions_too(things: Collection) -> None:
    with pytest.raises(Invalid, match="bad_text"):
        await things.get("\ud800")
    with pytest.raises(Invalid, match="bad_text"):
        await things.find({"name": "\ud800"})
    with pytest.raises(Invalid, match="naive_datetime"):
        await things.find({"due_at": datetime(2026, 1, 1)})  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    "document",
    [
        {"n": 1},
        {"id": ""},
        {"id": 3},
        {"id": None},
        thing("a", n="3"),
        thing("a", n=True),
        thing("a", n=1.0),
        thing("a", open=1),
        thing("a", name=["x"]),
        thing("a", due_at=5),
        thing("a", words="red"),
        thing("a", words=["red", None]),
        thing("a", words=["red", 1]),
    ],
)
async def test_a_declared_field_of_another_type_is_our_mistake(things: Collection, document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="things"):
        await things.insert(document)
    assert await things.count({}) == 0


async def test_what_is_no_value_at_all_is_our_mistake(things: Collection) -> None:
    for value in (object(), {1, 2}, 1j):
        with pytest.raises(TypeError):
            await things.insert(thing("a", value=value))
    with pytest.raises(Invalid, match="bad_key"):
        await things.insert(thing("a", _id="b"))


async def test_a_document_that_grew_too_large_is_a_clear_error(things: Collection) -> None:
    big = "x" * MAX_DOCUMENT_BYTES
    await things.insert(thing("a", n=1))
    with pytest.raises(TooLarge, match="document_too_large"):
        await things.insert(thing("b", big=big))
    with pytest.raises(TooLarge, match="document_too_large"):
        await things.replace(thing("a", big=big) | {"version": 2}, 1)
    with pytest.raises(TooLarge, match="document_too_large"):
        await things.put(thing("a", big=big) | {"revision": 2})
    with pytest.raises(TooLarge, match="document_too_large"):
        await things.insert_many([*(thing(f"c{n}") for n in range(600)), thing("b", big=big)])
    assert await things.count({}) == 1
    assert await things.get("a") == thing("a", n=1)
    nearly = thing("d", big=["x" * 1024] * (MAX_DOCUMENT_BYTES // 1024 - 200))
    assert await things.insert(nearly)
    assert await things.get("d") == nearly


async def test_one_name_is_one_collection(database: Database) -> None:
    spec = own_spec()
    assert database.collection(spec) is database.collection(spec)
    with pytest.raises(ValueError, match="twice"):
        database.collection(CollectionSpec(spec.name, {"other": "str"}))
    assert database.collection(spec).spec == spec


@pytest.mark.parametrize(
    "spec",
    [
        CollectionSpec("Bad Name", {}),
        CollectionSpec('x"; DROP TABLE y; --', {}),
        CollectionSpec("things", {"a.b": "str"}),
        CollectionSpec("things", {"id": "str"}),
        CollectionSpec("things", {"n": "int"}, (("n", "unknown"),)),
    ],
)
async def test_a_declaration_that_makes_no_sense_is_our_mistake(database: Database, spec: CollectionSpec) -> None:
    with pytest.raises(ValueError, match=r"."):
        database.collection(spec)


async def test_a_collection_declared_after_start_works_at_once(database: Database) -> None:
    collection = database.collection(own_spec())
    assert await collection.get("a") is None
    assert await collection.insert(thing("a", n=1))
    assert await collection.count({"n": 1}) == 1


async def test_an_answering_database_answers_pings(database: Database) -> None:
    await database.ping()
    moment = await database.server_time()
    assert moment is None or moment.tzinfo is UTC
