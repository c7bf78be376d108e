"""Changing a conversation: assignee, assistant, guide."""

from __future__ import annotations

import pytest

from conversation_world import World


@pytest.mark.parametrize(
    ("field", "id", "code"),
    [
        ("assignee", "usr_mistyped", "unknown_assignee"),
        ("assignee", "usr_theirs", "unknown_assignee"),
        ("assignee", "usr_gone", "unknown_assignee"),
        ("assignee", "../users/usr_1", "unknown_assignee"),
        ("assignee", ".", "unknown_assignee"),
        ("assignee", "..", "unknown_assignee"),
        ("assistant_id", ".", "unknown_assistant"),
        ("assistant_id", "ast_mistyped", "unknown_assistant"),
    ],
)
async def test_who_is_named_must_exist(world: World, field: str, id: str, code: str) -> None:
    conversation = await world.started()
    async with world.client() as client:
        path = f"/api/conversations/{conversation['id']}"
        refused = await client.patch(path, json={field: id, "guide": "Sell the rye"})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert "GET /api/a" in refused.json()["detail"]
        shown = (await client.get(path)).json()
    assert (shown[field], shown["guide"]) == (None, "")


async def test_nobody_new_can_be_named_while_the_owner_is_away(world: World) -> None:
    conversation = await world.started()
    async with world.client() as client:
        path = f"/api/conversations/{conversation['id']}"
        await client.patch(path, json={"assignee": "usr_1"})
        world.owners_are_away = True
        same = await client.patch(path, json={"assignee": "usr_1", "guide": "Sell the rye"})
        assert (same.status_code, same.json()["guide"]) == (200, "Sell the rye")
        assert (await client.patch(path, json={"assignee": None})).status_code == 200
        refused = await client.patch(path, json={"assistant_id": "ast_9"})
        assert (refused.status_code, refused.json()["code"]) == (503, "owner_away")


async def test_the_guide_reaches_the_assistant(world: World) -> None:
    conversation = await world.started()
    async with world.client() as client:
        path = f"/api/conversations/{conversation['id']}"
        await client.patch(path, json={"guide": "Sell the rye", "assistant_id": "ast_9"})
    await world.text("Hello")
    await world.pass_time(2)
    assert (world.requested()[-1].guide, world.requested()[-1].assistant_id) == ("Sell the rye", "ast_9")


async def test_changing_nothing_changes_nothing(world: World) -> None:
    conversation = await world.started()
    async with world.client() as client:
        patched = (await client.patch(f"/api/conversations/{conversation['id']}", json={})).json()
    assert patched["revision"] == conversation["revision"]
