"""Shadow, then earned autopilot, then back: a guide's way through the service, judgement by judgement."""

from __future__ import annotations

from typing import Any

import pytest

from conversation_world import TENANT, World
from shared.events import ReplyDrafted, ReplyJudged, Why

LEAST = 10
NEW = {
    "name": "Hours",
    "instructions": "We open at nine.",
    "autopilot": {"ceiling": "earned", "threshold": 0.9, "least": LEAST},
}
ANSWER = "We open at nine."


class Desk(World):
    """Conversation hears its own judgements, as from a broker."""

    guide: str = ""
    heard: int = 0
    turns: int = 0

    async def with_guide(self, **changes: Any) -> Desk:
        await self.start()
        async with self.client(role="admin") as client:
            made = await client.post("/api/guides", json={**NEW, **changes})
            assert made.status_code == 201, made.text
            self.guide = made.json()["id"]
        return self

    async def asked(self, n: int) -> None:
        await self.text(f"When do you open? ({n})")
        await self.pass_time(3)

    async def answers(self, n: int, text: str = ANSWER, **more: Any) -> ReplyDrafted:
        why = Why(guide_id=self.guide, version=1)
        return await self.drafted(text, run_id=f"run_{n}", why=why, **more)

    async def hear(self) -> None:
        judged = self.broker.data(ReplyJudged)
        for one in judged[self.heard :]:
            await self.feed(one, source="conversation")
        self.heard = len(judged)

    async def person_writes(self, text: str = ANSWER) -> None:
        conversation = await self.conversation()
        async with self.client(user="usr_1") as client:
            sent = await client.post(f"/api/conversations/{conversation['id']}/messages", json={"text": text})
            assert sent.status_code == 201, sent.text
        await self.hear()

    async def give_to_assistant(self, mode: str) -> None:
        conversation = await self.conversation()
        async with self.client() as client:
            await client.patch(f"/api/conversations/{conversation['id']}", json={"ai_mode": mode})

    async def autopilot(self) -> dict[str, Any]:
        async with self.client(role="viewer") as client:
            return (await client.get(f"/api/guides/{self.guide}")).json()["autopilot"]

    async def shadowed(self, count: int, text: str = ANSWER) -> None:
        for _ in range(count):
            self.turns += 1
            await self.asked(self.turns)
            await self.answers(self.turns, text)
            await self.person_writes()
            self.clock.advance(60)


@pytest.fixture
async def desk() -> Desk:
    return await Desk({"ai_mode": "off", "shadow": True}).with_guide()


async def test_silent_answers_that_people_would_have_sent_earn_autopilot_and_corrections_take_it_away(desk: Desk):
    await desk.shadowed(LEAST - 1)
    begun = await desk.autopilot()
    assert (begun["state"], begun["n"], begun["score"]) == ("not_earned", LEAST - 1, 1.0)
    assert begun["why"] == "1 more judged answers are needed."

    await desk.shadowed(1)
    earned = await desk.autopilot()
    assert (earned["state"], earned["changes"][-1]["n"]) == ("earned", LEAST)
    assert desk.sent()[0].author == "agent"
    assert all(one.author == "agent" for one in desk.sent()), "a silent answer is never sent"

    await desk.give_to_assistant("auto")
    before = len(desk.sent())
    for n in range(100, 100 + LEAST):
        await desk.asked(n)
        await desk.answers(n, "We open at ten, I think.")
        assert desk.sent()[-1].author == "assistant", "now it goes out by itself"
        await desk.person_writes("Sorry: at nine, and on Sundays at eleven.")
        await desk.give_to_assistant("auto")
        desk.clock.advance(120)
    assert len(desk.sent()) == before + 2 * LEAST

    lost = await desk.autopilot()
    assert lost["state"] == "not_earned"
    assert lost["why"].startswith("It fell back: only 0 of the latest 10 answers stayed as they were")
    assert [(one["earned"], one["why"]) for one in lost["changes"]] == [
        (True, "10 of the latest 10 answers could be sent as they were: 100%"),
        (False, "only 0 of the latest 10 answers stayed as they were: 0%"),
    ], "the guide shows what was gained and lost, and why"
    await desk.asked(200)
    await desk.answers(200)
    draft = (await desk.conversation())["draft"]
    assert (draft["text"], draft["reason"]) == (ANSWER, "guide"), "a person decides again"


