"""Contacts over HTTP: made by any identifier, each of which belongs to one contact."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from contacts_play import ADA, SECOND, made, patched, shown
from conversation_world import OTHER, OURS, THEIRS, World
from shared.events import ContactChanged


async def test_a_contact_is_made_from_any_identifier(world: World) -> None:
    contact = await made(world, ADA)
    assert (contact["phone_number"], contact["phone_numbers"]) == (None, [])
    assert (contact["emails"], contact["external_ids"]) == (["ada@bücher.example"], {"shop": "4711"})
    assert (contact["name"], contact["fields"], contact["merges"]) == ("Ada", {"cake": "lemon"}, [])
    assert contact["created_at"]
    assert await shown(world, contact["id"]) == contact
    await world.due()
    [news] = world.broker.data(ContactChanged)
    assert (news.contact_id, news.phone_numbers) == (contact["id"], ())


async def test_a_text_from_a_contacts_number_belongs_to_the_contact(world: World) -> None:
    contact = await made(world, {"phone_number": "(202) 555-0123", "name": "Ada"})
    assert contact["phone_numbers"] == [THEIRS]
    assert contact["consent"] == {THEIRS: {"opted_out": False, "state": "none", "at": None}}
    await world.text("Hello")
    card = (await world.conversation())["contact"]
    assert card == {"id": contact["id"], "phone_number": THEIRS, "name": "Ada", "company": None}
    async with world.client() as client:
        listed = (await client.get("/api/contacts")).json()["items"]
    assert [one["id"] for one in listed] == [contact["id"]]


@pytest.mark.parametrize(
    "body",
    [
        {"email": "ADA@xn--bcher-kva.example"},
        {"external_ids": {"shop": " 4711 "}},
        {"phone_number": "202-555-0123", "email": "new@cakes.example"},
    ],
)
async def test_an_identifier_of_another_contact_is_refused_with_its_name(world: World, body: dict[str, Any]) -> None:
    contact = await made(world, {**ADA, "phone_number": THEIRS})
    refused = await made(world, body, 409)
    assert refused["code"] == "identifier_taken"
    assert contact["id"] in refused["detail"]
    async with world.client(OTHER) as stranger:
        assert (await stranger.post("/api/contacts", json=body)).status_code == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "Nobody"}, "no_identifier"),
        ({"email": "ada\u200b@cakes.example"}, "invalid_email"),
        ({"email": "ada@cakes\u00ad.example"}, "invalid_email"),
        ({"email": "not an address"}, "invalid_email"),
        ({"external_ids": {"shop": "47\u202e11"}}, "invalid_external_id"),
        ({"external_ids": {" ": "1"}}, "invalid_external_id"),
        ({"phone_number": "12"}, "invalid"),
        ({"phone_number": "+1 555"}, "invalid_phone_number"),
        ({"email": "a@b.example", "timezone": "Mars/Olympus"}, "invalid"),
        ({"email": "a@b.example", "name": "A\x00"}, "control_character"),
        ({"email": "a@b.example", "fields": {"k": "x" * 1001}}, "invalid"),
    ],
)
async def test_what_cannot_identify_a_person_is_refused(world: World, body: dict[str, Any], code: str) -> None:
    assert (await made(world, body, 422))["code"] == code


async def test_a_repeated_request_answers_with_the_same_contact(world: World) -> None:
    first = await made(world, ADA, **{"Idempotency-Key": "k1"})
    assert await made(world, ADA, **{"Idempotency-Key": "k1"}) == first
    other = await made(world, {**ADA, "name": "Eve"}, 422, **{"Idempotency-Key": "k1"})
    assert other["code"] == "idempotency_key_reused"


async def test_of_requests_that_race_for_an_address_one_makes_the_contact(world: World) -> None:
    bodies = [{"email": "ada@cakes.example", "external_ids": {"shop": f"{n}"}} for n in range(6)]
    async with world.client() as client:
        answers = await asyncio.gather(*(client.post("/api/contacts", json=body) for body in bodies))
        listed = (await client.get("/api/contacts?q=ada")).json()["items"]
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    [winner] = [answer.json() for answer in answers if answer.status_code == 201]
    assert [one["id"] for one in listed] == [winner["id"]]
    losers = [answer.json() for answer in answers if answer.status_code == 409]
    assert {one["code"] for one in losers} == {"identifier_taken"}
    free = next(body for body in bodies if body["external_ids"] != winner["external_ids"])
    await made(world, {"external_ids": free["external_ids"]})  # a request that lost has kept nothing


async def test_identifiers_are_added_and_removed_and_a_removed_one_is_free(world: World) -> None:
    contact = await made(world, ADA)
    changed = await patched(
        world,
        contact["id"],
        {"phone_number": THEIRS, "email": "second@cakes.example", "external_ids": {"shop": None, "crm": "9"}},
    )
    assert changed["phone_number"] == THEIRS
    assert changed["emails"] == ["second@cakes.example", "ada@bücher.example"]
    assert changed["external_ids"] == {"crm": "9"}
    changed = await patched(world, contact["id"], {"emails": ["second@cakes.example"], "phone_numbers": [SECOND]})
    assert (changed["emails"], changed["phone_numbers"]) == (["second@cakes.example"], [SECOND])
    other = await made(world, {**ADA, "phone_number": THEIRS})
    assert other["id"] != contact["id"]
    await world.text("Hello")
    assert (await world.conversation())["contact"]["id"] == other["id"]


async def test_a_taken_identifier_changes_nothing_of_the_contact(world: World) -> None:
    taken = await made(world, ADA)
    contact = await made(world, {"phone_number": THEIRS, "name": "Bob"})
    refused = await patched(world, contact["id"], {"email": ADA["email"], "name": "Eve"}, 409)
    assert (refused["code"], taken["id"] in refused["detail"]) == ("identifier_taken", True)
    assert await shown(world, contact["id"]) == contact


async def test_a_number_with_conversations_stays(world: World) -> None:
    contact = await made(world, {"phone_number": THEIRS, "email": "ada@cakes.example"})
    await world.text("Hello")
    assert (await patched(world, contact["id"], {"phone_numbers": []}, 409))["code"] == "number_in_use"
    await world.text("Hi", contact=SECOND)
    id = (await world.conversation())["contact"]["id"]
    assert (await patched(world, id, {"phone_numbers": [], "email": "bob@cakes.example"}, 409))["code"] == (
        "number_in_use"
    )
    assert (await patched(world, contact["id"], {"emails": []}))["emails"] == []
    alone = await made(world, {"email": "only@cakes.example"})
    assert (await patched(world, alone["id"], {"emails": []}, 422))["code"] == "no_identifier"


async def test_a_removed_number_that_writes_again_begins_a_new_contact(world: World) -> None:
    contact = await made(world, {"phone_number": THEIRS, "email": "ada@cakes.example", "name": "Ada"})
    for n in range(4):
        await patched(world, contact["id"], {"company": f"{n}"})
    await patched(world, contact["id"], {"phone_numbers": []})
    await world.text("It is Bob's now")
    card = (await world.conversation())["contact"]
    assert (card["id"] != contact["id"], card["name"], card["phone_number"]) == (True, None, THEIRS)
    assert (await patched(world, card["id"], {"name": "Bob"}))["name"] == "Bob"
    await world.due()
    assert (await world.conversation())["contact"]["name"] == "Bob"
    refused = await patched(world, contact["id"], {"phone_number": THEIRS}, 409)
    assert card["id"] in refused["detail"]


async def test_contacts_are_found_by_address_number_and_name(world: World) -> None:
    contact = await made(world, {**ADA, "phone_number": SECOND, "company": "Engines"})
    async with world.client() as client:
        for q in ("ada@bücher", "0199", "eng", "4711"):
            found = (await client.get("/api/contacts", params={"q": q})).json()["items"]
            assert [one["id"] for one in found] == [contact["id"]], q
        assert (await client.get("/api/contacts", params={"q": "nobody"})).json()["items"] == []


async def test_an_opt_out_without_a_number_holds_for_all_and_consent_stays_with_each(world: World) -> None:
    contact = await made(world, {"phone_number": THEIRS, "email": "ada@cakes.example"})
    await patched(world, contact["id"], {"phone_numbers": [THEIRS, SECOND]})
    async with world.client() as client:
        path = f"/api/contacts/{contact['id']}/consent"
        out = (await client.post(path, json={"state": "out", "note": "by phone"})).json()
        assert {number: one["state"] for number, one in out["contact"]["consent"].items()} == {
            THEIRS: "out",
            SECOND: "out",
        }
        back = (await client.post(path, json={"state": "in", "note": "again", "phone_number": SECOND})).json()
        assert back["contact"]["consent"][SECOND]["state"] == "in"
        assert (back["contact"]["opted_out"], len(back["entries"])) == (True, 3)
        wrong = await client.post(path, json={"state": "in", "note": "again", "phone_number": OURS})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown_number")


async def test_another_tenant_meets_no_contact(world: World) -> None:
    contact = await made(world, {**ADA, "phone_number": THEIRS})
    async with world.client(OTHER) as stranger:
        path = f"/api/contacts/{contact['id']}"
        theirs = (await stranger.post("/api/contacts", json={"email": "eve@cakes.example"})).json()["id"]
        for answer in (
            await stranger.get(path),
            await stranger.get(f"{path}/timeline"),
            await stranger.patch(path, json={"name": "Eve"}),
            await stranger.post(f"{path}/merge", json={"other_id": theirs}),
            await stranger.post(f"/api/contacts/{theirs}/merge", json={"other_id": contact["id"]}),
            await stranger.post(f"{path}/unmerge", json={"merge_id": "mrg_1"}),
            await stranger.post(f"{path}/consent", json={"state": "out", "note": "x"}),
        ):
            assert answer.status_code == 404
    assert await shown(world, contact["id"]) == contact
