"""`/api/guides`: roles, tenants, repeats, refusals; and what a guide does to the next turn."""

from __future__ import annotations

from typing import Any

import pytest

from conversation_world import OTHER, THEIRS, World
from shared.events import ReplyDrafted, Why

NEW = {
    "name": "Wedding cakes",
    "goal": "appointment_booking",
    "instructions": "Offer a tasting.",
    "keywords": ["wedding"],
}
TEMPLATE = "Congratulations! {answer}"


async def made(world: World, **more: Any) -> dict[str, Any]:
    async with world.client(role="admin") as client:
        response = await client.post("/api/guides", json={**NEW, **more})
    assert response.status_code == 201, response.text
    return response.json()


async def test_a_guide_is_created_read_listed_changed_and_deleted(world: World) -> None:
    guide = await made(world)
    assert (guide["priority"], guide["active"], guide["revision"], guide["assistant_id"]) == (50, True, 1, None)
    async with world.client(role="admin") as client:
        path = f"/api/guides/{guide['id']}"
        assert (await client.get(path)).json() == guide
        second = await made(world, name="Else", keywords=[])
        page = (await client.get("/api/guides", params={"limit": 1})).json()
        rest = (await client.get("/api/guides", params={"cursor": page["next_cursor"]})).json()
        assert [item["id"] for item in page["items"] + rest["items"]] == [guide["id"], second["id"]]
        changed = (await client.patch(path, json={"keywords": ["bridal"], "revision": 1})).json()
        assert (changed["keywords"], changed["revision"]) == (["bridal"], 2)
        assert (await client.patch(path, json={"name": "x", "revision": 1})).json()["code"] == "conflict"
        assert (await client.delete(path)).status_code == 204
        assert (await client.get(path)).status_code == 404
        assert (await client.patch(path, json={"name": "x"})).status_code == 404
        assert [item["id"] for item in (await client.get("/api/guides")).json()["items"]] == [second["id"]]


async def test_a_repeat_under_the_same_key_makes_nothing_new_and_another_body_is_refused(world: World) -> None:
    key = {"idempotency-key": "k-1"}
    async with world.client(role="admin") as client:
        first = await client.post("/api/guides", json=NEW, headers=key)
        again = await client.post("/api/guides", json=NEW, headers=key)
        other = await client.post("/api/guides", json={**NEW, "name": "X"}, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**NEW, "name": " "},
        {**NEW, "goal": "world_peace"},
        {**NEW, "keywords": ["?!"]},
        {**NEW, "keywords": ["x"] * 51},
        {**NEW, "priority": 101},
        {**NEW, "instructions": "x" * 8_001},
        {**NEW, "assistant_id": "ast_mistyped"},
    ],
)
async def test_what_makes_no_sense_is_refused(world: World, body: Any) -> None:
    async with world.client(role="admin") as client:
        assert (await client.post("/api/guides", json=body)).status_code == 422


async def test_tenants_never_see_or_touch_each_others_guides(world: World) -> None:
    guide = await made(world)
    path = f"/api/guides/{guide['id']}"
    async with world.client(tenant=OTHER, role="admin") as theirs, world.client(role="admin") as ours:
        answers = [await theirs.get(path), await theirs.patch(path, json={"name": "x"}), await theirs.delete(path)]
        assert {answer.status_code for answer in answers} == {404}
        assert (await theirs.get("/api/guides")).json()["items"] == []
        assert (await ours.get(path)).json() == guide


async def test_people_read_guides_and_admins_write_them(world: World) -> None:
    guide = await made(world)
    path = f"/api/guides/{guide['id']}"
    async with world.client(role="agent") as agent, world.client(role="viewer") as viewer:
        assert (await viewer.get(path)).status_code == (await agent.get("/api/guides")).status_code == 200
        answers = [
            await agent.post("/api/guides", json=NEW),
            await agent.patch(path, json={"name": "x"}),
            await agent.delete(path),
        ]
    assert {answer.status_code for answer in answers} == {403}


async def test_a_change_applies_to_the_next_turn(world: World) -> None:
    guide = await made(world, response_template=TEMPLATE, assistant_id="ast_9")
    await world.text("Our wedding is in May")
    await world.pass_time(2)
    asked = world.requested()[-1].chosen_guide
    assert asked
    assert (asked.id, asked.assistant_id, asked.response_template) == (guide["id"], "ast_9", TEMPLATE)
    assert asked.rule == 'keyword "wedding" in the unanswered texts'
    async with world.client(role="admin") as client:
        await client.patch(f"/api/guides/{guide['id']}", json={"instructions": "We are sold out."})
    await world.text("And what about a wedding in June?")
    await world.pass_time(31)
    asked = world.requested()[-1].chosen_guide
    assert asked
    assert asked.instructions == "We are sold out."
    async with world.client(role="admin") as client:
        await client.delete(f"/api/guides/{guide['id']}")
    await world.text("A wedding in July?")
    await world.pass_time(31)
    assert world.requested()[-1].chosen_guide is None


async def test_an_answer_says_which_guide_it_followed_after_the_guide_is_gone(world: World) -> None:
    guide = await made(world)
    await world.text("Our wedding is in May")
    await world.pass_time(2)
    wanted = world.requested()[-1]
    assert wanted.chosen_guide
    named = {"guide_id": guide["id"], "guide_name": "Wedding cakes", "guide_rule": "said wedding"}
    why = Why(assistant_id="ast_9", version=4, **named)
    await world.feed(
        ReplyDrafted(
            thread_id=wanted.thread_id, conversation_id=wanted.conversation_id, turn=wanted.turn, number=wanted.number,
            contact=THEIRS, outcome="reply", text="Come and taste.", run_id="run_1", assistant_id="ast_9",
            drafted_at=world.clock.now(), why=why,
        )
    )  # fmt: skip
    async with world.client(role="admin") as client:
        await client.delete(f"/api/guides/{guide['id']}")
        messages = (await client.get(f"/api/conversations/{wanted.conversation_id}/messages")).json()["items"]
    [answer] = [one for one in messages if one["author"] == "assistant"]
    assert answer["why"].items() >= {"version": 4, **named}.items()
