"""Requests that race for one identifier, and a STOP of a number that was merged, on either database."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conversation_world import OURS, THEIRS, World
from shared.database.protocol import Database
from shared.events import SmsOutbound

ADA = {"email": "ada@engines.example"}
SECOND = "+12025550188"


@pytest.fixture
async def world(either_database: Database) -> World:
    made = World(database=either_database)
    await made.start()
    return made


async def posted(world: World, path: str, *bodies: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """All at once."""
    async with world.client() as client:
        answers = await asyncio.gather(*(client.post(path, json=body) for body in bodies))
    return [(answer.status_code, answer.json()) for answer in answers]


async def test_of_two_processes_that_claim_one_identifier_at_once_one_has_it(world: World) -> None:
    other = World(beside=world)
    await other.start()
    bodies = [ADA | {"external_ids": {"shop": f"{n}"}} for n in range(3)]
    here, there = await asyncio.gather(
        posted(world, "/api/contacts", *bodies[:2]), posted(other, "/api/contacts", *bodies[2:])
    )
    assert sorted(status for status, _ in here + there) == [201, 409, 409]
    [winner] = [body for status, body in here + there if status == 201]
    assert {body["code"] for status, body in here + there if status == 409} == {"identifier_taken"}
    async with world.client() as client:
        assert [one["id"] for one in (await client.get("/api/contacts?q=ada")).json()["items"]] == [winner["id"]]
    free = next(body["external_ids"] for body in bodies if body["external_ids"] != winner["external_ids"])
    assert (await posted(other, "/api/contacts", {"external_ids": free}))[0][0] == 201, "who lost has kept nothing"


async def test_a_stop_of_a_merged_number_holds_for_that_number_before_and_after_the_parting(world: World) -> None:
    for number in (THEIRS, SECOND):
        await world.text("Hello", name=f"hello {number}", contact=number)
    await world.due()
    async with world.client() as client:
        found = [(await client.get("/api/contacts", params={"q": number})).json() for number in (THEIRS, SECOND)]
        first, second = [one["items"][0]["id"] for one in found]
        merged = (await client.post(f"/api/contacts/{first}/merge", json={"other_id": second})).json()
        await world.due()
        await world.text("STOP", name="stop", contact=SECOND, keyword="stop")
        await world.due()

        async def refused(number: str) -> str:
            answer = await client.post("/api/conversations", json={"to": number, "from": OURS, "text": "News"})
            return answer.json().get("code", "")

        assert [await refused(number) for number in (THEIRS, SECOND)] == ["", "opted_out"]
        parting = {"merge_id": merged["merge_id"]}
        assert (await client.post(f"/api/contacts/{merged['id']}/unmerge", json=parting)).is_success
        await world.due()
        assert [await refused(number) for number in (THEIRS, SECOND)] == ["", "opted_out"]
    assert {sent.contact for sent in world.broker.data(SmsOutbound) if sent.author == "agent"} <= {THEIRS}
