"""Workflows and their versions over the API."""

from __future__ import annotations

from typing import Any

from workflow_world import PERSON, WorkflowsWorld, send, wait, workflow

HELLO = workflow(send("Hello", "hello"))
BROKEN = workflow({"id": "a", "type": "send_message"})


async def test_a_workflow_begins_as_a_draft_and_runs_once_it_is_active(world: WorkflowsWorld) -> None:
    made = (await world.ask("POST", "/api/workflows", {"name": "Welcome", "definition": HELLO})).json()
    assert (made["state"], made["version"], made["problems"], made["definition"]) == ("draft", 1, [], HELLO)
    refused = await world.ask("POST", f"/api/workflows/{made['id']}/runs", {"phone_number": PERSON})
    assert (refused.status_code, refused.json()["code"]) == (409, "workflow_not_active")
    active = (await world.ask("POST", f"/api/workflows/{made['id']}/activate")).json()
    assert (active["state"], active["live_version"]) == ("active", 1)
    assert (await world.started(made["id"]))["version"] == 1


async def test_a_definition_with_problems_is_kept_and_cannot_be_activated(world: WorkflowsWorld) -> None:
    made = await world.ask("POST", "/api/workflows", {"name": "Welcome", "definition": BROKEN})
    assert made.status_code == 201
    assert [problem["path"] for problem in made.json()["problems"]] == ["steps[0].text"]
    refused = await world.ask("POST", f"/api/workflows/{made.json()['id']}/activate")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_definition")
    assert [error["field"] for error in refused.json()["errors"]] == ["steps[0].text"]


async def test_another_definition_is_a_new_version_and_the_same_one_is_not(world: WorkflowsWorld) -> None:
    id = await world.made(HELLO)
    same = (await world.ask("PATCH", f"/api/workflows/{id}", {"name": "New name", "definition": HELLO})).json()
    assert (same["version"], same["name"]) == (1, "New name")
    next_one = (await world.ask("PATCH", f"/api/workflows/{id}", {"definition": workflow(send("Hi", "hi"))})).json()
    assert (next_one["version"], next_one["live_version"]) == (2, 2)
    versions = (await world.ask("GET", f"/api/workflows/{id}/versions")).json()["items"]
    assert [(one["version"], one["definition"]["steps"][0]["text"]) for one in versions] == [(2, "Hi"), (1, "Hello")]


async def test_a_broken_new_version_does_not_go_live(world: WorkflowsWorld) -> None:
    id = await world.made(HELLO)
    broken = (await world.ask("PATCH", f"/api/workflows/{id}", {"definition": BROKEN})).json()
    assert (broken["state"], broken["version"], broken["live_version"]) == ("active", 2, 1)
    assert broken["problems"]
    assert (await world.started(id))["version"] == 1


async def test_an_archived_workflow_starts_nothing(world: WorkflowsWorld) -> None:
    id = await world.made(HELLO)
    assert (await world.ask("POST", f"/api/workflows/{id}/archive")).json()["state"] == "archived"
    assert (await world.ask("POST", f"/api/workflows/{id}/runs", {"phone_number": PERSON})).status_code == 409
    listed = (await world.ask("GET", "/api/workflows?state=archived")).json()["items"]
    assert [one["id"] for one in listed] == [id]
    assert (await world.ask("GET", "/api/workflows?state=active")).json()["items"] == []


async def test_a_repeated_key_makes_one_workflow(world: WorkflowsWorld) -> None:
    body = {"name": "Welcome", "definition": HELLO}
    first, again = [await world.ask("POST", "/api/workflows", body, **{"idempotency-key": "k1"}) for _ in range(2)]
    assert first.json() == again.json()
    other = await world.ask("POST", "/api/workflows", body | {"name": "Other"}, **{"idempotency-key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_neighbours_hear_which_keywords_start_a_run(world: WorkflowsWorld) -> None:
    id = await world.made(workflow(send("Hello"), trigger="keyword", keywords=("CAKE",)))
    await world.ask("POST", f"/api/workflows/{id}/archive")
    triggers = [update["trigger"] for update in world.published("workflow.updated") if update["trigger"]]
    assert [(one["active"], one["keywords"]) for one in triggers] == [(True, ["CAKE"]), (False, ["CAKE"])]
    token = world.keyring.token({"kind": "internal", "exp": 4_000_000_000})
    page = await world.ask("GET", "/internal/campaigns/workflows", authorization=f"Bearer {token}")
    assert [(row["workflow_id"], row["trigger"]["active"]) for row in page.json()["items"]] == [(id, False)]


async def test_roles_and_tenants_are_kept_apart(world: WorkflowsWorld) -> None:
    id = await world.made(HELLO)
    asked: list[tuple[str, str, Any]] = [
        ("GET", f"/api/workflows/{id}", None),
        ("PATCH", f"/api/workflows/{id}", {"name": "x"}),
        ("GET", f"/api/workflows/{id}/versions", None),
        ("POST", f"/api/workflows/{id}/activate", None),
        ("POST", f"/api/workflows/{id}/archive", None),
        ("GET", f"/api/workflows/{id}/runs", None),
        ("POST", f"/api/workflows/{id}/runs", {"phone_number": PERSON}),
    ]
    for method, path, body in asked:
        assert (await world.ask(method, path, body, tenant="ten_b")).status_code == 404, path
    assert (await world.ask("GET", "/api/workflows", tenant="ten_b")).json()["items"] == []
    assert (await world.ask("PATCH", f"/api/workflows/{id}", {"name": "x"}, role="agent")).status_code == 403
    assert (
        await world.ask("POST", f"/api/workflows/{id}/runs", {"phone_number": PERSON}, role="viewer")
    ).status_code == 403
    assert (await world.ask("GET", "/api/workflows/schema", role="viewer")).json()["type"] == "object"


async def test_what_cannot_be_kept_is_refused(world: WorkflowsWorld) -> None:
    large = workflow(*(send("x" * 4000, f"s{n}") for n in range(60)))
    assert (await world.ask("POST", "/api/workflows", {"name": "x", "definition": large})).json()[
        "code"
    ] == "definition_too_large"
    huge = {"trigger": {"type": "api"}, "steps": [{"id": "a", "type": "delay", "seconds": 10**30}]}
    assert (await world.ask("POST", "/api/workflows", {"name": "x", "definition": huge})).status_code == 422


async def test_what_is_worth_a_look_is_said_and_does_not_prevent_activation(world: WorkflowsWorld) -> None:
    keep = {"id": "keep", "type": "save_response", "field": "what", "as": "choice", "choices": ["Move it", "Cancel"]}
    made = await world.ask(
        "POST", "/api/workflows", {"name": "w", "definition": workflow(send("{day}?", "ask"), wait(), keep)}
    )
    found = [(warning["path"], warning["code"]) for warning in made.json()["warnings"]]
    assert found == [("steps[0].text", "needs_column"), ("steps[2].choices[1]", "reserved_word")]
    id = made.json()["id"]
    assert (await world.ask("POST", f"/api/workflows/{id}/activate")).status_code == 200
    versions = (await world.ask("GET", f"/api/workflows/{id}/versions")).json()["items"]
    assert len(versions[0]["warnings"]) == 2
