"""Odd servers and odd models, one case each: what must reach the customer, or why nothing may. The cases, recorded or
written after reports, are in `cases/*.json`; each goes through the real adapter and the real judgement.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from responder_world import NOON, PretendModel, requested

from ai_responder.adapters.openai_chat import OpenAiChat
from ai_responder.answering import Answering, Patience, ReplyJob, used
from ai_responder.assistants.domain.assistant import default_assistant
from ai_responder.assistants.domain.choice import AssistantChoice
from shared.clock import ManualClock

FILES = sorted(Path(__file__).parent.glob("cases/*.json"))
CASES: list[dict[str, Any]] = [case for path in FILES for case in json.loads(path.read_text())]
QUICK = Patience(call_seconds=2.0, first_pause_seconds=0.0, longest_pause_seconds=0.0)
KNOWLEDGE = "We open at 7. The menu is at https://bakery.example.com/menu"


def response(recorded: dict[str, Any]) -> httpx2.Response:
    content = json.dumps(recorded["json"]) if "json" in recorded else recorded["text"]
    return httpx2.Response(recorded.get("status", 200), headers=recorded.get("headers", {}), content=content.encode())


def job() -> ReplyJob:
    assistant = default_assistant("ten_a", NOON).live_now.but(knowledge=KNOWLEDGE, grounding="off")
    return ReplyJob("run_1", AssistantChoice(assistant), "Bakery", "US", requested().data)


def asked_for(name: str, body: dict[str, Any]) -> Any:
    return {
        "forms": body.get("response_format", {}).get("type", "text"),
        "limits": next((limit for limit in ("max_completion_tokens", "max_tokens") if limit in body), None),
        "roles": " ".join(message["role"] for message in body["messages"]),
    }[name]


def test_there_are_many_kinds_and_no_two_of_one_name() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) >= 45


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_a_good_answer_reaches_the_customer_and_nothing_else_does(case: dict[str, Any]) -> None:
    model = PretendModel([response(recorded) for recorded in case["responses"]])
    asked = job()
    chat = OpenAiChat("http://model.test/v1", "k", "m", transport=model)
    outcome = await Answering(chat, QUICK, ManualClock(NOON)).answer(asked)
    if "reaches_customer" in case:
        assert (outcome.kind, outcome.text) == ("reply", case["reaches_customer"]), outcome.reason
    else:
        assert (outcome.kind, outcome.text) == (case["outcome"], case.get("parting", "")), outcome.reason
        assert all(words in outcome.reason for words in case["why"]), outcome.reason
        assert outcome.reason == case.get("exactly", outcome.reason)
        assert len(outcome.reason) <= 300, "what a conversation shows of it"
    assert len(model.asked) == case["calls"]
    for name in ("forms", "limits", "roles"):
        if name in case:
            assert [asked_for(name, body) for body in model.asked] == case[name]
    if "estimate" in case:
        assert [call.estimate for call in used(asked.calls)] == [case["estimate"]]
    await chat.close()
