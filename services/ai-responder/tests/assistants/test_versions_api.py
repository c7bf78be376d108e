"""Versions, routes and business hours through the API, and what they do to the next answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from responder_world import CONTACT, NOON, NUMBER, PretendModel, World, answered, requested, says

from shared.clock import ManualClock
from shared.events import ChosenGuide
from testkit.eventually import eventually

NEW = {"name": "Front desk", "prompt": "You are warm."}
ASK = {"messages": [{"text": "When do you open?"}]}
CLOSED = {
    "business_hours": {"open": [], "holidays": []},
    "outside_hours": {"action": "reply", "text": "We are closed.", "every_hours": 6},
}


@pytest.fixture
def model() -> PretendModel:
    return PretendModel([answered(says("Gladly."))])


@pytest.fixture
async def world(model: PretendModel) -> AsyncIterator[World]:
    world = World(model, clock=ManualClock(NOON))
    await world.start("workers")
    yield world
    await world.stop()


async def made(world: World, **more: Any) -> dict[str, Any]:
    async with world.client() as client:
        response = await client.post("/api/assistants", json={**NEW, **more})
    assert response.status_code == 201, response.text
    return response.json()


async def answer(world: World, turn: int = 1, **more: Any) -> dict[str, Any]:
    await world.handle(requested("When do you open?", turn=turn, **more))
    await eventually(lambda: len(world.drafted) == turn)
    return world.drafted[-1]


def asked_with(model: PretendModel) -> str:
    return model.asked[-1]["messages"][0]["content"]


async def test_a_draft_answers_nobody_before_it_is_published_and_a_rollback_undoes_it(
    world: World, model: PretendModel
) -> None:
    id = (await made(world))["id"]
    async with world.client() as client:
        patched = (await client.patch(f"/api/assistants/{id}", json={"prompt": "You are brief."})).json()
        assert (patched["live_version"], patched["draft_version"], patched["draft_changes"]) == (1, 2, ["prompt"])
        first = await answer(world, assistant_id=id)
        assert (first["why"]["version"], "You are warm." in asked_with(model)) == (1, True)
        published = (await client.post(f"/api/assistants/{id}/publish", json={"note": "shorter"})).json()
        assert (published["live_version"], published["draft_version"], published["prompt"]) == (
            2,
            None,
            "You are brief.",
        )
        second = await answer(world, 2, assistant_id=id)
        assert (second["why"]["version"], "You are brief." in asked_with(model)) == (2, True)
        back = (await client.post(f"/api/assistants/{id}/rollback", json={"version": 1})).json()
        assert (back["live_version"], back["prompt"]) == (1, "You are warm.")
        listed = (await client.get(f"/api/assistants/{id}/versions", params={"limit": 1})).json()
        rest = (await client.get(f"/api/assistants/{id}/versions", params={"cursor": listed["next_cursor"]})).json()
        after_all = await client.get(f"/api/assistants/{id}/versions", params={"cursor": "1"})
    assert after_all.json() == {"items": [], "next_cursor": None}
    versions = listed["items"] + rest["items"]
    assert [(one["version"], one["state"], one["prompt"]) for one in versions] == [
        (2, "past", "You are brief."),
        (1, "live", "You are warm."),
    ]
    assert (versions[0]["went_live"][0]["note"], versions[0]["edits"][0]["fields"]) == ("shorter", ["prompt"])
    assert versions[1]["went_live"][-1]["rolled_back"]
    assert rest["next_cursor"] is None


async def test_a_repeated_publish_under_one_key_publishes_once(world: World) -> None:
    id, key = (await made(world))["id"], {"idempotency-key": "p-1"}
    async with world.client() as client:
        await client.patch(f"/api/assistants/{id}", json={"prompt": "second"})
        first = await client.post(f"/api/assistants/{id}/publish", json={}, headers=key)
        again = await client.post(f"/api/assistants/{id}/publish", json={}, headers=key)
        nothing = await client.post(f"/api/assistants/{id}/publish")
        unknown = await client.post(f"/api/assistants/{id}/rollback", json={"version": 9})
        stale = await client.post(f"/api/assistants/{id}/rollback", json={"version": 1, "revision": 1})
    assert (first.json()["live_version"], again.json()) == (2, first.json())
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_publish")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_version")
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")


async def test_a_key_that_came_with_another_body_is_refused_and_changes_nothing(world: World) -> None:
    id, key = (await made(world))["id"], {"idempotency-key": "p-1"}
    async with world.client() as client:
        path = f"/api/assistants/{id}"
        await client.patch(path, json={"prompt": "second"})
        await client.post(f"{path}/publish", json={"note": "a"}, headers=key)
        await client.patch(path, json={"prompt": "third"})
        others = [await client.post(f"{path}/publish", json={"note": "b"}, headers=key)]
        back = await client.post(f"{path}/rollback", json={"version": 1}, headers=key)
        others.append(await client.post(f"{path}/rollback", json={"version": 2}, headers=key))
        again = await client.post(f"{path}/rollback", json={"version": 1}, headers=key)
        shown = (await client.get(path)).json()
    assert [(one.status_code, one.json()["code"]) for one in others] == [(422, "idempotency_key_reused")] * 2
    assert (back.json()["live_version"], again.json()) == (1, back.json())
    assert (shown["live_version"], shown["draft_version"], shown["prompt"]) == (1, 3, "third")


async def test_any_version_can_be_tried_and_says_which_it_was(world: World, model: PretendModel) -> None:
    id = (await made(world))["id"]
    async with world.client() as client:
        await client.patch(f"/api/assistants/{id}", json={"prompt": "You are a draft.", **CLOSED})
        tried = (await client.post(f"/api/assistants/{id}/try", json={**ASK, "version": 2})).json()
        assert (tried["text"], tried["why"]["version"], "You are a draft." in asked_with(model)) == ("Gladly.", 2, True)
        assert tried["why"]["tokens_completion"] == 20
        assert (await client.post(f"/api/assistants/{id}/try", json=ASK)).json()["why"]["version"] == 1
        assert (await client.post(f"/api/assistants/{id}/try", json={**ASK, "version": 3})).status_code == 404
        draft = (await client.get(f"/api/assistants/{id}/versions/2")).json()
    assert (draft["state"], draft["prompt"]) == ("draft", "You are a draft.")


async def test_the_conversation_comes_before_the_guide_the_guide_before_a_route_and_a_route_before_the_default(
    world: World,
) -> None:
    own, guided, routed = [(await made(world, name=name))["id"] for name in ("own", "guided", "routed")]
    async with world.client() as client:
        await client.post("/api/assistants/routes", json={"number": NUMBER, "keyword": "open", "assistant_id": routed})
    guide = ChosenGuide(id="gde_1", name="Hours", instructions="Say when.", assistant_id=guided, rule="said open")
    answers = [
        await answer(world, 1, assistant_id=own, chosen_guide=guide),
        await answer(world, 2, chosen_guide=guide),
        await answer(world, 3),
        await answer(world, 4, history=(requested("Bread?").data.history)),
    ]
    whys = [one["why"] for one in answers]
    assert [why["assistant_name"] for why in whys] == ["own", "guided", "routed", "Assistant"]
    assert ["route_id" in why for why in whys] == [False, False, True, False]
    assert 'keyword "open"' in whys[2]["assistant_rule"]
    assert (whys[0]["guide_name"], whys[0]["guide_rule"]) == ("Hours", "said open")
    assert world.usage[-1]["assistant_id"] == whys[3]["assistant_id"]


async def test_who_was_deleted_is_passed_over_and_the_answer_says_so(world: World) -> None:
    gone, there = [(await made(world, name=name))["id"] for name in ("gone", "there")]
    async with world.client() as client:
        await client.post("/api/assistants/routes", json={"assistant_id": gone, "priority": 9})
        await client.post("/api/assistants/routes", json={"assistant_id": there, "priority": 1})
        assert (await client.delete(f"/api/assistants/{gone}")).status_code == 204
        assert gone not in [item["id"] for item in (await client.get("/api/assistants")).json()["items"]]
        assert (await client.get(f"/api/assistants/{gone}")).json()["archived_at"]
        tried = await client.post(f"/api/assistants/{gone}/try", json=ASK)
        refused = await client.post("/api/assistants/routes", json={"assistant_id": gone})
        assert {(one.status_code, one.json()["code"]) for one in (tried, refused)} == {(409, "archived")}
        [default] = [one for one in (await client.get("/api/assistants")).json()["items"] if one["is_default"]]
        assert (await client.delete(f"/api/assistants/{default['id']}")).json()["code"] == "default_assistant"
    why = (await answer(world, assistant_id=gone))["why"]
    assert (why["assistant_name"], why["assistant_rule"].count("passed over")) == ("there", 2)


async def test_routes_are_listed_in_order_repeated_under_a_key_and_deleted(world: World) -> None:
    id, key = (await made(world))["id"], {"idempotency-key": "r-1"}
    async with world.client() as client, world.client("ten_b") as theirs, world.client(role="agent") as agent:
        body = {"keyword": "Wedding ", "assistant_id": id, "priority": 5}
        first = await client.post("/api/assistants/routes", json=body, headers=key)
        again = await client.post("/api/assistants/routes", json=body, headers=key)
        other = await client.post("/api/assistants/routes", json={**body, "priority": 6}, headers=key)
        assert (first.status_code, again.json(), other.status_code) == (201, first.json(), 422)
        await client.post("/api/assistants/routes", json={"assistant_id": id, "priority": 9})
        listed = (await agent.get("/api/assistants/routes")).json()
        assert [(one["priority"], one["keyword"]) for one in listed["items"]] == [(9, None), (5, "Wedding")]
        path = f"/api/assistants/routes/{first.json()['id']}"
        assert (await theirs.delete(path)).status_code == 404
        assert (await theirs.get("/api/assistants/routes")).json()["items"] == []
        assert (await theirs.post("/api/assistants/routes", json=body)).json()["code"] == "unknown_assistant"
        assert (await agent.delete(path)).status_code == 403
        assert (await client.delete(path)).status_code == 204
        assert (await client.delete(path)).status_code == 404
        assert len((await client.get("/api/assistants/routes")).json()["items"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"keyword": "?!"},
        {"number": "555"},
        {"priority": 101},
        {"hours": {"open": [{"days": ["mon"], "opens": "9", "closes": "17:00"}]}},
        {"hours": {"open": [{"days": [], "opens": "09:00", "closes": "17:00"}]}},
        {"hours": {"open": [{"days": ["mon"], "opens": "09:00", "closes": "09:00"}]}},
        {"hours": {"open": [], "holidays": ["2026-02-30"]}},
    ],
)
async def test_a_route_that_makes_no_sense_is_refused(world: World, body: dict[str, Any]) -> None:
    id = (await made(world))["id"]
    async with world.client() as client:
        assert (await client.post("/api/assistants/routes", json={"assistant_id": id, **body})).status_code == 422


async def test_tenants_never_see_or_touch_each_others_versions(world: World) -> None:
    id = (await made(world))["id"]
    async with world.client("ten_b") as theirs:
        answers = [
            await theirs.get(f"/api/assistants/{id}/versions"),
            await theirs.get(f"/api/assistants/{id}/versions/1"),
            await theirs.post(f"/api/assistants/{id}/publish", json={}),
            await theirs.post(f"/api/assistants/{id}/rollback", json={"version": 1}),
            await theirs.delete(f"/api/assistants/{id}"),
        ]
    assert {one.status_code for one in answers} == {404}


async def test_while_the_business_is_closed_the_text_is_said_and_no_model_is_asked(
    world: World, model: PretendModel
) -> None:
    id = (await made(world, **CLOSED))["id"]
    drafted = await answer(world, assistant_id=id)
    assert (drafted["outcome"], drafted["text"], drafted["say_once_in_hours"]) == ("reply", "We are closed.", 6)
    assert (drafted["assistant_id"], drafted["why"]["guards"], model.asked, world.usage) == (
        id,
        ["outside_hours"],
        [],
        [],
    )


async def test_it_may_be_handed_to_a_person_or_answered_at_any_hour(world: World) -> None:
    async def with_action(turn: int, **plan: Any) -> dict[str, Any]:
        id = (await made(world, **{**CLOSED, "outside_hours": plan}))["id"]
        return await answer(world, turn, assistant_id=id)

    handed, answered = await with_action(1, action="person"), await with_action(2, action="answer")
    assert (handed["outcome"], handed["text"]) == ("hand_over", "")
    assert (answered["outcome"], answered["text"], answered["say_once_in_hours"]) == ("reply", "Gladly.", None)


async def test_hours_are_those_of_the_tenants_zone(world: World) -> None:
    """At noon in UTC it is six in the morning in Chicago."""
    world.tenants["ten_a"] = world.tenants["ten_a"].but(timezone="America/Chicago")
    hours = {"open": [{"days": ["thu"], "opens": "09:00", "closes": "17:00"}]}
    id = (await made(world, **CLOSED | {"business_hours": hours}))["id"]
    assert (await answer(world, 1, assistant_id=id))["text"] == "We are closed."
    assert isinstance(world.clock, ManualClock)
    world.clock.advance(3 * 3600)
    later = datetime(2026, 1, 1, 15, tzinfo=UTC)
    assert (await answer(world, 2, assistant_id=id, now=later + timedelta(minutes=1)))["text"] == "Gladly."
    assert world.drafted[-1]["contact"] == CONTACT
