"""Scores: counted in any order, once each, and shown with what so few or so many answers are worth."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest
from responder_world import NOON, World

from ai_responder.assistants.domain.assistant import default_id
from ai_responder.scores.domain.confidence import in_words, wilson
from ai_responder.scores.domain.sheet import INTENTS, plain_intent, with_judgement, without_intents
from shared.clock import ManualClock
from shared.events import Event, ReplyJudged
from shared.ids import derive

TENANT = "ten_a"
ASSISTANT = default_id(TENANT)


def judged(n: int = 0, **more: Any) -> ReplyJudged:
    fields: dict[str, Any] = {
        "run_id": f"run_{n}",
        "thread_id": "thr_1",
        "conversation_id": "cnv_1",
        "assistant_id": ASSISTANT,
        "version": 1,
        "guide_id": "gde_1",
        "intent": "opening hours",
        "mode": "suggest",
        "verdict": "accepted",
        "distance": 0.0,
        "at": NOON,
    }
    return ReplyJudged(**fields | more)


def event(data: ReplyJudged, tenant: str = TENANT) -> Event[ReplyJudged]:
    return Event(
        id=derive("judged", tenant, data.run_id),
        source="conversation",
        subject=data.conversation_id,
        time=data.at,
        tenant_id=tenant,
        partition_key=data.thread_id,
        data=data,
        correlation_id=data.run_id,
    )


RECORDED = [
    *(judged(n) for n in range(6)),
    judged(6, verdict="edited", distance=0.1),
    judged(7, verdict="edited", distance=0.5, intent="prices"),
    judged(8, verdict="rejected", distance=None),
    judged(9, verdict="superseded", distance=None, guide_id=""),
    judged(10, mode="shadow", verdict="replaced", distance=0.7, version=2),
    judged(11, mode="shadow", verdict="handed_over", distance=None),
    judged(12, mode="auto", verdict="handed_over", distance=None, at=NOON + timedelta(days=8)),
]


async def scores(world: World, tenant: str = TENANT, assistant: str = ASSISTANT) -> dict[str, Any]:
    async with world.client(tenant, "viewer") as client:
        answer = await client.get(f"/api/assistants/{assistant}/scores")
        assert answer.status_code == 200, answer.text
        return answer.json()


async def world_with(events: list[Event[ReplyJudged]]) -> World:
    clock = ManualClock(NOON + timedelta(days=9))
    world = World(clock=clock)
    await world.start("none")
    await asyncio.gather(*map(world.handle, events))
    return world


async def test_without_any_judgement_the_scores_say_so() -> None:
    world = await world_with([])
    shown = await scores(world)
    assert (shown["since"], shown["by_guide"]) == (None, [])
    assert shown["suggest"]["agreement"] is None
    assert shown["suggest"]["says"] == "No answer has been judged yet."


async def test_scores_are_shown_by_mode_guide_intent_version_and_week() -> None:
    shown = await scores(await world_with([event(one) for one in RECORDED]))
    suggest = shown["suggest"]
    assert {name: suggest[name] for name in ("judged", "accepted", "edited", "rejected", "superseded")} == {
        "judged": 9, "accepted": 6, "edited": 2, "rejected": 1, "superseded": 1,
    }  # fmt: skip
    assert (suggest["agreement"], suggest["mean_distance"]) == (0.778, 0.075)
    assert "too few to rely on" in suggest["says"]
    assert (shown["shadow"]["replaced"], shown["shadow"]["handed_over"], shown["auto"]["handed_over"]) == (1, 1, 1)
    assert [group["guide_id"] for group in shown["by_guide"]] == ["", "gde_1"]
    assert [group["intent"] for group in shown["by_intent"]] == ["opening hours", "prices"]
    assert [group["version"] for group in shown["by_version"]] == [1, 2]
    assert len(shown["by_week"]) == 2


@pytest.mark.parametrize("seed", range(2))
async def test_any_order_and_duplication_of_judgements_gives_the_same_scores(seed: int) -> None:
    events = [event(one) for one in RECORDED]
    expected = await scores(await world_with(events))
    again = events + events[::2]
    random.Random(seed).shuffle(again)
    assert await scores(await world_with(again)) == expected


async def test_a_tenant_sees_no_score_of_another() -> None:
    world = await world_with([event(judged())])
    async with world.client("ten_b", "admin") as client:
        assert (await client.get(f"/api/assistants/{ASSISTANT}/scores")).status_code == 404
    assert (await scores(world, "ten_b", default_id("ten_b")))["suggest"]["judged"] == 0


async def test_after_the_retention_the_figures_stay_without_what_the_customers_wanted() -> None:
    world = await world_with([event(one) for one in RECORDED])
    forget = world.service.forget["intents"]
    assert [n async for n in forget(TENANT, NOON + timedelta(days=60))]
    shown = await scores(world)
    assert (shown["suggest"]["judged"], [group["intent"] for group in shown["by_intent"]]) == (9, [""])


def test_an_intent_holds_no_number_or_address() -> None:
    assert plain_intent("Call +1 312 555 0123, ann@example.com!") == "call ann example com"


def test_a_model_that_finds_a_new_intent_each_time_does_not_grow_the_sheet_without_end() -> None:
    sheet = None
    for n in range(200):
        sheet = with_judgement(sheet, TENANT, judged(n, intent=f"wish {'abcdefghij'[n % 10] * (1 + n // 10)}"))
    assert sheet
    assert len(sheet.rows) <= INTENTS + 1
    [row] = without_intents(sheet).rows
    assert row.tally.accepted == 200


@pytest.mark.parametrize(
    ("good", "n", "low", "high"),
    [(0, 1, 0.0, 0.793), (1, 1, 0.207, 1.0), (9, 10, 0.596, 0.982), (900, 1000, 0.880, 0.917)],
)
def test_few_answers_are_worth_little(good: int, n: int, low: float, high: float) -> None:
    assert wilson(good, n) == pytest.approx((low, high), abs=0.001)
    assert ("too few" in in_words(good, n)) is (n < 20)
