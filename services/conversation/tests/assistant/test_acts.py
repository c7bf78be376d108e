"""What the assistant does beside an answer: with the answer that is sent or approved, and never without it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from conversation_world import World
from shared.events.ai_responder import Act

CAKE = Act(kind="set_field", name="cake", value="carrot")
VIP = Act(kind="label", name="vip")
CLOSE = Act(kind="close")
HOUR = 3600.0


@pytest.fixture
async def auto() -> AsyncIterator[World]:
    world = World(settings={"ai_mode": "auto"})
    await world.start()
    yield world
    await world.database.close()


@pytest.fixture
async def suggest() -> AsyncIterator[World]:
    world = World(settings={"ai_mode": "suggest"})
    await world.start()
    yield world
    await world.database.close()


def later(world: World, hours: float = 6, text: str = "Any news?") -> Act:
    return Act(kind="follow_up", text=text, at=world.clock.now() + timedelta(hours=hours))


async def answered(world: World, *acts: Act, **more: Any) -> dict[str, Any]:
    await world.text("I love carrot cake")
    await world.pass_time(5)
    await world.drafted("Noted.", acts=acts, **more)
    await world.due()
    return await world.conversation()


async def changes(world: World, contact: str) -> list[str]:
    async with world.client() as client:
        items = (await client.get(f"/api/contacts/{contact}/timeline")).json()["items"]
    return [item["summary"] for item in items if item["kind"] == "change"]


async def with_label(world: World) -> None:
    async with world.client(role="admin") as client:
        assert (await client.post("/api/labels", json={"name": "VIP"})).status_code == 201


async def test_acts_are_done_with_the_answer_and_stand_in_the_timeline(auto: World) -> None:
    await with_label(auto)
    shown = await answered(auto, CAKE, VIP, CLOSE)
    assert (shown["state"], shown["labels"]) == ("closed", ["VIP"])
    assert [sent.text for sent in auto.sent()] == ["Noted."]
    async with auto.client() as client:
        contact = (await client.get(f"/api/contacts/{shown['contact']['id']}")).json()
    assert contact["fields"] == {"cake": "carrot"}
    assert {"cake: carrot", "labelled VIP", "closed"} <= set(await changes(auto, contact["id"]))


async def test_a_label_that_does_not_exist_is_not_put(auto: World) -> None:
    assert (await answered(auto, VIP))["labels"] == []
    async with auto.client() as client:
        assert (await client.get("/api/labels")).json()["items"] == []


async def test_in_suggest_mode_acts_wait_for_the_approval(suggest: World) -> None:
    await with_label(suggest)
    shown = await answered(suggest, VIP, CLOSE)
    assert (shown["state"], shown["labels"]) == ("open", [])
    assert [act["kind"] for act in shown["draft"]["acts"]] == ["label", "close"]
    async with suggest.client(user="usr_1") as client:
        path = f"/api/conversations/{shown['id']}/drafts/{shown['draft']['id']}"
        assert (await client.post(f"{path}/approve", json={})).is_success
    shown = await suggest.conversation()
    assert (shown["state"], shown["labels"]) == ("closed", ["VIP"])


@pytest.mark.parametrize("change", ["rename", "delete"])
async def test_a_label_that_no_longer_exists_at_the_approval_is_not_put(suggest: World, change: str) -> None:
    await with_label(suggest)
    shown = await answered(suggest, VIP, CLOSE)
    async with suggest.client(role="admin") as client:
        [label] = (await client.get("/api/labels")).json()["items"]
        path = f"/api/labels/{label['id']}"
        await (client.delete(path) if change == "delete" else client.patch(path, json={"name": "Gold"}))
        approved = await client.post(f"/api/conversations/{shown['id']}/drafts/{shown['draft']['id']}/approve", json={})
        assert approved.is_success
    shown = await suggest.conversation()
    assert (shown["state"], shown["labels"]) == ("closed", [])


async def test_acts_are_dropped_with_a_draft_that_is_superseded(suggest: World) -> None:
    await with_label(suggest)
    await answered(suggest, VIP)
    await suggest.text("wait")
    assert (await suggest.conversation())["labels"] == []


async def test_a_hand_over_labels_and_closes_nothing(auto: World) -> None:
    await with_label(auto)
    shown = await answered(auto, VIP, CLOSE, later(auto), outcome="hand_over", reason="upset")
    assert (shown["labels"], shown["state"], shown["follow_up"]) == (["VIP"], "open", None)


async def test_a_follow_up_is_sent_once_in_time(auto: World) -> None:
    shown = await answered(auto, later(auto, hours=14))
    assert shown["follow_up"]["text"] == "Any news?"
    await auto.pass_time(13 * HOUR)
    assert len(auto.sent()) == 1
    await auto.pass_time(HOUR)
    await auto.pass_time(24 * HOUR)
    assert [(sent.text, sent.author) for sent in auto.sent()] == [("Noted.", "assistant"), ("Any news?", "assistant")]
    assert (await auto.conversation())["follow_up"] is None


@pytest.mark.parametrize("who", ["customer", "agent", "takes over", "closes", "stop"])
async def test_a_text_or_a_person_cancels_a_follow_up(auto: World, who: str) -> None:
    shown = await answered(auto, later(auto))
    path = f"/api/conversations/{shown['id']}"
    if who in ("customer", "stop"):
        await auto.text("found it, thanks" if who == "customer" else "STOP")
    async with auto.client(user="usr_1") as client:
        if who == "agent":
            assert (await client.post(f"{path}/messages", json={"text": "Hi"})).is_success
        if who in ("takes over", "closes"):
            change = {"ai_mode": "off"} if who == "takes over" else {"state": "closed"}
            assert (await client.patch(path, json=change)).is_success
    assert (await auto.conversation())["follow_up"] is None
    await auto.pass_time(7 * HOUR)
    assert "Any news?" not in [sent.text for sent in auto.sent()]
    assert any(said.startswith("follow-up cancelled") for said in await changes(auto, shown["contact"]["id"]))


async def test_a_follow_up_comes_at_a_decent_hour(auto: World) -> None:
    """The world's clock begins at midnight UTC; 12 hours later it is seven in the morning where the contact is."""
    shown = await answered(auto, later(auto, hours=12))
    assert shown["follow_up"]["at"].endswith("T13:00:00Z")
