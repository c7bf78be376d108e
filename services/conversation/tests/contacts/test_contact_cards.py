"""A contact's fields, labels and time zone: merged, published, and read by other services."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.domain.contact_fields import MOST, pairs_of, with_fields
from conversation_world import OTHER, TENANT, THEIRS, World
from shared.clock import SystemClock
from shared.errors import Invalid
from shared.events import ContactChanged
from shared.internal.client import InternalClient

START = datetime(2026, 3, 1, tzinfo=UTC)


async def patched(world: World, body: dict[str, Any], code: int = 200) -> dict[str, Any]:
    await world.text("Hello")
    id = (await world.conversation())["contact"]["id"]
    async with world.client() as client:
        answer = await client.patch(f"/api/contacts/{id}", json=body)
    assert answer.status_code == code, answer.text
    return answer.json()


async def test_fields_merge_and_null_deletes(world: World) -> None:
    await patched(world, {"fields": {"cake": "lemon", "size": "80"}})
    world.clock.advance(1)
    changed = await patched(world, {"fields": {"cake": None, "day": "Friday"}, "labels": ["Wedding", "vip"]})
    assert changed["fields"] == {"day": "Friday", "size": "80"}
    assert (changed["labels"], changed["timezone"], changed["facts"]) == (["Wedding", "vip"], None, {})
    changed = await patched(world, {"timezone": "America/Chicago", "labels": []})
    assert (changed["labels"], changed["timezone"]) == ([], "America/Chicago")


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Mars/Olympus"},
        {"fields": {"": "x"}},
        {"fields": {"k": "x" * 1001}},
        {"labels": [""]},
        {"labels": ["x"] * 51},
    ],
)
async def test_what_no_card_can_hold_is_refused(world: World, wrong: dict[str, Any]) -> None:
    await patched(world, wrong, 422)


async def test_a_change_is_published_with_the_whole_card_and_a_name_that_came_with_a_text_is_not(world: World) -> None:
    conversation = await world.started()
    await world.due()
    assert world.broker.data(ContactChanged) == []
    async with world.client() as client:
        await client.patch(f"/api/contacts/{conversation['contact']['id']}", json={"fields": {"cake": "lemon"}})
    await world.due()
    [changed] = world.broker.data(ContactChanged)
    assert (changed.phone_numbers, changed.name, changed.fields) == ((THEIRS,), "Ada Lovelace", (("cake", "lemon"),))


async def test_the_assistant_reads_the_fields(world: World) -> None:
    await patched(world, {"fields": {"cake": "lemon"}, "facts": {"allergies": "nuts"}})
    await world.due()
    await world.pass_time(5)
    assert set(world.requested()[-1].contact_facts) == {("cake", "lemon"), ("allergies", "nuts")}


async def test_other_services_page_through_a_tenants_contacts_by_label(world: World) -> None:
    await patched(world, {"labels": ["Wedding"]})
    await world.text("Hello", contact="+12025550199")
    client = InternalClient(world.keyring, SystemClock(), lambda _: "http://x", httpx2.ASGITransport(world.app))
    page = await client.get("conversation", "contacts", tenant_id=TENANT, label="wedding")
    [row] = page["items"]
    assert (row["phone_numbers"], row["labels"]) == ([THEIRS], ["Wedding"])
    async with world.client() as ours:
        [label] = (await ours.get("/api/labels")).json()["items"]
    assert await client.get("conversation", "contacts", tenant_id=TENANT, label=label["id"]) == page
    assert len((await client.get("conversation", "contacts", tenant_id=TENANT))["items"]) == 2
    assert (await client.get("conversation", "contacts", tenant_id=OTHER))["items"] == []
    assert ContactChanged.read(await client.get("conversation", "contacts", row["contact_id"])).labels == ("Wedding",)
    async with world.client() as stranger:
        assert (await stranger.get("/internal/conversation/contacts")).status_code == 401
    await client.close()


@given(st.permutations([("a", "1", 0), ("a", None, 1), ("a", "2", 2), ("b", "x", 1), ("b", "y", 1)]))
def test_the_latest_value_counts_in_whatever_order_values_come(order: list[tuple[str, str | None, int]]) -> None:
    rows: list[list[Any]] = []
    for key, value, minute in order:
        rows = with_fields(rows, {key: value}, START + timedelta(minutes=minute))
    assert pairs_of(rows) == [("a", "2"), ("b", "y")]


def test_a_contact_has_so_many_fields_and_no_more() -> None:
    rows = with_fields([], {f"k{n}": "x" for n in range(MOST)}, START)
    with pytest.raises(Invalid, match="too_many_fields"):
        with_fields(rows, {"one more": "x"}, START)
    later = START + timedelta(minutes=1)
    for n in range(MOST):
        rows = with_fields(rows, {f"k{n}": None}, later)
    rows = with_fields(rows, {f"new{n}": "x" for n in range(MOST)}, later)
    assert len(pairs_of(rows)) == len(rows) == MOST
