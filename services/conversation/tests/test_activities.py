"""Activities of other channels: counted once, waiting for their person, and what they may teach about one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contacts_play import SECOND, made, merged, patched, reported, shown, timeline
from conversation_world import OTHER, TENANT, THEIRS, World
from shared.events import ContactActivity, Event

EMAIL = "ada@cakes.example"


async def test_the_same_id_of_a_channel_counts_once_and_the_first_report_stays(world: World) -> None:
    contact = await made(world, {"email": EMAIL})
    first = await reported(world, who={"email": EMAIL}, summary="asked")
    assert await reported(world, who={"email": EMAIL}, summary="asked something else") == first
    other = await reported(world, who={"email": EMAIL}, channel="email", summary="wrote")
    assert other != first
    assert sorted(item["summary"] for item in await timeline(world, contact["id"])) == ["asked", "wrote"]
    events = world.broker.events(ContactActivity)
    assert len({event.id for event in events}) == 2
    assert {event.data.summary for event in events if event.id == events[0].id} >= {"asked"}


async def test_an_unknown_person_is_listed_nowhere_and_their_activity_waits(world: World) -> None:
    await reported(world, activity_id="1", who={"email": EMAIL, "name": "Ada"})
    await reported(world, activity_id="2", channel="voice", who={"phone_number": "(202) 555-0123"})
    await reported(world, activity_id="3", who={"external_id": {"system": "shop", "id": "9"}})
    async with world.client() as client:
        assert (await client.get("/api/contacts")).json()["items"] == []
    await world.text("Hello")
    id = (await world.conversation())["contact"]["id"]
    assert [item["channel"] for item in await timeline(world, id) if item["kind"] == "activity"] == ["voice"]
    await patched(world, id, {"email": EMAIL})
    other = await made(world, {"external_ids": {"shop": "9"}})
    assert len([item for item in await timeline(world, id) if item["kind"] == "activity"]) == 2
    result = await merged(world, id, other["id"])
    assert len([item for item in await timeline(world, result["id"]) if item["kind"] == "activity"]) == 3


async def test_an_activity_with_two_identifiers_teaches_a_contact_what_belongs_to_nobody(world: World) -> None:
    contact = await made(world, {"phone_number": THEIRS})
    both = {"phone_number": THEIRS, "email": EMAIL, "external_id": {"system": "shop", "id": "9"}}
    await reported(world, who=both)
    known = await shown(world, contact["id"])
    assert (known["emails"], known["external_ids"]) == ([EMAIL], {"shop": "9"})
    await reported(world, activity_id="2", who={"phone_number": THEIRS, "email": "second@cakes.example"})
    assert (await shown(world, contact["id"]))["emails"] == [EMAIL]


async def test_an_activity_gives_no_contact_a_number_and_joins_no_two(world: World) -> None:
    one, other = await made(world, {"email": EMAIL}), await made(world, {"phone_number": THEIRS})
    await reported(world, activity_id="1", who={"email": EMAIL, "phone_number": SECOND})
    await reported(world, activity_id="2", who={"email": EMAIL, "phone_number": THEIRS})
    assert (await shown(world, one["id"]))["phone_numbers"] == []
    assert (await shown(world, other["id"]))["emails"] == []
    assert len(await timeline(world, one["id"])) == 2
    assert len(await timeline(world, other["id"])) == 1


async def test_the_shape_of_earlier_events_is_still_read(world: World) -> None:
    contact = await made(world, {"external_ids": {"chat": "visitor-7"}, "phone_number": THEIRS})
    told = {
        "activity_id": "a",
        "channel": "chat",
        "at": world.clock.now(),
        "external_id": "visitor-7",
        "summary": "old",
    }
    await world.feed(ContactActivity.read({**told, "summary": "old"}), source="livechat")
    await world.text("And now?")
    await world.pass_time(5)
    assert [item["summary"] for item in await timeline(world, contact["id"])][-1] in ("old", "And now?")
    assert [line.split(": ")[1] for line in world.requested()[-1].other_channels] == ["old"]


async def test_nothing_happens_in_the_future(world: World) -> None:
    contact = await made(world, {"email": EMAIL})
    far = world.clock.now() + timedelta(days=400)
    refused = await reported(world, 422, at=far.isoformat(), who={"email": EMAIL})
    assert refused["code"] == "in_the_future"
    await world.feed(ContactActivity(activity_id="1", channel="chat", at=far, email=EMAIL, summary="from the future"))
    [item] = await timeline(world, contact["id"])
    assert item["at"] <= world.clock.now().isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    "wrong",
    [
        {"who": {}},
        {"who": {"name": "Ada"}},
        {"who": {"email": "ada\u200b@cakes.example"}},
        {"who": {"external_id": {"system": "\u202e", "id": "1"}}},
        {"who": {"phone_number": "12345 ext 7"}},
        {"summary": "x" * 2001},
        {"text": "x" * 10_001},
        {"summary": "bell\u0007"},
        {"activity_id": "a\u001fb"},
        {"link": "javascript:alert(1)"},
        {"at": "yesterday"},
        {"at": "2026-01-01T00:00:00"},
        {"direction": "sideways"},
    ],
)
async def test_what_cannot_be_an_activity_is_refused(world: World, wrong: dict[str, Any]) -> None:
    await reported(world, 422, **{"who": {"email": EMAIL}, **wrong})
    assert world.broker.events(ContactActivity) == []


async def test_a_landline_may_have_called(world: World) -> None:
    await reported(world, channel="voice", who={"phone_number": "+493012345678"})
    [event] = world.broker.events(ContactActivity)
    assert event.data.phone_number == "+493012345678"


async def test_an_activity_belongs_to_its_tenant(world: World) -> None:
    contact = await made(world, {"email": EMAIL})
    event: Event[ContactActivity] = world.event(
        ContactActivity(activity_id="1", channel="chat", at=world.clock.now(), email=EMAIL, summary="theirs"),
        tenant=OTHER,
    )
    await world.handle[ContactActivity](event)
    assert await timeline(world, contact["id"]) == []
    assert TENANT != OTHER
