"""The list on both databases: every filter, every combination, what each reads, and pages that stay put."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.domain.thread.model import Needs
from conversation.inbox.filters import Filters, Viewer, select
from conversation.inbox.listing import Inbox, PageRequest
from conversation.read_marks.domain.marks import ReadMark, ReadMarks
from inbox_filling import START, Counted, Talk, fill
from shared.database.protocol import Database
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import Invalid
from shared.events import TenantChanged

TENANT = TenantChanged(tenant_id="ten_one", revision=1, name="Bakery", ai_mode="auto")
KEY = Viewer("ten_one", TENANT)
ADA = Viewer("ten_one", TENANT, "usr_ada", ReadMarks(user_id="usr_ada"))
NEEDS = Needs(reason="hand_over", at=START)
PAUSED = Needs(reason="hand_over", at=START, paused=True)

TALKS = [
    Talk(0),
    Talk(1, changes={"state": "closed"}),
    Talk(2, changes={"assignee": "usr_ada", "ai_mode": "off"}),
    Talk(3, changes={"unread": 2, "received": 2, "last_inbound_at": START}),
    Talk(4, changes={"needs_person": NEEDS}),
    Talk(5, changes={"needs_person": PAUSED, "labels": ("VIP customer",)}),
    Talk(6, number="+12025550101"),
    Talk(7, changes={"ai_mode": "suggest", "labels": ("vip customer", "wedding"), "assignee": "usr_bo"}),
    Talk(8, changes={"talked": False}, author="campaign"),
    Talk(9, tenant_id="ten_two"),
    Talk(10, changes={"snoozed_until": START}),
    Talk(11, changes={"talked": None}),
    Talk(12, changes={"needs_person": PAUSED, "ai_mode": "off"}),
]


def at_their_times(talks: list[Talk]) -> list[Talk]:
    """Later ones have written later, so that a list begins with the last."""
    return [replace(talk, at=START + timedelta(seconds=talk.n)) for talk in talks]


async def listed(database: Any, viewer: Viewer = KEY, limit: int = 50, **filters: Any) -> list[str]:
    """Ids of all pages."""
    inbox, ids, cursor = Inbox(database), [], None
    while True:
        page = await inbox.page("ten_one", select(Filters(**filters), viewer), PageRequest(limit, cursor))
        ids += [record["id"] for record in page.records]
        cursor = page.next_cursor
        if cursor is None:
            return ids


FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [12, 11, 10, 7, 6, 5, 4, 3, 2, 1, 0]),
    ({"state": "all"}, [12, 11, 10, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
    ({"state": "closed"}, [1]),
    ({"state": "open", "needs_person": True}, [12, 5, 4]),
    ({"assignee": "usr_ada"}, [2]),
    ({"assignee": "none", "needs_person": False}, [11, 10, 6, 3, 1, 0]),
    ({"unread": True}, [3]),
    ({"label": "VIP  Customer"}, [7, 5]),
    ({"label": "vip customer", "assignee": "none"}, [5]),
    ({"label": "nothing"}, []),
    ({"number": "(202) 555-0101"}, [6]),
    ({"number": " 12025550101"}, [6]),
    ({"ai_state": "suggest"}, [7]),
    ({"ai_state": "off"}, [12, 2]),
    ({"ai_state": "auto", "needs_person": True}, [5, 4]),
    ({"ai_state": "paused"}, [5]),
    ({"snoozed": True}, [10]),
    ({"snoozed": False, "needs_person": True}, [12, 5, 4]),
    ({"state": "closed", "unread": True, "label": "wedding"}, []),
]


@pytest.mark.parametrize("limit", [2, 50])
async def test_filters_and_their_combinations_page_through_what_fits(database: Database, limit: int) -> None:
    await fill(database, at_their_times(TALKS))
    for filters, expected in FILTERS:
        assert await listed(database, limit=limit, **filters) == [TALKS[n].id for n in expected], filters


async def test_mine_and_unread_are_each_users_own(database: Database) -> None:
    await fill(database, at_their_times(TALKS))
    assert await listed(database, ADA, mine=True) == [TALKS[2].id]
    assert TALKS[2].id not in await listed(database, ADA, mine=False, state="open")
    assert await listed(database, ADA, unread=True) == [TALKS[3].id]
    has_read = ReadMarks(user_id="usr_ada", marks=(ReadMark(conversation_id=TALKS[3].id, texts=2, at=START),))
    reader = replace(ADA, marks=has_read)
    assert await listed(database, reader, unread=True) == []
    assert TALKS[3].id in await listed(database, reader, unread=False)
    assert TALKS[3].id not in await listed(database, ADA, unread=False)


def test_a_key_has_no_conversations_of_its_own() -> None:
    with pytest.raises(Invalid, match="no_user"):
        select(Filters(mine=True), KEY)
    with pytest.raises(Invalid, match="invalid_phone_number"):
        select(Filters(number="bread"), KEY)


def test_the_tenants_mode_counts_where_the_conversation_has_none() -> None:
    suggesting = replace(KEY, tenant=TENANT.but(ai_mode="suggest"))
    assert select(Filters(ai_state="auto"), KEY).facets != select(Filters(ai_state="auto"), suggesting).facets


@pytest.mark.parametrize(
    ("filters", "viewer"),
    [
        ({}, KEY),
        ({"state": "all"}, KEY),
        ({"state": "closed"}, KEY),
        ({"label": "vip"}, KEY),
        ({"label": "vip", "state": "closed", "assignee": "usr_bo", "needs_person": True}, KEY),
        ({"unread": True, "mine": True}, ADA),
        ({"ai_state": "paused", "number": "2025550100"}, KEY),
    ],
)
async def test_a_page_reads_what_it_shows_whatever_the_filters(filters: dict[str, Any], viewer: Viewer) -> None:
    database = EmbeddedDatabase(None)
    await database.start()
    changes = {
        "state": "closed", "assignee": "usr_bo", "needs_person": PAUSED, "labels": ("vip",), "unread": 1, "received": 1,
    }  # fmt: skip
    mine = {**changes, "assignee": "usr_ada"}
    await fill(database, [Talk(n, changes=[{}, changes, mine][n % 3]) for n in range(300)])
    counted = Counted(database)
    page = await Inbox(counted).page(  # type: ignore[arg-type]
        "ten_one", select(Filters(**filters), viewer), PageRequest(10, None)
    )
    assert len(page.records) == 10
    assert counted.calls == ["find conversations"]
    assert counted.read <= 20  # one that the filter asks to look closer at reads twice a page
    await database.close()


async def test_a_cursor_of_another_list_is_refused(database: Database) -> None:
    for cursor in ("x", "eyJh", "WyIiLDEsImEiXQ"):
        with pytest.raises(Invalid, match="bad_cursor"):
            await Inbox(database).page("ten_one", select(Filters(), KEY), PageRequest(5, cursor))


STEPS = st.lists(st.tuples(st.sampled_from(["arrives", "writes again", "closes"]), st.integers(0, 9)), max_size=4)


@settings(max_examples=25, deadline=None)
@given(
    between=st.lists(STEPS, min_size=14, max_size=14),
    limit=st.integers(1, 4),
    filters=st.sampled_from([{}, {"state": "open"}, {"q": "hello"}, {"q": "hello world"}, {"unread": False}]),
)
def test_pages_neither_repeat_nor_skip_what_did_not_change(
    between: list[list[tuple[str, int]]], limit: int, filters: dict[str, Any]
) -> None:
    asyncio.run(_pages_under_changes(between, limit, filters))


async def _pages_under_changes(between: list[list[tuple[str, int]]], limit: int, filters: dict[str, Any]) -> None:
    database = EmbeddedDatabase(None)
    await database.start()
    # Four moments for ten conversations: ties are where pages break.
    talks = {n: Talk(n, ("hello", "world"), at=START + timedelta(seconds=n % 4)) for n in range(10)}
    await fill(database, list(talks.values()))
    inbox, seen, cursor = Inbox(database), list[str](), None
    changed, new, revision = set[str](), 100, 1
    for steps in between:
        page = await inbox.page("ten_one", select(Filters(**filters), KEY), PageRequest(limit, cursor))
        seen += [record["id"] for record in page.records]
        cursor = page.next_cursor
        if cursor is None:
            break
        for what, n in steps:
            revision += 1
            later = START + timedelta(seconds=100 + revision)
            if what == "arrives":
                new += 1
                await fill(database, [Talk(new, ("hello", "world"), at=later)])
                continue
            talk = talks[n]
            changed.add(talk.id)
            state = "closed" if what == "closes" else "open"
            at = talk.at if what == "closes" else later
            talks[n] = replace(talk, at=at, changes={"revision": revision, "state": state})
            await fill(database, [talks[n]])
    else:
        return  # not at the end yet
    await database.close()
    assert len(seen) == len(set(seen)), "shown twice"
    assert {Talk(n).id for n in range(10)} - changed <= set(seen), "skipped"
    assert not any(Talk(n).id in seen for n in range(101, new + 1)), "what arrives is at the top, not on later pages"
