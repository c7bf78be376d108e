"""Search on both databases: every message and the contact, what is read for it, and where hits are shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conversation.inbox import search
from conversation.inbox.filters import Filters, Viewer, select
from conversation.inbox.listing import Inbox, InboxPage, PageRequest
from inbox_filling import START, Counted, Talk, fill
from shared.database.protocol import Database
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import TenantChanged

TENANT = TenantChanged(tenant_id="ten_one", revision=1, name="Bakery", ai_mode="auto")
KEY = Viewer("ten_one", TENANT)

TALKS = [
    Talk(0, ("I want a cake", "for Tuesday", "thanks"), name="Ada Lovelace"),
    Talk(1, ("cake on tuesday please", "and a second cake"), name="Zoë Cakewell"),
    Talk(2, ("order k000123x", "我想订一个蛋糕"), name="Grace Hopper"),
    Talk(3, ("Tuesday is fine 🎂",)),
    Talk(4, ("cake " * 60,), tenant_id="ten_two", name="Ada Cakes"),
    Talk(5, ("Sale! All cakes half price",), changes={"talked": False}, author="campaign"),
]


async def found(database: Any, q: str, limit: int = 50, **filters: Any) -> InboxPage:
    inbox = Inbox(database)
    page = await inbox.page("ten_one", select(Filters(q=q, **filters), KEY), PageRequest(limit, None))
    records, cursor, matches = list(page.records), page.next_cursor, dict(page.matches)
    while cursor:
        page = await inbox.page("ten_one", select(Filters(q=q, **filters), KEY), PageRequest(limit, cursor))
        records += page.records
        matches |= page.matches
        cursor = page.next_cursor
    return InboxPage(records, None, matches)


QUERIES = [
    ("cake", [0, 1, 5]),
    ("cakes", [5]),
    ("cake tuesday", [0, 1]),
    ('"cake on tuesday"', [1]),
    ("ada cake", [0]),
    ("zoe second", [1]),
    ("k000123x", [2]),
    ("hopper 蛋糕", [2]),
    ("🎂", [3]),
    ("2000001", [1]),
    ("(415) 200-0002", [2]),
    ("415", [0, 1, 2, 3, 5]),
    ('"ada lovelace"', [0]),
    ('"lovelace ada"', []),
    ("nothing here", []),
    ("!", []),
]


async def test_words_are_found_in_every_message_and_in_the_contact(database: Database) -> None:
    await fill(database, [replace(talk, at=START - timedelta(seconds=talk.n)) for talk in TALKS])
    for q, expected in QUERIES:
        for limit in (2, 50):
            page = await found(database, q, limit)
            assert [record["id"] for record in page.records] == [TALKS[n].id for n in expected], (q, limit)
            assert set(page.matches) == {TALKS[n].id for n in expected}


@pytest.mark.parametrize("most", [0, 2])
async def test_common_words_find_the_same_as_rare_ones(
    database: Database, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above `MOST_HITS` the list is walked instead of the hits."""
    monkeypatch.setattr(search, "MOST_HITS", most)
    await fill(database, [replace(talk, at=START - timedelta(seconds=talk.n)) for talk in TALKS])
    for q, expected in QUERIES:
        page = await found(database, q, 2)
        assert [record["id"] for record in page.records] == [TALKS[n].id for n in expected], q


async def test_a_hit_says_where_it_was_found(database: Database) -> None:
    await fill(database, TALKS)
    matches = (await found(database, "cake")).matches
    newest = matches[TALKS[1].id]
    assert (newest["message_id"], newest["snippet"]) == (TALKS[1].message_id(1), "and a second cake")
    assert newest["highlights"] == [{"start": 13, "end": 17}]
    assert newest["at"] == START - timedelta(seconds=1)
    together = (await found(database, "cake tuesday")).matches
    assert together[TALKS[1].id]["snippet"] == "cake on tuesday please"
    assert together[TALKS[0].id]["snippet"] == "I want a cake"
    person = (await found(database, "lovela")).matches[TALKS[0].id]
    assert (person["message_id"], person["at"], person["snippet"]) == (None, None, "Ada Lovelace")
    assert person["highlights"] == [{"start": 4, "end": 12}]


async def test_search_and_filters_narrow_each_other(database: Database) -> None:
    talks = [replace(talk, changes={**talk.changes, "state": "closed" if talk.n else "open"}) for talk in TALKS]
    await fill(database, talks)
    assert [one["id"] for one in (await found(database, "cake", state="open")).records] == [TALKS[0].id]
    assert len((await found(database, "cake", state="closed")).records) == 2
    assert (await found(database, "cake", label="x")).records == []


async def test_a_conversation_with_many_hits_hides_no_other() -> None:
    database = EmbeddedDatabase(None)
    await database.start()
    loud = Talk(1, ("alert",) * 40)
    await fill(database, [loud, *(Talk(n, ("alert once",)) for n in range(2, 12))])
    page = await found(database, "alert", 11)
    assert len(page.records) == len(page.matches) == 11
    assert all(match["message_id"] for match in page.matches.values())
    await database.close()


@pytest.mark.parametrize(
    ("q", "calls", "read"),
    [
        ("rare599", {"count_by messages": 1, "count_by contacts": 1, "find conversations": 1, "find messages": 1}, 5),
        ("nowhere", {"count_by messages": 1, "count_by contacts": 1}, 0),
        # Every word is in 600 of 600 texts: 2 × 101 hits are counted, then 40 conversations are looked through.
        (
            "every all",
            {"count_by messages": 4, "count_by contacts": 2, "find conversations": 1, "find messages": 1},
            420,
        ),
    ],
)
async def test_a_search_reads_its_hits_or_a_page(
    q: str, calls: dict[str, int], read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_HITS", 100)
    database = EmbeddedDatabase(None)
    await database.start()
    talks = [Talk(n, (f"every text has all words rare{n}",), at=START - timedelta(seconds=n)) for n in range(600)]
    await fill(database, talks)
    counted = Counted(database)
    await Inbox(counted).page(  # type: ignore[arg-type]
        "ten_one", select(Filters(q=q), KEY), PageRequest(20, None)
    )
    assert {call: counted.calls.count(call) for call in counted.calls} == calls
    assert counted.read <= read
    await database.close()


async def test_what_is_common_but_far_down_is_found_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_HITS", 5)
    monkeypatch.setattr("conversation.inbox.listing.MOST_LOOKED_AT", 50)
    database = EmbeddedDatabase(None)
    await database.start()
    talks = [Talk(n, ("old news" if n > 150 else "hello",), at=START - timedelta(seconds=n)) for n in range(170)]
    await fill(database, talks)
    first = await Inbox(database).page("ten_one", select(Filters(q="news"), KEY), PageRequest(20, None))
    assert first.records == []
    assert first.next_cursor
    assert len((await found(database, "news", 20)).records) == 19
    await database.close()
