"""One timeline over several collections: every row once and in order, whatever is filed between two pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts_play import consent_heard, made, patched, reported, timeline, timeline_page
from conversation.activities.domain.activity import Activity
from conversation.activities.store import ACTIVITY_SPEC
from conversation.domain.thread.model import Card, Message, Thread, conversation_id
from conversation.inbox.listing import PageRequest
from conversation.people.domain.contact import Contact, HeldIdentifier
from conversation.people.timeline import ContactTimeline, TimelineRecords
from conversation.store import LEDGER_SPEC, MESSAGE_SPEC
from conversation.timeline.domain.entry import TimelineEntry
from conversation.timeline.store import TIMELINE_SPEC
from conversation_world import OURS, TENANT, THEIRS, World
from shared.aggregates import stored
from shared.database.sqlite.database import EmbeddedDatabase

START = datetime(2026, 3, 1, tzinfo=UTC)
EMAIL = "ada@cakes.example"
THREAD = Thread.new(TENANT, OURS, Card(id="cct_1", phone_number=THEIRS)).but(periods=2)
CONTACT = Contact(
    id="cct_1",
    tenant_id=TENANT,
    phone_number=THEIRS,
    identifiers=(HeldIdentifier(kind="phone", value=THEIRS), HeldIdentifier(kind="email", value=EMAIL, token="t")),
)


class OneThread:
    async def of_contact(self, tenant_id: str, ids: tuple[str, ...]) -> AsyncIterator[Thread]:
        yield THREAD


class Shelf:
    """The collections of a timeline, and rows of every kind to put there."""

    def __init__(self) -> None:
        self.database = EmbeddedDatabase(None)
        specs = (MESSAGE_SPEC, ACTIVITY_SPEC, LEDGER_SPEC, TIMELINE_SPEC)
        self.messages, self.activities, self.consent, self.entries = map(self.database.collection, specs)
        records = TimelineRecords(self.messages, self.activities, self.consent, self.entries)
        self.timeline = ContactTimeline(records, OneThread())  # type: ignore[arg-type]
        self.filed: dict[str, datetime] = {}

    async def put(self, kind: str, second: int) -> None:
        id, at = f"{kind}_{len(self.filed)}", START + timedelta(seconds=second)
        conversation = conversation_id(THREAD.id, 1 + second % 2)
        if kind == "msg":
            message = Message(
                id=id, conversation_id=conversation, direction="inbound", author="customer", text="x",
                from_number=THEIRS, to_number=OURS, status="received", created_at=at,
            )  # fmt: skip
            row: dict[str, Any] = {"id": id, "conversation_id": conversation, "at": at, "message": stored(message)}
            await self.messages.put({**row, "revision": 1, "tenant_id": TENANT})
        elif kind in ("one", "both"):  # `both`: found under two identifiers
            email = EMAIL if kind == "both" else None
            one = Activity(id=id, tenant_id=TENANT, channel="chat", at=at, phone_number=THEIRS, email=email)
            await self.activities.put(one.plain())
        elif kind == "con":
            row = {"id": id, "contact": THEIRS, "at": at, "state": "out", "evidence": {"text": "STOP"}}
            await self.consent.put({**row, "revision": 1, "tenant_id": TENANT})
        else:
            about = {"tenant_id": TENANT, "thread_id": THREAD.id, "contact_id": "cct_1"}
            entry = TimelineEntry(
                id=id, conversation_id=conversation, kind="note", at=at, summary="x", author="agent", **about
            )
            await self.entries.put(entry.plain())
        self.filed[id] = at


rows = st.tuples(st.sampled_from(["msg", "one", "both", "con", "tml"]), st.integers(0, 3))


@given(st.lists(rows, max_size=25), st.lists(rows, max_size=6), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_no_row_is_doubled_or_lost_at_equal_times(
    first: list[tuple[str, int]], later: list[tuple[str, int]], limit: int
) -> None:
    async def read() -> None:
        shelf = Shelf()
        await shelf.database.start()
        for row in first:
            await shelf.put(*row)
        there, seen, cursor, waiting = set(shelf.filed), list[tuple[datetime, str]](), None, list(later)
        while True:
            page = await shelf.timeline.page(CONTACT, PageRequest(limit, cursor))
            assert len(page["items"]) <= limit
            seen += [(item["at"], item["id"]) for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
            if waiting:
                await shelf.put(*waiting.pop())
        ids = [id for _, id in seen]
        assert seen == sorted(seen, reverse=True)
        assert len(ids) == len(set(ids))
        assert there <= set(ids) <= set(shelf.filed)
        await shelf.database.close()

    asyncio.run(read())


async def test_all_channels_meet_in_one_timeline(world: World) -> None:
    contact = await made(world, {"phone_number": THEIRS, "email": EMAIL})
    await world.text("Do you have lemon cake?")
    world.clock.advance(1)
    await reported(
        world,
        who={"email": "ADA@Cakes.example"},
        direction="inbound",
        thread_key="t1",
        text="Hi",
        link="https://a.example/1",
    )
    world.clock.advance(1)
    await world.text("STOP", keyword="stop")
    await consent_heard(world)
    items = await timeline(world, contact["id"])
    assert [(item["kind"], item["channel"], item["direction"]) for item in items if item["kind"] != "sms"] == [
        ("consent", "sms", "none"),
        ("activity", "chat", "inbound"),
    ]
    activity = next(item for item in items if item["kind"] == "activity")
    assert (activity["summary"], activity["text"], activity["thread_key"]) == ("asked", "Hi", "t1")
    assert (activity["link"], activity["message_id"]) == ("https://a.example/1", None)
    text = items[-1]
    assert (text["kind"], text["summary"], text["direction"]) == ("sms", "Do you have lemon cake?", "inbound")
    assert text["conversation_id"] == (await world.conversation())["id"]
    assert text["message_id"] == text["id"]


async def test_an_old_conversation_that_its_thread_let_go_is_still_there(world: World) -> None:
    for n in range(12):
        await world.text(f"{n}")
        world.clock.advance(40 * 86400)
    id = (await world.conversation())["contact"]["id"]
    assert [item["summary"] for item in await timeline(world, id)] == [f"{n}" for n in reversed(range(12))]


@pytest.mark.parametrize("cursor", ["x", "é", "a" * 500, "MTJ8", "fGE", "LTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5fGE"])
async def test_a_cursor_of_another_list_is_refused(world: World, cursor: str) -> None:
    contact = await made(world, {"email": EMAIL})
    async with world.client() as client:
        answer = await client.get(f"/api/contacts/{contact['id']}/timeline", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


async def test_the_last_page_ends_the_list(world: World) -> None:
    contact = await made(world, {"email": EMAIL})
    assert await timeline_page(world, contact["id"]) == {"items": [], "next_cursor": None}
    for n in range(2):
        await reported(world, activity_id=f"{n}", who={"email": EMAIL})
    page = await timeline_page(world, contact["id"], limit=1)
    last = await timeline_page(world, contact["id"], limit=1, cursor=page["next_cursor"])
    assert (len(page["items"]), len(last["items"]), last["next_cursor"]) == (1, 1, None)
    await patched(world, contact["id"], {"emails": [], "phone_number": THEIRS})
    assert await timeline(world, contact["id"]) == []
