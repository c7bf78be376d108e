"""Requests about contacts, as a program makes them in a world of conversation."""

from __future__ import annotations

from typing import Any

from conversation_world import TENANT, World
from shared.events import ConsentChanged, ContactActivity
from shared.ids import derived_id

SECOND = "+12025550199"
ADA = {"email": "Ada@Bücher.example", "external_ids": {"shop": "4711"}, "name": "Ada", "fields": {"cake": "lemon"}}


async def made(world: World, body: dict[str, Any], code: int = 201, **headers: str) -> dict[str, Any]:
    async with world.client() as client:
        answer = await client.post("/api/contacts", json=body, headers=headers)
    assert answer.status_code == code, answer.text
    return answer.json()


def rising_keys(number: int) -> list[str]:
    """Idempotency keys of contacts with rising ids: of two contacts the one with the smaller id survives a merge."""
    return sorted((f"key-{n}" for n in range(number)), key=lambda key: derived_id("cct", TENANT, "contacts", key))


async def made_in_order(world: World, *bodies: dict[str, Any]) -> list[dict[str, Any]]:
    keys = rising_keys(len(bodies))
    return [await made(world, body, **{"Idempotency-Key": key}) for key, body in zip(keys, bodies, strict=True)]


async def patched(world: World, id: str, body: dict[str, Any], code: int = 200) -> dict[str, Any]:
    async with world.client() as client:
        answer = await client.patch(f"/api/contacts/{id}", json=body)
    assert answer.status_code == code, answer.text
    return answer.json()


async def shown(world: World, id: str) -> dict[str, Any]:
    async with world.client() as client:
        return (await client.get(f"/api/contacts/{id}")).json()


async def merged(world: World, id: str, other_id: str, code: int = 200) -> dict[str, Any]:
    async with world.client(user="usr_1") as client:
        answer = await client.post(f"/api/contacts/{id}/merge", json={"other_id": other_id})
    assert answer.status_code == code, answer.text
    return answer.json()


async def unmerged(world: World, id: str, merge_id: str, code: int = 200) -> dict[str, Any]:
    async with world.client() as client:
        answer = await client.post(f"/api/contacts/{id}/unmerge", json={"merge_id": merge_id})
    assert answer.status_code == code, answer.text
    return answer.json()


async def timeline_page(world: World, id: str, **params: Any) -> dict[str, Any]:
    async with world.client() as client:
        answer = await client.get(f"/api/contacts/{id}/timeline", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def timeline(world: World, id: str, **params: Any) -> list[dict[str, Any]]:
    return (await timeline_page(world, id, **params))["items"]


async def reported(world: World, code: int = 202, **body: Any) -> dict[str, Any]:
    """Another system reports an activity, and conversation handles the event that this makes."""
    known = len(world.broker.events(ContactActivity))
    about = {"activity_id": "a1", "channel": "chat", "at": world.clock.now().isoformat(), "summary": "asked", **body}
    async with world.client() as client:
        answer = await client.post("/api/contacts/activities", json=about)
    assert answer.status_code == code, answer.text
    for event in world.broker.events(ContactActivity)[known:]:
        await world.handle[ContactActivity](event)
    return answer.json()


async def consent_heard(world: World) -> None:
    """What threads said about consent reaches the ledger, and from there all threads."""
    for event in world.broker.events(ConsentChanged):
        await world.handle[ConsentChanged](event)
    await world.due()
