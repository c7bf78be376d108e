"""Snoozed until a moment or the customer's next text, whichever comes first."""

from __future__ import annotations

from typing import Any

import pytest

from conversation_world import World

IN_AN_HOUR = "2026-01-01T01:00:00Z"


async def _snoozed(world: World, until: str | None = IN_AN_HOUR) -> dict[str, Any]:
    id = (await world.conversation())["id"]
    async with world.client(user="usr_1") as client:
        answer = await client.post(f"/api/conversations/{id}/snooze", json={"until": until})
    return answer.json() | {"status": answer.status_code}


async def test_it_wakes_at_its_time_even_if_the_turn_is_due_elsewhere(world: World) -> None:
    await world.text("Hello")
    await world.pass_time(2)
    await world.drafted("At nine.")
    assert (await _snoozed(world))["snoozed_until"] == IN_AN_HOUR
    await world.pass_time(3597)
    assert (await world.conversation())["snoozed_until"] == IN_AN_HOUR
    await world.pass_time(1)
    woken = await world.conversation()
    assert woken["snoozed_until"] is None
    await world.pass_time(60)
    assert (await world.conversation())["revision"] == woken["revision"], "it wakes once"


async def test_a_turn_goes_on_while_its_conversation_is_snoozed(world: World) -> None:
    await world.text("Hello")
    await _snoozed(world)
    await world.pass_time(2)
    assert len(world.requested()) == 1
    await world.pass_time(3600)
    assert (await world.conversation())["snoozed_until"] is None


@pytest.mark.parametrize("wake", ["text", "null", "close"])
async def test_what_else_wakes_it(world: World, wake: str) -> None:
    await world.text("Hello")
    await _snoozed(world)
    if wake == "text":
        await world.text("Still there?")
    elif wake == "null":
        await _snoozed(world, None)
    else:
        async with world.client() as client:
            id = (await world.conversation())["id"]
            await client.patch(f"/api/conversations/{id}", json={"state": "closed"})
    assert (await world.conversation())["snoozed_until"] is None


async def test_moments_have_a_time_zone_and_are_ahead(world: World) -> None:
    await world.text("Hello")
    assert (await _snoozed(world, "2026-01-01T01:00:00+02:00"))["code"] == "bad_snooze"
    assert (await _snoozed(world, "2026-01-01T01:00:00-02:00"))["snoozed_until"] == "2026-01-01T03:00:00Z"
    assert (await _snoozed(world, "2026-01-01T09:00:00"))["status"] == 422
    assert (await _snoozed(world, "2028-01-01T01:00:00Z"))["code"] == "bad_snooze"
    async with world.client() as client:
        id = (await world.conversation())["id"]
        await client.patch(f"/api/conversations/{id}", json={"state": "closed"})
    assert (await _snoozed(world))["code"] == "conversation_closed"


async def test_a_text_in_a_new_conversation_wakes_the_earlier_one(world: World) -> None:
    await world.text("Hello")
    first = (await world.conversation())["id"]
    await _snoozed(world, "2026-03-01T00:00:00Z")
    world.clock.advance(31 * 86400)
    await world.text("Me again")
    assert (await world.conversation())["id"] != first
    async with world.client() as client:
        assert (await client.get(f"/api/conversations/{first}")).json()["snoozed_until"] is None
