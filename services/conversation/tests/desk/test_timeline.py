"""Who did what: notes and changes stand in a conversation's timeline beside its messages."""

from __future__ import annotations

from typing import Any

from conversation_world import OTHER, TENANT, World
from shared.events import ConversationUpdated, SmsOutbound


async def _timeline(world: World, limit: int = 50) -> list[dict[str, Any]]:
    """Newest first, page by page."""
    id = (await world.conversation())["id"]
    items: list[dict[str, Any]] = []
    cursor = ""
    async with world.client(role="viewer") as client:
        while True:
            wanted = {"limit": limit, "cursor": cursor}
            page = (await client.get(f"/api/conversations/{id}/timeline", params=wanted)).json()
            items += page["items"]
            if (cursor := page["next_cursor"]) is None:
                return items


def _told(items: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(one["what"] or one["kind"], one["author"], one["user_id"]) for one in reversed(items)]


async def test_everything_is_told_with_who_did_it(world: World) -> None:
    await world.text("Hello")
    path = f"/api/conversations/{(await world.conversation())['id']}"
    async with world.client(user="usr_1") as client:
        for wanted in (
            {"assignee": "usr_2"}, {"guide": "Be kind."}, {"ai_mode": "suggest"}, {"labels": ["VIP"]}, {"labels": []},
            {"state": "closed"},
        ):  # fmt: skip
            world.clock.advance(1)
            assert (await client.patch(path, json=wanted)).status_code == 200
            assert (await client.patch(path, json=wanted)).status_code == 200, "told once"
        world.clock.advance(1)
        await world.text("One more thing")
        world.clock.advance(1)
        await client.post(f"{path}/messages", json={"text": "Bo here"})
    async with world.client() as program:
        world.clock.advance(1)
        await program.patch(path, json={"assignee": None})
    items = await _timeline(world)
    by_user = ("agent", "usr_1")
    assert sorted(_told(items)) == sorted([
        ("sms", "customer", None), ("assigned", *by_user), ("ai_mode", *by_user), ("guide", *by_user),
        ("ai_mode", *by_user), ("labelled", *by_user), ("unlabelled", *by_user), ("closed", *by_user),
        ("reopened", "customer", None), ("sms", "customer", None), ("ai_mode", *by_user), ("sms", *by_user),
        ("unassigned", "api", None),
    ])  # fmt: skip
    assert items[0]["key_id"] == "key_1"
    assert [one["at"] for one in items] == sorted((one["at"] for one in items), reverse=True)


async def test_drafts_and_hand_overs_are_told(suggesting: World) -> None:
    world = suggesting
    for fate in ("approve", "edit", "reject"):
        await world.text("Hello?")
        await world.pass_time(31)
        await world.drafted("We open at nine.")
        conversation = await world.conversation()
        path = f"/api/conversations/{conversation['id']}/drafts/{conversation['draft']['id']}"
        body = {"text": "At ten."} if fate == "edit" else None
        async with world.client(user="usr_1") as client:
            done = await client.post(f"{path}/{'reject' if fate == 'reject' else 'approve'}", json=body)
            assert done.is_success, done.text
    await world.text("Hm?")
    await world.pass_time(31)
    await world.drafted("", outcome="hand_over", reason="she is angry")
    changes = [one for one in await _timeline(world) if one["kind"] == "change"]
    assert [(one["what"], one["author"]) for one in reversed(changes)] == [
        ("draft_approved", "agent"), ("draft_edited", "agent"), ("draft_rejected", "agent"),
        ("needs_person", "assistant"),
    ]  # fmt: skip
    assert "she is angry" in changes[0]["summary"]


async def test_a_note_is_for_colleagues_only(world: World) -> None:
    await world.text("Hello?")
    path = f"/api/conversations/{(await world.conversation())['id']}"
    async with world.client(user="usr_1") as client:
        key = {"idempotency-key": "n"}
        made = [await client.post(f"{path}/notes", json={"text": "Calls back"}, headers=key) for _ in range(2)]
        assert {(one.status_code, one.json()["id"]) for one in made} == {(201, made[0].json()["id"])}
        other = await client.post(f"{path}/notes", json={"text": "Else"}, headers=key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        for text in (" \u200b", "a\0b"):
            assert (await client.post(f"{path}/notes", json={"text": text})).status_code == 422
    await world.pass_time(2)
    assert "Calls back" not in world.requested()[-1].encode().decode(), "the model does not see it"
    assert world.broker.data(SmsOutbound) == []
    assert all("Calls back" not in one.encode().decode() for one in world.broker.data(ConversationUpdated))
    assert (await world.conversation())["notes"] == 1
    notes = [one for one in await _timeline(world) if one["kind"] == "note"]
    assert [(one["summary"], one["user_id"], one["channel"]) for one in notes] == [("Calls back", "usr_1", "internal")]


async def test_pages_neither_repeat_nor_skip_what_happened_at_one_moment(world: World) -> None:
    await world.text("Hello")
    path = f"/api/conversations/{(await world.conversation())['id']}"
    async with world.client(user="usr_1") as client:
        for n in range(7):
            await client.post(f"{path}/notes", json={"text": f"note {n}"})
        for cursor in ("x", "bm9uc2Vuc2U", "WzEsMl0", "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCwiYSJd"):
            bad = await client.get(f"{path}/timeline", params={"cursor": cursor})
            assert (bad.status_code, bad.json()["code"]) == (422, "bad_cursor")
    await world.text("And again")
    whole = [one["id"] for one in await _timeline(world)]
    assert len(set(whole)) == len(whole) == 9
    assert [one["id"] for one in await _timeline(world, limit=2)] == whole


async def test_the_timeline_is_the_tenants_own_and_goes_with_its_retention(world: World) -> None:
    await world.text("Hello")
    path = f"/api/conversations/{(await world.conversation())['id']}"
    async with world.client(user="usr_1") as client:
        await client.post(f"{path}/notes", json={"text": "Calls back"})
    async with world.client(OTHER) as stranger:
        assert (await stranger.get(f"{path}/timeline")).status_code == 404
        assert (await stranger.post(f"{path}/notes", json={"text": "x"})).status_code == 404
    world.kept_days[TENANT] = 30
    world.clock.advance(31 * 86400)
    await world.retention.round()
    assert {one["kind"] for one in await _timeline(world)} == {"sms"}, "the text is still to be answered"
