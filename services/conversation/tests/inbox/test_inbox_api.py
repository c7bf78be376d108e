"""`GET /api/conversations` as its callers see it."""

from __future__ import annotations

from typing import Any

import pytest

from conversation_world import OTHER, OUR_SECOND, OURS, World
from shared.events import SmsOutbound


async def test_search_finds_older_texts_and_shows_where(world: World) -> None:
    sent = await world.text("Do you have rye bread?")
    world.clock.advance(1)
    await world.text("And what does it cost?")
    async with world.client() as client:
        [found] = (await client.get("/api/conversations", params={"q": "rye"})).json()["items"]
    assert found["match"] == {
        "message_id": sent.message_id,
        "at": world.clock.now().replace(second=world.clock.now().second - 1).isoformat().replace("+00:00", "Z"),
        "snippet": "Do you have rye bread?",
        "highlights": [{"start": 12, "end": 15}],
    }


async def test_no_tenant_finds_the_words_numbers_or_pages_of_another(world: World) -> None:
    await world.text("secret recipe", contact="+12025550177")
    await world.text("another secret", contact="+12025550178")
    async with world.client() as ours, world.client(OTHER) as theirs:
        cursor = (await ours.get("/api/conversations", params={"limit": 1})).json()["next_cursor"]
        mine = (await ours.get("/api/conversations", params={"q": "secret"})).json()["items"]
        assert len(mine) == 2
        for params in (
            {"q": "secret"}, {"q": "0177"}, {"state": "all"}, {"cursor": cursor}, {"number": mine[0]["phone_number"]},
            {"q": "secret", "cursor": cursor}, {"assignee": "none"},
        ):  # fmt: skip
            assert (await theirs.get("/api/conversations", params=params)).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"state": "done"}, "invalid"),
        ({"ai_state": "asleep"}, "invalid"),
        ({"unread": "perhaps"}, "invalid"),
        ({"q": "x" * 201}, "invalid"),
        ({"label": ""}, "invalid"),
        ({"number": "bread"}, "invalid_phone_number"),
        ({"mine": True}, "no_user"),
        ({"cursor": "x"}, "bad_cursor"),
    ],
)
async def test_a_value_that_no_filter_has_is_refused(world: World, params: dict[str, Any], code: str) -> None:
    async with world.client() as client:
        answer = await client.get("/api/conversations", params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_the_list_follows_what_the_assistant_does(suggesting: World) -> None:
    world = suggesting

    async def shown(state: str) -> int:
        async with world.client() as client:
            items = (await client.get("/api/conversations", params={"ai_state": state})).json()["items"]
        assert all(one["ai_state"] == state for one in items if state not in ("suggest", "auto"))
        return len(items)

    await world.text("Are you open?")
    assert (await shown("drafting"), await shown("suggest"), await shown("idle")) == (1, 1, 0)
    await world.pass_time(2)
    assert await shown("drafting") == 1
    await world.drafted("Until six.")
    assert (await shown("draft_ready"), await shown("drafting")) == (1, 0)
    id = (await world.conversation())["id"]
    async with world.client() as client:
        await client.patch(f"/api/conversations/{id}", json={"ai_mode": "off"})
    assert (await shown("off"), await shown("draft_ready"), await shown("suggest")) == (1, 0, 0)


async def test_only_ours_by_number_and_only_whose_customer_or_agent_wrote(world: World) -> None:
    await world.text("hello", contact="+12025550177")
    await world.text("hello", contact="+12025550178", number=OUR_SECOND)
    async with world.client() as client:

        async def count(**params: Any) -> int:
            return len((await client.get("/api/conversations", params=params)).json()["items"])

        assert (await count(), await count(number=OUR_SECOND), await count(number="202-555-0101")) == (2, 1, 1)


async def test_a_campaigns_text_alone_shows_in_the_list_only_when_answered(world: World) -> None:
    sale = SmsOutbound(
        message_id="msg_sale",
        number=OURS,
        contact="+12025550177",
        text="Sale today",
        author="campaign",
        priority="bulk",
    )
    await world.feed(sale, source="campaigns")
    async with world.client() as client:

        async def count(**params: Any) -> int:
            return len((await client.get("/api/conversations", params=params)).json()["items"])

        assert (await count(), await count(state="open"), await count(state="all"), await count(q="sale")) == (
            0,
            0,
            1,
            1,
        )
        await world.text("How long?", contact="+12025550177")
        assert await count() == 1
