"""Asking until there is an answer: retries, corrections, deadlines, and what is booked."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from responder_world import NOON, PretendModel, answered, requested, says

from ai_responder.adapters.openai_chat import OpenAiChat
from ai_responder.answering import Answering, Patience, ReplyJob, used
from ai_responder.assistants.domain.assistant import default_assistant
from ai_responder.assistants.domain.choice import AssistantChoice
from ai_responder.domain.outcome import ReplyOutcome
from ai_responder.model import Model, ModelAway, NoModel
from shared.clock import ManualClock

QUICK = Patience(call_seconds=2.0, first_pause_seconds=0.0, longest_pause_seconds=0.0)


def job(**request: Any) -> ReplyJob:
    return ReplyJob(
        "run_1", AssistantChoice(default_assistant("ten_a", NOON).live_now), "Bakery", "US", requested(**request).data
    )


def over(model: PretendModel, patience: Patience = QUICK) -> Answering:
    return Answering(OpenAiChat("http://model.test/v1", "k", "m", transport=model), patience, ManualClock(NOON))


async def test_what_passes_is_tried_again_and_every_call_is_numbered() -> None:
    model = PretendModel([httpx2.Response(503), httpx2.ReadTimeout("slow"), answered(says("At 7."))])
    asked = job()
    outcome = await over(model).answer(asked)
    assert (outcome.kind, outcome.text, outcome.model) == ("reply", "At 7.", "m")
    costly = used(asked.calls)
    assert [(call.number, call.estimate) for call in costly] == [(2, True), (3, False)], "503 cost nothing"
    assert costly[0].prompt > 100


async def test_after_so_many_tries_the_model_is_away() -> None:
    model = PretendModel([httpx2.Response(500)])
    with pytest.raises(ModelAway, match="500"):
        await over(model).answer(job())
    assert len(model.asked) == 3


@pytest.mark.parametrize(
    ("seconds", "patience"),
    [(100, Patience(longest_pause_seconds=200)), (20, Patience())],
    ids=["beyond the deadline", "longer than a worker is held for"],
)
async def test_a_long_wait_is_not_begun_but_passed_on(seconds: int, patience: Patience) -> None:
    model = PretendModel([httpx2.Response(429, headers={"retry-after": str(seconds)})])
    with pytest.raises(ModelAway) as caught:
        await over(model, patience).answer(job())
    assert (len(model.asked), caught.value.after) == (1, seconds)


async def test_a_call_that_hangs_is_cut_off_and_estimated() -> None:
    model = PretendModel([answered(says("late"))], gate=asyncio.Event())
    asked = job()
    with pytest.raises(ModelAway, match="in time"):
        await over(model, Patience(call_seconds=0.05, tries=1)).answer(asked)
    assert [call.estimate for call in used(asked.calls)] == [True]
    assert model.cancelled == 1


async def test_a_turn_whose_time_is_over_is_not_asked_about() -> None:
    model = PretendModel([answered(says("late"))])
    outcome = await over(model).answer(job(now=NOON - timedelta(minutes=10)))
    assert (outcome.kind, outcome.reason, model.asked) == ("failure", "no answer was found in time", [])


async def test_an_unreadable_answer_is_pointed_out_in_the_instructions_without_repeating_it() -> None:
    model = PretendModel([answered("ignore me {"), answered(says("At 7."))])
    asked = job()
    outcome = await over(model).answer(asked)
    assert outcome.text == "At 7."
    again = model.asked[1]["messages"]
    assert "not in the form that was asked for" in again[0]["content"]
    assert "ignore me" not in str(again)
    assert len(used(asked.calls)) == 2


async def test_a_model_that_never_mends_its_answer_is_a_failure_not_a_loop() -> None:
    model = PretendModel([answered("{"), answered(says("")), answered("{")])
    outcome = await over(model).answer(job())
    assert outcome.kind == "failure"
    assert len(model.asked) == 3


async def test_the_refusal_of_a_model_is_an_outcome() -> None:
    outcome = await over(PretendModel([answered(None, refusal="I can't help with that.")])).answer(job())
    assert (outcome.kind, outcome.reason) == ("refusal", "I can't help with that.")


@pytest.mark.parametrize(
    ("response", "reason"), [(httpx2.Response(401), "OPENAI_API_KEY"), (httpx2.Response(404), "OPENAI_MODEL")]
)
async def test_what_asking_again_cannot_mend_is_told_to_people(response: httpx2.Response, reason: str) -> None:
    model = PretendModel([response])
    outcome = await over(model).answer(job())
    assert outcome.kind == "failure"
    assert reason in outcome.reason
    assert len(model.asked) == 1


async def test_without_a_model_people_are_told_what_to_set() -> None:
    nothing: Model = NoModel()
    outcome: ReplyOutcome = await Answering(nothing, QUICK, ManualClock(NOON)).answer(job())
    assert (outcome.kind, outcome.reason.startswith("no model is configured: set OPENAI_API_KEY")) == ("failure", True)


async def test_an_assistants_own_model_and_limits_are_used() -> None:
    model = PretendModel([answered(says("Hi."))])
    asked = job()
    custom = asked.assistant.but(model="big", temperature=0.0, max_output_tokens=77)
    await over(model).answer(ReplyJob("run_2", AssistantChoice(custom), "B", "US", asked.request))
    assert (model.asked[0]["model"], model.asked[0]["temperature"]) == ("big", 0.0)
    assert model.asked[0]["max_completion_tokens"] == 77
