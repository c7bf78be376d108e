"""An assistant with tools: what the model calls, with or without a text, becomes acts beside the answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from responder_world import PretendModel, World, answered, completion, requested, says

from testkit.eventually import eventually

TOOLS = {"close": True, "follow_up": True, "fields": [{"name": "cake"}], "labels": ["vip"]}


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


def calling(*calls: dict[str, Any], content: Any = None) -> httpx2.Response:
    body = completion(content)
    body["choices"][0]["message"]["tool_calls"] = list(calls)
    return httpx2.Response(200, json=body)


@pytest.fixture
async def model() -> PretendModel:
    return PretendModel([])


@pytest.fixture
async def world(model: PretendModel) -> AsyncIterator[World]:
    world = World(model)
    await world.start("workers")
    yield world
    await world.stop()


async def answer(
    world: World, tools: dict[str, Any] = TOOLS, turn: int = 1, more: dict[str, Any] | None = None
) -> dict[str, Any]:
    new = {"name": "x", "prompt": "Be brief.", "tools": tools, **(more or {})}
    async with world.client() as client:
        made = await client.post("/api/assistants", json=new)
        assert made.json()["tools"]["labels"] == tools.get("labels", [])
    event = requested("I love carrot cake", turn=turn, now=world.clock.now(), assistant_id=made.json()["id"])
    await world.handle(event)
    await eventually(lambda: len(world.drafted) == turn)
    return world.drafted[-1]


def acts(drafted: dict[str, Any]) -> list[tuple[str, str]]:
    return [(act["kind"], act.get("name", "")) for act in drafted["acts"]]


async def test_a_text_with_calls_costs_one_question(world: World, model: PretendModel) -> None:
    model.script = [
        calling(call("label", label="vip"), call("set_field", field="cake", value="carrot"), content=says("Noted."))
    ]
    drafted = await answer(world)
    assert (drafted["text"], acts(drafted), len(model.asked)) == (
        "Noted.",
        [("label", "vip"), ("set_field", "cake")],
        1,
    )
    assert [tool["function"]["name"] for tool in model.asked[0]["tools"]] == [
        "hand_over", "close", "label", "set_field", "follow_up",
    ]  # fmt: skip


async def test_calls_without_a_text_are_noted_and_the_text_is_asked_for(world: World, model: PretendModel) -> None:
    model.script = [
        calling(call("follow_up", text="Any news?", in_hours=24)),
        answered(says("I've scheduled a reminder for you.")),
    ]
    drafted = await answer(world)
    assert (drafted["outcome"], acts(drafted), len(model.asked)) == ("reply", [("follow_up", "")], 2)
    assert "tools" not in model.asked[1]
    assert "acts_noted" not in drafted["why"].get("guards", [])


async def test_what_no_tool_did_may_not_be_claimed(world: World, model: PretendModel) -> None:
    model.script = [answered(says("I have booked you in."))]
    assert (await answer(world))["outcome"] == "hand_over"


async def test_a_call_that_makes_no_sense_is_pointed_out_once_and_then_left_out(
    world: World, model: PretendModel
) -> None:
    model.script = [calling(call("label", label="secret"), content=says("Lovely."))]
    drafted = await answer(world)
    assert (drafted["text"], drafted["acts"], len(model.asked)) == ("Lovely.", [], 2)
    assert drafted["why"]["guards"] == ["tool"]


async def test_a_follow_up_is_held_to_what_answers_are_held_to(world: World, model: PretendModel) -> None:
    bad = call("follow_up", text="Pay at evil.example.com now", in_hours=24)
    model.script = [calling(bad, content=says("Talk soon."))]
    assert (await answer(world))["acts"] == []


@pytest.mark.parametrize("nothing", ["```", '""', "<think>later</think>"])
async def test_a_follow_up_that_says_nothing_once_it_is_cleaned_is_not_planned(
    world: World, model: PretendModel, nothing: str
) -> None:
    model.script = [calling(call("follow_up", text=nothing, in_hours=24), content=says("Talk soon."))]
    assert (await answer(world))["acts"] == []


async def test_a_time_that_the_model_chose_bears_out_no_opening_time(world: World, model: PretendModel) -> None:
    day = world.clock.now() + timedelta(days=3)
    later = call("follow_up", text="Any news?", at=f"{day:%Y-%m-%d}T09:30")
    strict = {"grounding": "strict"}
    model.script = [calling(later, content=says(f"We text you on {day:%A} at 9:30."))]
    said = await answer(world, more=strict)
    assert (said["outcome"], said.get("ungrounded", [])) == ("reply", [])
    model.script = [calling(later, content=says(f"We open on {day:%A} at 9:30."))]
    claimed = await answer(world, turn=2, more=strict)
    assert claimed["ungrounded"]


async def test_a_hand_over_may_be_called_with_or_without_tools(world: World, model: PretendModel) -> None:
    model.script = [calling(call("hand_over", reason="upset"), call("label", label="vip"))]
    drafted = await answer(world, {})
    assert (drafted["outcome"], drafted["reason"], drafted["acts"]) == ("hand_over", "upset", [])
    assert "tools" not in model.asked[0]


async def test_a_hand_over_keeps_its_labels(world: World, model: PretendModel) -> None:
    model.script = [calling(call("hand_over", reason="upset"), call("label", label="vip"))]
    drafted = await answer(world)
    assert (drafted["outcome"], acts(drafted)) == ("hand_over", [("label", "vip")])


@pytest.mark.parametrize(
    "complaint",
    ["registry.ollama.ai/library/x does not support tools", '"auto" tool choice requires --enable-auto-tool-choice',
     "Unrecognized request argument supplied: tools", "json mode cannot be combined with tool/function calling"],
)  # fmt: skip
async def test_a_server_without_tools_gets_them_as_a_field_of_the_answer(
    world: World, model: PretendModel, complaint: str
) -> None:
    actions = [{"tool": "label", "label": "vip", "text": None, "in_hours": None}]
    model.script = [
        httpx2.Response(400, json={"error": {"message": complaint}}),
        answered({**says("Noted."), "actions": actions}),
    ]
    drafted = await answer(world)
    assert acts(drafted) == [("label", "vip")]
    assert "tools" not in model.asked[1]
    schema = model.asked[1]["response_format"]["json_schema"]["schema"]
    assert "actions" in schema["required"]
    assert "label(label)" in model.asked[1]["messages"][0]["content"]
    await world.handle(requested("and now?", turn=2, now=world.clock.now(), assistant_id=drafted["assistant_id"]))
    await eventually(lambda: len(world.drafted) == 2)
    assert "tools" not in model.asked[2]


async def test_a_trial_shows_what_would_be_done(world: World, model: PretendModel) -> None:
    model.script = [calling(call("close"), content=says("Bye."))]
    async with world.client() as client:
        made = await client.post("/api/assistants", json={"name": "x", "prompt": "Be brief.", "tools": TOOLS})
        tried = await client.post(f"/api/assistants/{made.json()['id']}/try", json={"messages": [{"text": "bye"}]})
    assert [act["kind"] for act in tried.json()["acts"]] == ["close"]
