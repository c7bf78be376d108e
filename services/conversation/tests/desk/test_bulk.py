"""One action on many conversations says what happened to each."""

from __future__ import annotations

from typing import Any

from conversation_world import OTHER, World


async def _ids(world: World, n: int) -> list[str]:
    for one in range(n):
        await world.text("Hello", contact=f"+120255502{one:02}")
    async with world.client() as client:
        return [one["id"] for one in (await client.get("/api/conversations")).json()["items"]]


async def _bulk(world: World, ids: list[str], action: str, key: str = "", **more: Any) -> list[tuple[str, str]]:
    headers = {"idempotency-key": key} if key else {}
    async with world.client(user="usr_1") as client:
        body = {"ids": ids, "action": action, **more}
        answer = await client.post("/api/conversations/bulk", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        items = answer.json()["items"]
    assert [one["id"] for one in items] == list(dict.fromkeys(ids))
    return [(one["result"], one["code"]) for one in items]


async def _field(world: World, ids: list[str], name: str) -> list[Any]:
    async with world.client(user="usr_1") as client:
        return [(await client.get(f"/api/conversations/{id}")).json()[name] for id in ids]


async def test_each_action_does_what_its_single_request_does(world: World) -> None:
    ids = await _ids(world, 3)
    done = [("done", "")] * 3
    for action, more, field, value in (
        ("assign", {"assignee": "usr_2"}, "assignee", "usr_2"),
        ("label", {"labels": ["VIP"]}, "labels", ["VIP"]),
        ("unlabel", {"labels": ["vip"]}, "labels", []),
        ("mode", {"ai_mode": "suggest"}, "ai_mode", "suggest"),
        ("read", {}, "unread", 0),
        ("unread", {}, "unread", 1),
        ("snooze", {"until": "2026-01-02T00:00:00Z"}, "snoozed_until", "2026-01-02T00:00:00Z"),
        ("close", {}, "state", "closed"),
        ("reopen", {}, "state", "open"),
    ):
        assert await _bulk(world, ids, action, **more) == done, action
        assert await _field(world, ids, field) == [value] * 3, action


async def test_what_is_refused_or_not_ones_own_stops_no_other(world: World) -> None:
    ids = await _ids(world, 2)
    await _bulk(world, ids[:1], "close")
    results = await _bulk(world, [*ids, "cnv_none", ids[0]], "snooze", until="2026-01-02T00:00:00Z")
    assert results == [("refused", "conversation_closed"), ("done", ""), ("not_found", "")]
    async with world.client(OTHER) as stranger:
        answer = await stranger.post("/api/conversations/bulk", json={"ids": ids, "action": "reopen"})
    assert [one["result"] for one in answer.json()["items"]] == ["not_found", "not_found"]
    assert await _field(world, ids, "state") == ["closed", "open"]


async def test_a_repeat_changes_nothing_again_and_another_body_is_refused(world: World) -> None:
    ids = await _ids(world, 2)
    first = await _bulk(world, ids, "close", key="k")
    await _bulk(world, ids[:1], "reopen")
    assert await _bulk(world, ids, "close", key="k") == first
    assert await _field(world, ids, "state") == ["open", "closed"]
    async with world.client(user="usr_1") as client:
        body = {"ids": ids, "action": "reopen"}
        other = await client.post("/api/conversations/bulk", json=body, headers={"idempotency-key": "k"})
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        for wrong in (
            {"ids": [], "action": "close"}, {"ids": ["x"] * 201, "action": "close"}, {"ids": ids, "action": "burn"},
            {"ids": ids, "action": "assign"}, {"ids": ids, "action": "assign", "assignee": "usr_gone"},
        ):  # fmt: skip
            assert (await client.post("/api/conversations/bulk", json=wrong)).status_code == 422, wrong