async def test_answers_that_people_would_not_have_sent_earn_nothing(desk: Desk) -> None:
    await desk.shadowed(LEAST, "No idea.")
    shown = await desk.autopilot()
    assert (shown["state"], shown["score"], shown["n"]) == ("not_earned", 0.0, LEAST)


async def test_a_lower_threshold_holds_at_once(desk: Desk) -> None:
    await desk.shadowed(LEAST - 2)
    await desk.shadowed(2, "No idea.")
    assert (await desk.autopilot())["state"] == "not_earned"
    async with desk.client(role="admin") as client:
        setting = {"ceiling": "earned", "threshold": 0.7, "least": LEAST}
        changed = await client.patch(f"/api/guides/{desk.guide}", json={"autopilot": setting})
    assert changed.json()["autopilot"]["state"] == "earned"


async def test_a_guide_that_lets_every_answer_wait_does_so_in_auto() -> None:
    desk = await Desk({"ai_mode": "auto"}).with_guide(autopilot={"ceiling": "suggest"})
    await desk.asked(1)
    assert desk.requested()[-1].ai_mode == "suggest"
    await desk.answers(1)
    assert desk.sent() == []
    assert (await desk.conversation())["draft"]["reason"] == "guide"


async def test_a_guide_without_the_setting_changes_nothing_and_costs_no_judgement() -> None:
    desk = await Desk({"ai_mode": "auto"}).with_guide(autopilot={"ceiling": "auto"})
    await desk.asked(1)
    await desk.answers(1)
    assert [one.author for one in desk.sent()] == ["assistant"]
    assert desk.broker.data(ReplyJudged) == []
    assert (await desk.autopilot())["n"] == 0


async def test_another_tenant_sees_neither_the_guide_nor_its_autopilot(desk: Desk) -> None:
    await desk.shadowed(1)
    async with desk.client("ten_two", "admin") as client:
        assert (await client.get(f"/api/guides/{desk.guide}")).status_code == 404
    stranger = desk.broker.data(ReplyJudged)[0]
    await desk.feed(stranger, tenant="ten_two", source="conversation")
    assert (await desk.autopilot())["n"] == 1


async def test_shadow_can_be_switched_for_one_conversation() -> None:
    desk = await Desk({"ai_mode": "off"}).with_guide()
    await desk.asked(1)
    assert desk.requested() == []
    conversation = await desk.conversation()
    async with desk.client() as client:
        shown = await client.patch(f"/api/conversations/{conversation['id']}", json={"shadow": True})
    assert shown.json()["shadow"] is True
    await desk.asked(2)
    assert desk.requested()[-1].shadow


async def test_past_turns_show_what_people_answered_and_nothing_of_another_tenant(desk: Desk) -> None:
    await desk.asked(1)
    await desk.person_writes("At nine.")
    token = desk.keyring.token({"kind": "internal", "exp": 2**33})
    params = {"begins": "2020-01-01T00:00:00Z", "ends": "2030-01-01T00:00:00Z"}
    async with desk.client() as client:
        client.headers["authorization"] = f"Bearer {token}"
        path = "/internal/conversation/past-turns"
        mine = (await client.get(path, params={**params, "tenant_id": TENANT})).json()
        theirs = (await client.get(path, params={**params, "tenant_id": "ten_two"})).json()
    [turn] = mine["items"]
    assert (turn["sent"], turn["sent_by"], turn["history"][-1]["text"]) == (
        "At nine.", "agent", "When do you open? (1)",
    )  # fmt: skip
    assert turn["chosen_guide"]["id"] == desk.guide
    assert theirs == {"items": [], "next_cursor": None}
