"""Asking: every condition, every order, pages that stay put, and sums. Null is missing and sorts first."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from shared.database.protocol import Collection, HasTerms, In, Prefix, Range, Sort
from shared.errors import Invalid
from testkit.contract.database_contract import START, DatabaseBackend, all_ids, minutes, thing

NAMES = [
    "",
    "a",
    "a%",
    "a%b",
    "a_b",
    "axb",
    "a.*",
    "a\\b",
    "A",
    "[a]",
    "^a",
    "ä",
    "äx",
    "日本",
    "日本語",
    "😀",
    "😀!",
    "a\0b",
]


async def fill(things: Collection) -> None:
    await things.insert_many(
        [
            thing("1", tenant_id="t", n=3, name="anna", open=True, due_at=minutes(1), words=["red", "blue"]),
            thing("2", tenant_id="t", n=1, name="bob", open=False, due_at=minutes(2), words=["red"]),
            thing("3", tenant_id="t", n=None, name=None, open=None, due_at=None, words=[]),
            thing("4", tenant_id="t"),
            thing(
                "5", tenant_id="t", n=3, name="Anna", open=True, due_at=minutes(2), words=["blue"], more_words=["red"]
            ),
            thing("6", tenant_id="u", n=2, name="ann", open=False, due_at=minutes(0), words=["red", "blue", "green"]),
        ]
    )


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({}, "123456"),
        ({"tenant_id": "t"}, "12345"),
        ({"tenant_id": "t", "n": 3}, "15"),
        ({"n": None}, "34"),
        ({"open": False}, "26"),
        ({"due_at": minutes(2)}, "25"),
        ({"id": "4"}, "4"),
        ({"id": "4", "tenant_id": "u"}, ""),
        ({"n": In([1, 2])}, "26"),
        ({"n": In([None, 2])}, "346"),
        ({"n": In([None])}, "34"),
        ({"n": In([])}, ""),
        ({"n": In([3, 3])}, "15"),
        ({"due_at": In([minutes(0), minutes(1)])}, "16"),
        ({"id": In(["1", "9", "6"])}, "16"),
        ({"n": Range(gt=1)}, "156"),
        ({"n": Range(gte=1, lt=3)}, "26"),
        ({"n": Range(gt=1, lte=2)}, "6"),
        ({"n": Range(lt=10)}, "1256"),
        ({"n": Range()}, "1256"),
        ({"due_at": Range(lte=minutes(1))}, "16"),
        ({"name": Range(gte="a", lt="b")}, "16"),
        ({"id": Range(gt="4")}, "56"),
        ({"name": Prefix("ann")}, "16"),
        ({"name": Prefix("")}, "1256"),
        ({"name": Prefix("annab")}, ""),
        ({"words": HasTerms(["red"])}, "126"),
        ({"words": HasTerms(["red", "blue"])}, "16"),
        ({"words": HasTerms(["red", "blue", "red"])}, "16"),
        ({"words": HasTerms(["re"])}, ""),
        ({"words": HasTerms([])}, "123456"),
        ({"words": HasTerms(["blue"]), "more_words": HasTerms(["red"])}, "5"),
        ({"tenant_id": "t", "words": HasTerms(["blue"]), "n": Range(gte=3)}, "15"),
        ({"tenant_id": "t", "words": HasTerms(["red"]), "name": In(["anna", "Anna", "ann"])}, "1"),
        ({"tenant_id": "t", "words": HasTerms(["red"]), "name": In(["bob", None])}, "2"),
        ({"tenant_id": "t", "words": HasTerms(["blue"]), "id": In(["1", "4", "6"])}, "1"),
        ({"words": HasTerms(["red", "blue"]), "id": In(["1", "4", "6"]), "n": Range(lt=3)}, "6"),
    ],
)
async def test_conditions_find_count_and_delete_the_same(
    things: Collection, where: dict[str, object], ids: str
) -> None:
    await fill(things)
    assert await all_ids(things, where) == list(ids)
    assert await things.count(where) == len(ids)
    if where:
        assert await things.delete(where) == len(ids)
        assert await all_ids(things, {}) == [id for id in "123456" if id not in ids]


@pytest.mark.parametrize("prefix", [*NAMES, "\U0010ffff", "a\U0010ffff"])
async def test_a_prefix_is_plain_text_whatever_is_in_it(things: Collection, prefix: str) -> None:
    names = [*NAMES, "\U0010ffff", "\U0010ffffz", "a\U0010ffff\U0010ffff"]
    await things.insert_many([thing(f"{number:02}", name=name) for number, name in enumerate(names)])
    expected = [f"{number:02}" for number, name in enumerate(names) if name.startswith(prefix)]
    assert await all_ids(things, {"name": Prefix(prefix)}) == expected


@pytest.mark.parametrize("field", ["n", "name", "open", "due_at", "id"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
async def test_pages_follow_one_another_through_ties_and_nulls(
    things: Collection, field: str, descending: bool, limit: int
) -> None:
    documents = [
        thing(
            f"d{number:02}",
            tenant_id="t",
            n=[None, -5, 0, 2**40][number % 4],
            name=[None, "", "a", "b"][number % 4],
            open=[None, False, True][number % 3],
            due_at=[None, minutes(-1), minutes(1)][number % 3],
        )
        for number in range(20)
    ]
    await things.insert_many(documents)
    await things.insert(thing("other", tenant_id="u", n=1))

    def place(document: dict[str, object]) -> tuple[object, ...]:
        value = document[field]
        return (value is not None, value if value is not None else 0, document["id"])

    expected = [document["id"] for document in sorted(documents, key=place, reverse=descending)]
    assert await all_ids(things, {"tenant_id": "t"}, Sort(field, descending), limit) == expected


@pytest.mark.parametrize("descending", [False, True])
async def test_pages_stay_put_while_documents_come_and_go(things: Collection, descending: bool) -> None:
    await things.insert_many([thing(f"d{number:03}", n=number // 10) for number in range(100)])
    sort, seen, cursor, turn = Sort("n", descending), [], None, 0
    while True:
        page = await things.find({}, sort=sort, limit=9, cursor=cursor)
        seen += [item["id"] for item in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
        await things.insert_many([thing(f"new{turn:02}{number}", n=number) for number in range(10)])
        await things.delete({"id": In([page.items[-1]["id"], page.items[0]["id"]])})
        turn += 1
    old = [id for id in seen if id.startswith("d")]
    assert old == sorted((f"d{number:03}" for number in range(100)), reverse=descending)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 3, 100])
async def test_pages_of_hits_follow_the_order_of_their_index(things: Collection, descending: bool, limit: int) -> None:
    """Moments that are equal, one millisecond apart, missing, before 1970 and far ahead."""
    moments = [None, START, START, START + timedelta(milliseconds=1), START - timedelta(milliseconds=100)]
    moments += [datetime(1950, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)]
    words = [["red"], ["red", "blue"], ["blue"]]
    documents = [
        thing(f"d{n:02}", tenant_id="tu"[n % 11 == 0], due_at=moments[n % 8], words=words[n % 3], open=n % 5 > 0)
        for n in range(60)
    ]
    await things.insert_many(documents)
    for number, document in enumerate(documents[::4]):
        moved = document | {"version": 2, "due_at": moments[number % 8]}
        assert await things.replace(moved, 1)
        document.update(moved)
    where = {"tenant_id": "t", "words": HasTerms(["red"]), "open": True}

    def place(document: dict[str, Any]) -> tuple[object, ...]:
        return (document["due_at"] is not None, document["due_at"] or START, document["id"])

    mine = [d for d in documents if d["tenant_id"] == "t" and "red" in d["words"] and d["open"]]
    expected = [document["id"] for document in sorted(mine, key=place, reverse=descending)]
    assert await all_ids(things, where, Sort("due_at", descending), limit) == expected


@pytest.mark.parametrize(
    "term",
    ["", "A", "a", "Ä", "ä", "a b", "a_b", "a-b", '"', "'", "*", "a\0b", "OR", "日本", "😀", "x" * 201, "é" * 300],
)
async def test_a_word_is_found_exactly_whatever_is_in_it(things: Collection, term: str) -> None:
    near = [term + "x", "x" + term, term.swapcase() + "y", f"{term} {term}"]
    await things.insert_many([thing("a", tenant_id="t", words=[term]), thing("b", tenant_id="t", words=near)])
    await things.insert(thing("c", tenant_id="t", more_words=[term]))
    await things.insert(thing("d", tenant_id="u", words=[term]))
    assert await all_ids(things, {"tenant_id": "t", "words": HasTerms([term])}) == ["a"]
    assert await all_ids(things, {"words": HasTerms([term])}) == ["a", "d"]
    assert await all_ids(things, {"more_words": HasTerms([term])}) == ["c"]


async def test_a_full_last_page_has_no_cursor(things: Collection) -> None:
    await things.insert_many([thing("a"), thing("b")])
    assert (await things.find({}, limit=2)).next_cursor is None
    assert (await things.find({}, limit=1)).next_cursor is not None
    assert (await things.find({"n": 1}, limit=1)).items == []


async def test_an_empty_cursor_is_the_beginning(things: Collection) -> None:
    await things.insert_many([thing("a"), thing("b")])
    assert await things.find({}, limit=1, cursor="") == await things.find({}, limit=1)


async def test_a_cursor_has_the_form_that_the_versions_before_gave_it(things: Collection) -> None:
    """During an upgrade one page may come from the old version and the next from the new one."""
    await things.insert_many([thing(id, n=1) for id in "abc"])
    for sort, values in ((Sort(), ["a", "a"]), (Sort("n"), [1, "a"])):
        cursor = (await things.find({}, sort=sort, limit=1)).next_cursor
        assert cursor is not None
        assert orjson.loads(base64.urlsafe_b64decode(cursor + "=="))[1:] == values
        assert [item["id"] for item in (await things.find({}, sort=sort, cursor=cursor)).items] == ["b", "c"]


async def test_a_cursor_of_another_list_or_of_nobody_is_refused(things: Collection) -> None:
    await things.insert_many([thing("a", n=1, due_at=minutes(0)), thing("b", n=2, due_at=minutes(1))])

    def made(*parts: object) -> str:
        return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")

    by_n = (await things.find({}, sort=Sort("n"), limit=1)).next_cursor
    by_due = (await things.find({}, sort=Sort("due_at"), limit=1)).next_cursor
    assert by_n is not None
    assert by_due is not None
    shape = orjson.loads(base64.urlsafe_b64decode(by_n + "=="))[0]
    due_shape = orjson.loads(base64.urlsafe_b64decode(by_due + "=="))[0]
    bad = ["x", "äöü", "!!!!", "a" * 1001, by_n[:-3], by_due, made(), made(shape, 1), made("x", 1, "a")]
    bad += [
        made(shape, "text", "a"),
        made(shape, 1, 7),
        made(shape, 2.5, "a"),
        made(shape, True, "a"),
        made(shape, [], "a"),
    ]
    bad += [made(shape, 2**63, "a"), made(shape, 1, None), base64.urlsafe_b64encode(b'["\\ud800",1,"a"]').decode()]
    for cursor in bad:
        with pytest.raises(Invalid, match="bad_cursor"):
            await things.find({}, sort=Sort("n"), limit=1, cursor=cursor)
    for sort, where in ((Sort("n", True), {}), (Sort("n"), {"n": Range(gt=0)}), (Sort(), {})):
        with pytest.raises(Invalid, match="bad_cursor"):
            await things.find(where, sort=sort, limit=1, cursor=by_n)
    for value in (2**62, True, "2026", -(2**62)):
        with pytest.raises(Invalid, match="bad_cursor"):
            await things.find({}, sort=Sort("due_at"), limit=1, cursor=made(due_shape, value, "a"))
    assert [item["id"] for item in (await things.find({}, sort=Sort("n"), cursor=by_n)).items] == ["b"]


async def test_a_bound_may_move_between_pages(things: Collection) -> None:
    """ "Due until now" is asked anew for each page, with a later now."""
    await things.insert_many([thing(f"d{n}", due_at=minutes(n)) for n in range(6)])
    page = await things.find({"due_at": Range(lte=minutes(3))}, sort=Sort("due_at"), limit=2)
    rest = await things.find({"due_at": Range(lte=minutes(4))}, sort=Sort("due_at"), cursor=page.next_cursor)
    assert [item["id"] for item in rest.items] == ["d2", "d3", "d4"]


async def test_counts_by_a_field_tell_null_apart(things: Collection) -> None:
    await fill(things)
    assert await things.count_by({}, "n") == {3: 2, 1: 1, 2: 1, None: 2}
    assert await things.count_by({"tenant_id": "t"}, "open") == {True: 2, False: 1, None: 2}
    assert await things.count_by({"n": Range()}, "due_at") == {minutes(0): 1, minutes(1): 1, minutes(2): 2}
    assert await things.count_by({"tenant_id": "nobody"}, "n") == {}


async def test_what_too_many_documents_fit_is_not_counted_further(things: Collection) -> None:
    await fill(things)
    assert await things.count_few_by({}, "n", 4) is None
    assert await things.count_few_by({"tenant_id": "t"}, "n", 5) == {3: 2, 1: 1, None: 2}
    assert await things.count_few_by({"tenant_id": "t"}, "n", 4) is None
    red = {"tenant_id": "t", "words": HasTerms(["red"])}
    assert await things.count_few_by(red, "id", 2) == {"1": 1, "2": 1}
    assert await things.count_few_by(red, "id", 1) is None
    assert await things.count_few_by({**red, "n": Range(lt=0)}, "id", 1) == {}
    assert await things.count_few_by({**red, "id": In(["1"])}, "id", 1) == {"1": 1}
    assert await things.count_few_by({**red, "name": In(["anna"])}, "id", 1) == {"1": 1}
    assert await things.count_few_by({**red, "words": HasTerms(["red", "blue"])}, "name", 5) == {"anna": 1}


async def test_sums_by_a_field_leave_out_nulls(things: Collection) -> None:
    await fill(things)
    assert await things.sum_by({}, "n") == {None: 9}
    assert await things.sum_by({}, "n", "tenant_id") == {"t": 7, "u": 2}
    assert await things.sum_by({}, "n", "due_at") == {None: 0, minutes(0): 2, minutes(1): 3, minutes(2): 4}
    assert await things.sum_by({"tenant_id": "nobody"}, "n") == {None: 0}
    assert await things.sum_by({"tenant_id": "nobody"}, "n", "open") == {}


async def test_sums_of_money_are_exact(things: Collection) -> None:
    await things.insert_many([thing("a", n=2**61 + 1), thing("b", n=2**61 + 2), thing("c", n=-3)])
    assert await things.sum_by({}, "n") == {None: 2**62}
    assert await things.sum_by({}, "n", "tenant_id") == {None: 2**62}


@pytest.mark.parametrize(
    "where",
    [
        {"unknown": 1},
        {"version": 1},
        {"n": "3"},
        {"n": True},
        {"n": 1.0},
        {"name": 3},
        {"due_at": "2026-01-01"},
        {"words": "red"},
        {"words": In(["red"])},
        {"name": HasTerms(["red"])},
        {"words": HasTerms("red")},
        {"name": In("red")},
        {"n": Prefix("3")},
        {"open": Range(gt=False)},
        {"n": Range(gt="a")},
        {"n": In(range(10_001))},
    ],
)
async def test_asking_what_was_not_declared_is_our_mistake(things: Collection, where: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        await things.find(where)
    with pytest.raises(ValueError, match=r"."):
        await things.count(where)
    with pytest.raises(ValueError, match=r"."):
        await things.delete(where)


async def test_sorting_or_grouping_by_what_has_no_order_is_our_mistake(things: Collection) -> None:
    for sort in (Sort("unknown"), Sort("words"), Sort("version")):
        with pytest.raises(ValueError, match="things"):
            await things.find({}, sort=sort)
    with pytest.raises(ValueError, match="at least one"):
        await things.find({}, limit=0)
    for field, by in (("name", None), ("unknown", None), ("n", "words"), ("n", "unknown"), ("due_at", None)):
        with pytest.raises(ValueError, match="things"):
            await things.sum_by({}, field, by)
    for field in ("words", "unknown"):
        with pytest.raises(ValueError, match="things"):
            await things.count_by({}, field)


async def test_many_values_in_one_condition(things: Collection, backend: DatabaseBackend) -> None:
    await things.insert_many([thing(f"d{n:04}", n=n) for n in range(2000)])
    assert await things.count({"n": In(range(0, 2 * backend.most_values, 2))}) == 1000
