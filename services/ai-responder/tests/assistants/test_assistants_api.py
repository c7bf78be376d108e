"""`/api/assistants`: roles, tenants, repeats, refusals, and trying one out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from responder_world import PretendModel, World, answered, says, tenant_changed

from testkit.eventually import eventually

NEW = {"name": "Front desk", "prompt": "You are warm and brief.", "knowledge": "Open 7 to 15."}
ASK = {"messages": [{"text": "When do you open?"}]}


@pytest.fixture
async def model() -> PretendModel:
    return PretendModel([answered(says("Gladly."))])


@pytest.fixture
async def world(model: PretendModel) -> AsyncIterator[World]:
    world = World(model)
    await world.start("none of its loops")
    yield world
    await world.stop()


async def test_every_tenant_has_a_working_default_assistant(world: World) -> None:
    await world.handle(tenant_changed())
    await world.handle(tenant_changed(revision=2))
    async with world.client(role="viewer") as client:
        page = (await client.get("/api/assistants")).json()
    [default] = page["items"]
    assert (default["is_default"], default["model"], page["next_cursor"]) == (True, "", None)
    assert default["prompt"]


async def test_the_default_is_there_before_its_event_came_by(world: World, model: PretendModel) -> None:
    async with world.client("ten_b") as client:
        [default] = (await client.get("/api/assistants")).json()["items"]
        tried = (await client.post(f"/api/assistants/{default['id']}/try", json=ASK)).json()
    assert (tried["outcome"], tried["text"]) == ("reply", "Gladly.")


async def test_an_assistant_is_made_read_changed_and_listed_page_by_page(world: World) -> None:
    async with world.client() as client:
        response = await client.post("/api/assistants", json=NEW)
        made = response.json()
        assert (response.status_code, made["revision"], made["is_default"]) == (201, 1, False)
        assert (await client.get(f"/api/assistants/{made['id']}")).json() == made
        changed = (await client.patch(f"/api/assistants/{made['id']}", json={"temperature": 0.2, "revision": 1})).json()
        assert (changed["temperature"], changed["revision"], changed["prompt"]) == (0.2, 2, NEW["prompt"])
        cleared = (await client.patch(f"/api/assistants/{made['id']}", json={"temperature": None})).json()
        assert (cleared["temperature"], cleared["revision"]) == (None, 3)
        first = (await client.get("/api/assistants", params={"limit": 1})).json()
        rest = (await client.get("/api/assistants", params={"cursor": first["next_cursor"]})).json()
        assert {item["name"] for item in first["items"] + rest["items"]} == {"Assistant", "Front desk"}


async def test_other_services_can_ask_whether_a_tenant_has_an_assistant(world: World) -> None:
    async with world.client() as client, world.client("ten_b") as other:
        made = (await client.post("/api/assistants", json=NEW)).json()["id"]
        default = (await other.get("/api/assistants")).json()["items"][0]["id"]
        inside = {"authorization": f"Bearer {world.keyring.token({'kind': 'internal', 'exp': 4_000_000_000})}"}

        async def status(id: str, tenant: str) -> int:
            path = f"/internal/ai-responder/assistants/{id}"
            return (await client.get(path, params={"tenant_id": tenant}, headers=inside)).status_code

        assert await status(made, "ten_a") == 200
        assert await status(default, "ten_b") == 200
        assert await status(made, "ten_b") == 404
        assert await status("ast_mistyped", "ten_a") == 404
        path = f"/internal/ai-responder/assistants/{made}?tenant_id=ten_a"
        assert (await client.get(path)).status_code == 401


async def test_a_change_upon_an_old_revision_is_refused(world: World) -> None:
    async with world.client() as client:
        made = (await client.post("/api/assistants", json=NEW)).json()
        await client.patch(f"/api/assistants/{made['id']}", json={"name": "A"})
        response = await client.patch(f"/api/assistants/{made['id']}", json={"name": "B", "revision": 1})
    assert (response.status_code, response.json()["code"]) == (409, "conflict")


async def test_a_repeat_under_the_same_key_makes_nothing_new_and_another_body_is_refused(world: World) -> None:
    key = {"idempotency-key": "k-1"}
    async with world.client() as client:
        first = await client.post("/api/assistants", json=NEW, headers=key)
        again = await client.post("/api/assistants", json=NEW, headers=key)
        other = await client.post("/api/assistants", json={**NEW, "name": "X"}, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    async with world.client("ten_b") as theirs:
        assert (await theirs.post("/api/assistants", json=NEW, headers=key)).json()["id"] != first.json()["id"]


async def test_a_repeat_whose_assistant_was_deleted_meanwhile_says_so(world: World) -> None:
    key = {"idempotency-key": "k-1"}
    async with world.client() as client:
        made = (await client.post("/api/assistants", json=NEW, headers=key)).json()
        await client.delete(f"/api/assistants/{made['id']}")
        again = await client.post("/api/assistants", json=NEW, headers=key)
    assert (again.status_code, again.json()["code"]) == (409, "archived")


async def test_tenants_never_see_or_touch_each_others_assistants(world: World) -> None:
    async with world.client("ten_a") as ours, world.client("ten_b") as theirs:
        made = (await ours.post("/api/assistants", json=NEW)).json()
        path = f"/api/assistants/{made['id']}"
        answers = [
            await theirs.get(path),
            await theirs.patch(path, json={"name": "mine"}),
            await theirs.post(f"{path}/try", json=ASK),
        ]
        unknown = await theirs.get("/api/assistants/ast_none")
        listed = (await theirs.get("/api/assistants")).json()["items"]
        assert {answer.status_code for answer in answers} == {404}
        assert answers[0].json()["code"] == unknown.json()["code"]
        assert [item["is_default"] for item in listed] == [True]
        assert (await ours.get(path)).json()["name"] == "Front desk"


@pytest.mark.parametrize(
    ("role", "method", "path", "body", "status"),
    [
        ("viewer", "GET", "", None, 200),
        ("viewer", "POST", "", NEW, 403),
        ("agent", "POST", "", NEW, 403),
        ("agent", "PATCH", "/{id}", {"name": "x"}, 403),
        ("viewer", "POST", "/{id}/try", ASK, 403),
        ("agent", "POST", "/{id}/try", ASK, 200),
    ],
)
async def test_roles(world: World, role: Any, method: str, path: str, body: Any, status: int) -> None:
    async with world.client() as admin, world.client(role=role) as client:
        made = (await admin.post("/api/assistants", json=NEW)).json()
        response = await client.request(method, f"/api/assistants{path.replace('{id}', made['id'])}", json=body)
    assert response.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**NEW, "name": " "},
        {**NEW, "temperature": 3},
        {**NEW, "max_output_tokens": 1},
        {**NEW, "prompt": "x" * 20_001},
        {**NEW, "is_default": True},
    ],
)
async def test_what_makes_no_sense_is_refused_with_the_field(world: World, body: Any) -> None:
    async with world.client() as client:
        response = await client.post("/api/assistants", json=body)
    assert (response.status_code, response.json()["errors"] != []) == (422, True)


async def test_null_is_no_value_to_change_to(world: World) -> None:
    async with world.client() as client:
        made = (await client.post("/api/assistants", json=NEW)).json()
        response = await client.patch(f"/api/assistants/{made['id']}", json={"name": None})
    assert response.status_code == 422


async def test_trying_shows_the_answer_and_its_tokens_and_touches_no_conversation(
    world: World, model: PretendModel
) -> None:
    async with world.client(role="admin") as client:
        made = (await client.post("/api/assistants", json=NEW)).json()
        body = {
            "messages": [{"text": "Hi"}, {"author": "assistant", "text": "Hello!"}, *ASK["messages"]],
            "guide": "G1",
        }
        tried = (await client.post(f"/api/assistants/{made['id']}/try", json=body)).json()
    assert (tried["outcome"], tried["text"], tried["parts"], tried["encoding"]) == ("reply", "Gladly.", 1, "GSM-7")
    assert tried["usage"] == {
        "tokens_prompt": 36, "tokens_completion": 20, "tokens_cached": 64, "calls": 1, "estimate": False
    }  # fmt: skip
    assert "G1" in model.asked[0]["messages"][0]["content"]
    await world.service.relay.drain()
    assert world.drafted == []
    assert {usage["run_id"] for usage in world.usage} == {tried["run_id"]}
    assert {usage["conversation_id"] for usage in world.usage} == {None}


async def test_a_repeated_try_under_the_same_key_asks_the_model_once(world: World, model: PretendModel) -> None:
    key = {"idempotency-key": "t-1"}
    async with world.client(role="agent") as client:
        [default] = (await client.get("/api/assistants")).json()["items"]
        path = f"/api/assistants/{default['id']}/try"
        first, again = [(await client.post(path, json=ASK, headers=key)).json() for _ in range(2)]
        other = await client.post(path, json={**ASK, "guide": "x"}, headers=key)
    assert (first, len(model.asked), other.status_code) == (again, 1, 422)


async def test_two_tries_at_once_under_one_key_ask_the_model_once(world: World, model: PretendModel) -> None:
    model.gate = asyncio.Event()
    key = {"idempotency-key": "t-1"}
    async with world.client(role="agent") as client:
        [default] = (await client.get("/api/assistants")).json()["items"]
        path = f"/api/assistants/{default['id']}/try"
        bodies = [ASK, ASK, {**ASK, "guide": "x"}]
        asking = [asyncio.create_task(client.post(path, json=body, headers=key)) for body in bodies]
        await eventually(lambda: model.asked)
        model.gate.set()
        first, again, other = await asyncio.gather(*asking)
    assert first.status_code == 200
    assert (again.json(), other.status_code, len(model.asked)) == (first.json(), 422, 1)


async def test_two_processes_under_one_key_give_one_answer_and_book_what_both_used(
    world: World, model: PretendModel
) -> None:
    other_model = PretendModel([answered(says("Surely."))], gate=asyncio.Event())
    other = World(other_model, beside=world)
    await other.start("none of its loops")
    key = {"idempotency-key": "t-1"}
    async with world.client() as client, other.client() as beside:
        [default] = (await client.get("/api/assistants")).json()["items"]
        path = f"/api/assistants/{default['id']}/try"
        slower = asyncio.create_task(beside.post(path, json=ASK, headers=key))
        await eventually(lambda: other_model.asked)
        first = (await client.post(path, json=ASK, headers=key)).json()
        assert other_model.gate
        other_model.gate.set()
        second = (await slower).json()
        third = (await client.post(path, json=ASK, headers=key)).json()
    assert (first["text"], second["text"], third) == ("Gladly.", "Gladly.", second)
    for one in (world, other):
        await one.service.relay.drain()
    entries = {usage["ledger_key"]: usage["quantity"] for usage in world.usage}
    assert sum(entries.values()) == 2 * (36 + 64 + 20), "both models worked"
    assert second["usage"]["calls"] == 2
    await other.stop_tasks()


async def test_a_suspended_tenant_tries_nothing(world: World, model: PretendModel) -> None:
    await world.handle(tenant_changed(status="suspended", revision=2))
    async with world.client(role="admin") as client:
        [default] = (await client.get("/api/assistants")).json()["items"]
        refused = await client.post(f"/api/assistants/{default['id']}/try", json=ASK)
    assert (refused.status_code, refused.json()["code"], model.asked) == (409, "tenant_suspended", [])


async def test_a_try_without_a_model_says_what_to_set() -> None:
    world = World(None, openai_api_key="", openai_base_url="", openai_model="", sandbox="off")
    await world.start("none of its loops")
    async with world.client() as client:
        [default] = (await client.get("/api/assistants")).json()["items"]
        tried = (await client.post(f"/api/assistants/{default['id']}/try", json=ASK)).json()
    assert tried["outcome"] == "failure"
    assert "set OPENAI_API_KEY" in tried["reason"]
    await world.stop()


async def test_a_try_while_the_model_is_down_says_so_and_books_what_may_be_lost(
    world: World, model: PretendModel
) -> None:
    model.script = [httpx2.ReadTimeout("slow")]
    async with world.client() as client:
        [default] = (await client.get("/api/assistants")).json()["items"]
        tried = (await client.post(f"/api/assistants/{default['id']}/try", json=ASK)).json()
    assert tried["outcome"] == "failure"
    assert "try again" in tried["reason"]
    assert (tried["usage"]["estimate"], tried["usage"]["calls"]) == (True, 3)


async def test_the_last_message_of_a_try_is_the_customers(world: World) -> None:
    async with world.client() as client:
        [default] = (await client.get("/api/assistants")).json()["items"]
        body = {"messages": [{"author": "assistant", "text": "Hello"}]}
        response = await client.post(f"/api/assistants/{default['id']}/try", json=body)
    assert response.status_code == 422
