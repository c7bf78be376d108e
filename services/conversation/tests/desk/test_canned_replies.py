"""Canned replies: written once, read for each contact, and what is missing is said before they are sent."""

from __future__ import annotations

from typing import Any

from conversation_world import OTHER, World

HOURS = {"name": "Hours", "shortcut": "/Hours", "text": "Hi {name|there}, {cake|no cake}. {agent}"}


async def test_it_reads_with_the_contacts_values_and_says_what_is_missing(world: World) -> None:
    await world.text("Hello")
    conversation = await world.conversation()
    async with world.client(user="usr_1") as client:

        async def read(text: str) -> dict[str, Any]:
            made = await client.post("/api/canned-replies", json={"name": "x", "text": text})
            path = f"/api/canned-replies/{made.json()['id']}/render"
            return (await client.post(path, json={"conversation_id": conversation["id"]})).json()

        assert (await read(HOURS["text"]))["text"] == "Hi there, no cake. Bo"
        unknown = await read("Hi {name} of {company}: {Favourite Cake}")
        assert unknown["missing"] == ["name", "company", "favourite_cake"]
        card = {"name": "Ada", "company": "Engines", "fields": {"Favourite cake": "lemon \U0001f34b"}}
        await client.patch(f"/api/contacts/{conversation['contact']['id']}", json=card)
        known = await read("Hi {name} of {company}: {Favourite Cake} {{x}}")
        assert known == {
            "text": "Hi Ada of Engines: lemon \U0001f34b {x}", "missing": [], "parts": 1, "encoding": "UCS-2",
            "forced_by": "\U0001f34b",
        }  # fmt: skip


async def test_without_an_answer_of_accounts_the_agents_name_is_missing(world: World) -> None:
    await world.text("Hello")
    id = (await world.conversation())["id"]
    async with world.client(user="usr_1") as client:
        made = (await client.post("/api/canned-replies", json=HOURS)).json()
        world.owners_are_away = True
        shown = await client.post(f"/api/canned-replies/{made['id']}/render", json={"conversation_id": id})
        assert shown.json()["missing"] == ["agent"]


async def test_they_are_made_once_per_key_changed_and_deleted(world: World) -> None:
    async with world.client(user="usr_1") as client:
        key = {"idempotency-key": "k"}
        made = [await client.post("/api/canned-replies", json=HOURS, headers=key) for _ in range(2)]
        assert {(one.status_code, one.json()["id"], one.json()["shortcut"]) for one in made} == {
            (201, made[0].json()["id"], "hours")
        }
        path = f"/api/canned-replies/{made[0].json()['id']}"
        twin = await client.post("/api/canned-replies", json={"name": "y", "shortcut": "HOURS", "text": "x"})
        assert (twin.status_code, twin.json()["code"]) == (409, "shortcut_exists")
        changed = (await client.patch(path, json={"text": "Hi", "shortcut": None})).json()
        assert (changed["name"], changed["shortcut"], changed["text"], changed["revision"]) == ("Hours", None, "Hi", 2)
        for wrong in ({"text": "Hi {"}, {"text": " "}, {"text": "a\0"}, {"name": "\u200b"}, {"text": "x" * 2001}):
            assert (await client.patch(path, json=wrong)).status_code == 422, wrong
    async with world.client(OTHER) as stranger:
        assert (await stranger.get("/api/canned-replies")).json()["items"] == []
        assert (await stranger.delete(path)).status_code == 404
    async with world.client() as client:
        assert (await client.delete(path)).status_code == 204
        assert (await client.get("/api/canned-replies")).json()["items"] == []
