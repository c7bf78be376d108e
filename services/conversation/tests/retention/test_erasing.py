"""A person is erased: no record, index or timeline has them any more, under any id that led to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from contacts_play import made_in_order, merged, patched, reported, unmerged
from conversation.exporting.own import OwnSections
from conversation.queries import Queries
from conversation.store import CONVERSATION_SPEC, MESSAGE_SPEC
from conversation_world import TENANT, THEIRS, World
from shared.database.paging import documents
from shared.events import ContactErased, WorkflowActed

WORDS = ("juniperstoat", "medlarcurlew", "lovagebittern", "nutmegheron", "zebrafinch", "sorrelgannet", THEIRS)


async def asked(world: World, contact_id: str) -> ContactErased:
    async with world.client(role="admin") as client:
        answer = await client.delete(f"/api/contacts/{contact_id}")
    assert answer.status_code == 202, answer.text
    event = world.broker.events(ContactErased)[-1]
    await world.handle[ContactErased](event)
    return event.data


async def looked(world: World) -> None:
    """Every look but the last."""
    for seconds in (0, 4, 61):
        world.clock.advance(seconds)
        assert await world.service.erasures.once() == 1  # type: ignore[union-attr]
        await world.service.relay.drain()


async def own_sections(world: World, contact_id: str) -> str:
    """What conversation's part of an export holds."""
    resources = world.handle[WorkflowActed].keywords["resources"]  # type: ignore[attr-defined]
    filed = [world.database.collection(spec) for spec in (CONVERSATION_SPEC, MESSAGE_SPEC)]
    queries = Queries(world.database, resources.ledger, resources.tenants, resources.read_marks)
    contact = await resources.people.get(TENANT, contact_id)
    sections = OwnSections(resources, queries, *filed).of(contact)
    return repr(contact) + " ".join([repr(row) for rows in sections.values() async for row in rows()])


async def stored(world: World) -> str:
    """Everything in the database, as text."""
    collections: dict[str, Any] = world.database._collections  # type: ignore[attr-defined]
    return " ".join([repr(row) for one in collections.values() async for row in documents(one, {})])


async def test_erasing_a_merged_contact_erases_all_that_was_merged_into_it(world: World) -> None:
    one, other = await made_in_order(
        world,
        {"phone_number": THEIRS, "name": "Ada Juniperstoat"},
        {"email": "ada@medlarcurlew.example", "name": "Ada Medlarcurlew", "external_ids": {"shop": "sorrelgannet"}},
    )
    await world.text("Any zebrafinch?")
    async with world.client() as client:
        path = f"/api/conversations/{(await world.conversation())['id']}/notes"
        assert (await client.post(path, json={"text": "A nutmegheron"})).status_code == 201
    await reported(world, who={"email": "ada@medlarcurlew.example"}, summary="Chat about a lovagebittern")
    await patched(world, other["id"], {"fields": {"pet": "medlarcurlew"}})
    await merged(world, one["id"], other["id"])
    await world.due()
    before = (await stored(world)).casefold()
    assert [word for word in WORDS if word not in before] == []
    told = await asked(world, one["id"])
    assert other["id"] in told.other_ids
    await looked(world)
    after = (await stored(world)).casefold()
    assert [word for word in WORDS if word in after] == []


async def test_a_field_that_is_noted_a_moment_too_late_goes_with_the_next_look(world: World) -> None:
    [contact] = await made_in_order(world, {"phone_number": THEIRS, "name": "Ada"})
    noted_at = world.clock.now()
    world.clock.advance(1)
    await asked(world, contact["id"])
    people = world.handle[WorkflowActed].keywords["resources"].people  # type: ignore[attr-defined]
    await people.set_fields(TENANT, THEIRS, {"pet": "juniperstoat"}, noted_at, world.clock.now() + timedelta(seconds=1))
    assert "juniperstoat" in await stored(world)
    await looked(world)
    assert "juniperstoat" not in await stored(world)


async def test_what_an_unmerge_gave_back_is_neither_exported_nor_erased_with_the_other(world: World) -> None:
    one, other = await made_in_order(
        world, {"email": "ada@cakes.example", "name": "Ada"}, {"phone_number": THEIRS, "name": "Bo Zebrafinch"}
    )
    await world.text("A lovagebittern?")
    merge = await merged(world, one["id"], other["id"])
    await world.due()
    async with world.client() as client:
        path = f"/api/conversations/{(await world.conversation())['id']}"
        assert (await client.post(f"{path}/notes", json={"text": "A nutmegheron"})).status_code == 201
    await unmerged(world, one["id"], merge["merge_id"])
    theirs = ("Zebrafinch", "lovagebittern", "nutmegheron")
    exported = [await own_sections(world, contact["id"]) for contact in (one, other)]
    assert [[word for word in theirs if word in text] for text in exported] == [[], list(theirs)]
    await asked(world, one["id"])  # before the conversation has its own contact's card again
    await looked(world)
    assert [word for word in theirs if word not in await stored(world)] == []
    async with world.client() as client:
        assert (await client.get(f"{path}/timeline")).json()["items"][0]["summary"] == "A nutmegheron"


async def test_an_activity_that_a_neighbour_has_held_for_a_day_does_not_come_back(world: World) -> None:
    who = {"email": "Ada@Medlarcurlew.example", "external_ids": {"shop": "sorrelgannet"}, "phone_number": THEIRS}
    [contact] = await made_in_order(world, who)
    before = world.clock.now()
    world.clock.advance(1)
    await asked(world, contact["id"])
    await looked(world)
    world.clock.advance(24 * 3600)
    await world.service.erasures.once()  # type: ignore[union-attr]
    for held in (
        {"email": "ada@medlarcurlew.example"},
        {"external_id": {"system": "shop", "id": "sorrelgannet"}},
        {"phone_number": THEIRS},
    ):
        await reported(world, who=held, summary="Chat about a lovagebittern", at=before.isoformat())
    assert [word for word in WORDS if word in (await stored(world)).casefold()] == []
    await reported(world, who={"email": "ada@medlarcurlew.example"}, summary="Chat about a nutmegheron")
    assert "nutmegheron" in await stored(world), "they are here again since"
