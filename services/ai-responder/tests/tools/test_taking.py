"""What of a model's calls becomes an act: everything it writes is checked."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from responder_world import NOON

from ai_responder.domain.claims import unfounded_claim
from ai_responder.tools.domain.calls import ToolCall, actions_of, calls_in, calls_of
from ai_responder.tools.domain.definitions import actions_schema, definitions
from ai_responder.tools.domain.settings import FieldTool, ToolSettings
from ai_responder.tools.domain.taking import MOST_ACTS, Toolkit, borne_out, deeds, take
from shared.events.ai_responder import Act

ALL = ToolSettings(close=True, follow_up=True, fields=(FieldTool(name="cake"),), labels=("VIP", "order"))
KIT = Toolkit(ALL, NOON, "America/Chicago")
LABEL = {"name": "label", "arguments": {"label": "vip"}}


def taken(name: str, **given: Any) -> Act | str:
    """The act, or what is wrong with the call."""
    found = take([ToolCall(name, given)], KIT)
    return found.acts[0] if found.acts else found.problems[0]


def test_labels_and_fields_are_those_that_were_given() -> None:
    assert taken("label", label="vip") == Act(kind="label", name="VIP")
    assert taken("set_field", field="CAKE", value=" carrot \n cake ") == Act(
        kind="set_field", name="cake", value="carrot cake"
    )
    assert taken("set_field", field="cake", value=3) == Act(kind="set_field", name="cake", value="3")


def test_a_follow_up_is_meant_by_the_clock_of_the_business() -> None:
    hours = taken("follow_up", text="Still interested?", in_hours="2.5")
    local = taken("follow_up", text="Still interested?", at="2026-01-02T10:00")
    assert isinstance(hours, Act)
    assert isinstance(local, Act)
    assert hours.at == NOON + timedelta(hours=2.5)
    assert local.at == NOON + timedelta(hours=28)  # 10:00 in Chicago is 16:00 UTC
    assert deeds([local], KIT)[0].endswith("on Friday, January 2, 2026, at 10:00")


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("send_sms", {"to": "+19005550199"}),
        ("label", {"label": "secret"}),
        ("label", {}),
        ("label", {"label": ["vip"]}),
        ("set_field", {"field": "credit", "value": "1"}),
        ("set_field", {"field": "cake", "value": "\x00 "}),
        ("set_field", {"field": "cake", "value": "x" * 501}),
        ("set_field", {"field": "cake", "value": {"a": 1}}),
        ("set_field", {"field": "cake", "value": True}),
        ("follow_up", {"text": "Hi"}),
        ("follow_up", {"in_hours": 3}),
        ("follow_up", {"text": "Hi", "in_hours": 0.1}),
        ("follow_up", {"text": "Hi", "in_hours": 1e9}),
        ("follow_up", {"text": "Hi", "in_hours": float("nan")}),
        ("follow_up", {"text": "Hi", "in_hours": 10**400}),
        ("follow_up", {"text": "\x00\x01", "in_hours": 3}),
        ("follow_up", {"text": "Hi", "at": "tomorrow"}),
        ("follow_up", {"text": "Hi", "at": "2025-12-31T10:00"}),
        ("follow_up", {"text": "Hi", "at": "9999-12-31T23:59"}),
        ("follow_up", {"text": " ", "in_hours": 3}),
        ("follow_up", {"text": "x" * 1001, "in_hours": 3}),
    ],
)
def test_what_makes_no_sense_is_pointed_out(name: str, given: dict[str, Any]) -> None:
    assert isinstance(taken(name, **given), str)


PLANNED = Act(kind="follow_up", text="Hi", at=NOON)
ADDRESS = Act(kind="set_field", name="delivery address", value="1 Oak Street")


@pytest.mark.parametrize(
    ("act", "text"),
    [
        (PLANNED, "I have scheduled a reminder for you."),
        (PLANNED, "I've scheduled a reminder about your appointment."),
        (PLANNED, "Le he programado un recordatorio."),
        (ADDRESS, "I have updated your delivery address."),
        (ADDRESS, "I've updated your details."),
    ],
)
def test_an_answer_may_say_what_a_tool_did(act: Act, text: str) -> None:
    assert unfounded_claim(text, (), borne_out([act])) is None
    assert unfounded_claim(text, ()) is not None


@pytest.mark.parametrize(
    ("act", "text"),
    [
        (PLANNED, "I have scheduled your appointment for Friday at 10."),
        (PLANNED, "Your appointment is scheduled, and I will text you about it."),
        (PLANNED, "I have scheduled you for Friday."),
        (PLANNED, "I have changed your order."),
        (ADDRESS, "I have changed your appointment to Friday."),
        (ADDRESS, "Your order was updated."),
        (ADDRESS, "I have registered you for the course."),
        (Act(kind="close"), "Your booking is cancelled."),
        (Act(kind="label", name="refund"), "Your refund is processed."),
    ],
)
def test_a_tool_bears_out_nothing_but_what_it_did(act: Act, text: str) -> None:
    assert unfounded_claim(text, (), borne_out([act])) == text


def test_without_a_setting_there_is_no_tool_but_the_hand_over() -> None:
    none = Toolkit(ToolSettings(), NOON)
    found = take([ToolCall("close"), ToolCall("hand_over", {"reason": "upset"})], none)
    assert (found.acts, len(found.problems), found.hand_over) == ((), 1, "upset")
    assert definitions(ToolSettings()) == []


def test_many_calls_are_a_few_acts_and_the_later_of_two_counts() -> None:
    calls = [ToolCall("close"), ToolCall("close"), ToolCall("set_field", {"field": "cake", "value": "a"})]
    calls += [ToolCall("set_field", {"field": "cake", "value": "b"}), ToolCall("label", {"label": "vip"})]
    acts = take(calls, KIT).acts
    assert [(act.kind, act.value) for act in acts] == [("close", ""), ("set_field", "b"), ("label", "")]
    many = ToolSettings(labels=tuple(f"l{n}" for n in range(30)))
    assert len(take([ToolCall("label", {"label": f"l{n}"}) for n in range(30)], Toolkit(many, NOON)).acts) == MOST_ACTS


@pytest.mark.parametrize(
    "message",
    [
        {
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "label", "arguments": '{"label": "vip"}'}}
            ]
        },
        {"tool_calls": [{"function": {"name": "label", "arguments": {"label": "vip"}}}]},
        {"tool_calls": [{"function": {"name": "label", "arguments": '"{\\"label\\": \\"vip\\"}"'}}]},
        {"tool_calls": [{"name": "label", "arguments": {"label": "vip"}}]},
        {"tool_calls": [{"function": {"name": "functions.label", "parameters": {"label": "vip"}}}]},
        {"tool_calls": {"function": {"name": "LABEL", "arguments": {"label": "vip"}}}},
        {"function_call": {"name": "label", "arguments": '{"label": "vip"}'}},
        {"tool_calls": [None, 3, {"function": None}, {"function": {"name": "label", "arguments": '{"label": "vip"}'}}]},
    ],
)
def test_calls_are_read_in_the_shapes_that_servers_send(message: dict[str, Any]) -> None:
    assert take(calls_of(message), KIT).acts == (Act(kind="label", name="VIP"),)


@pytest.mark.parametrize("arguments", ['{"label": "vi', "[]", "vip", '"vip"', [1]])
def test_arguments_that_are_cut_off_or_no_object_are_pointed_out(arguments: Any) -> None:
    found = take(calls_of({"tool_calls": [{"function": {"name": "label", "arguments": arguments}}]}), KIT)
    assert (found.acts, len(found.problems)) == ((), 1)


@pytest.mark.parametrize("empty", ["", None, {}, " "])
def test_no_arguments_may_be_sent_in_any_way(empty: Any) -> None:
    assert take(calls_of({"tool_calls": [{"function": {"name": "close", "arguments": empty}}]}), KIT).acts


@pytest.mark.parametrize(
    "content",
    [
        f"<tool_call>\n{json.dumps(LABEL)}\n</tool_call>",
        f"[TOOL_CALLS][{json.dumps(LABEL)}]",
        json.dumps({"name": "label", "parameters": {"label": "vip"}}),
        f'<tool_call>{json.dumps(LABEL)}</tool_call><tool_call>{{"name": "close", "arguments": {{}}}}</tool_call>',
    ],
)
def test_calls_that_a_model_wrote_out_are_read(content: str) -> None:
    assert take(calls_in(content), KIT).acts[0] == Act(kind="label", name="VIP")


def test_actions_of_an_answer_carry_their_arguments_beside_the_name() -> None:
    actions = [{"tool": "label", "label": "order", "text": None}, {"tool": "close", "label": None}, "x", {}]
    assert [act.kind for act in take(actions_of(actions), KIT).acts] == ["label", "close"]
    assert set(actions_schema(ALL)["items"]["required"]) >= {"tool", "label", "text", "at"}


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(["label", "set_field", "follow_up", "close", "hand_over", "x"])
keys = st.sampled_from(["label", "field", "value", "text", "in_hours", "at", "name"])


@given(st.lists(st.builds(ToolCall, names, st.none() | st.dictionaries(keys, any_json, max_size=4)), max_size=4))
def test_whatever_is_called_the_acts_fit_their_event(calls: list[ToolCall]) -> None:
    for act in take(calls, KIT).acts:
        assert act.checked() == act
