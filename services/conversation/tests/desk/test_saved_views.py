"""Filters of the inbox that users keep for themselves."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from conversation.saved_views.domain.book import MOST_VIEWS
from conversation_world import OTHER, TENANT, THEIRS, World
from shared.erasure import ErasedPerson

MINE = {"name": "Mine, unread", "filters": {"mine": True, "unread": True, "state": "open", "q": "cake"}}


async def names(client: httpx2.AsyncClient) -> list[str]:
    return [view["name"] for view in (await client.get("/api/views")).json()["items"]]


async def test_views_are_made_once_per_key_changed_and_deleted_by_their_user(world: World) -> None:
    async with world.client(role="viewer", user="usr_1") as client:
        first = await client.post("/api/views", json=MINE, headers={"idempotency-key": "k"})
        assert (first.status_code, first.json()["filters"]) == (201, MINE["filters"])
        again = await client.post("/api/views", json=MINE, headers={"idempotency-key": "k"})
        assert again.json() == first.json()
        other = {**MINE, "name": "Others"}
        reused = await client.post("/api/views", json=other, headers={"idempotency-key": "k"})
        assert reused.json()["code"] == "idempotency_key_reused"
        path = f"/api/views/{first.json()['id']}"
        changed = await client.patch(path, json={"filters": {"assignee": "none"}})
        assert (changed.json()["name"], changed.json()["filters"]) == ("Mine, unread", {"assignee": "none"})
        await client.post("/api/views", json=other)
        assert await names(client) == ["Mine, unread", "Others"]
        assert (await client.delete(path)).status_code == 204
        assert (await client.delete(path)).status_code == 404
        assert await names(client) == ["Others"]


async def test_nobody_else_sees_them(world: World) -> None:
    async with world.client(user="usr_1") as client:
        id = (await client.post("/api/views", json=MINE)).json()["id"]
    for tenant, user in ((TENANT, "usr_2"), (OTHER, "usr_1")):
        async with world.client(tenant, user=user) as client:
            assert await names(client) == []
            assert (await client.patch(f"/api/views/{id}", json={"name": "x"})).status_code == 404
    async with world.client() as program:
        assert await names(program) == []
        assert (await program.delete(f"/api/views/{id}")).status_code == 404
        assert (await program.post("/api/views", json=MINE)).json()["code"] == "not_a_person"


@pytest.mark.parametrize(
    "filters",
    [{"state": "away"}, {"unknown": True}, {"number": "12"}, {"q": "x" * 201}, {"label": ""}, {"ai_state": "asleep"}],
    ids=str,
)
async def test_filters_that_the_list_refuses_are_refused(world: World, filters: dict[str, Any]) -> None:
    async with world.client(user="usr_1") as client:
        assert (await client.get("/api/conversations", params=filters)).status_code in (200, 422)
        made = await client.post("/api/views", json={"name": "x", "filters": filters})
        assert made.status_code == 422, made.text
        assert await names(client) == []


async def test_the_limit_holds_for_requests_of_the_same_moment(world: World) -> None:
    async with world.client(user="usr_1") as client:
        made = await asyncio.gather(
            *(client.post("/api/views", json={**MINE, "name": str(n)}) for n in range(MOST_VIEWS + 3))
        )
        assert sorted(answer.status_code for answer in made) == [201] * MOST_VIEWS + [409] * 3
        assert {answer.json().get("code") for answer in made if answer.is_error} == {"too_many_views"}


async def test_a_view_that_looks_for_an_erased_person_goes_with_them(world: World) -> None:
    async with world.client(user="usr_1") as client:
        await client.post("/api/views", json={"name": "That one", "filters": {"q": THEIRS}})
        await client.post("/api/views", json={"name": "Ada’s", "filters": {"q": "ada@cakes.example"}})
        await client.post("/api/views", json=MINE)
        person = ErasedPerson(
            tenant_id=TENANT,
            erasure_id="era_1",
            contact_id="cct_1",
            phone_numbers=(THEIRS,),
            emails=("ada@cakes.example",),
            at=datetime.now(UTC),
            key=b"k" * 32,
        )
        erase = world.service.erasures._steps["saved views"]  # type: ignore[union-attr]
        assert await erase(person) == 1
        assert await names(client) == ["Mine, unread"]
