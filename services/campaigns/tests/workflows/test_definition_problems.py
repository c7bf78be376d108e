"""A definition is read whole: every problem with its place, and nothing crashes the reader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.workflows.domain.definition import examine, read
from campaigns.workflows.domain.problems import MOST_PROBLEMS
from campaigns.workflows.domain.schema import schema
from campaigns.workflows.domain.steps import DEEPEST, MOST_STEPS, STEP_TYPES
from shared.errors import Invalid
from workflow_play import save, send, wait

CAMPAIGN = {"type": "campaign"}


def problems(*steps: Any, trigger: Any = CAMPAIGN, columns: list[str] | None = None) -> list[tuple[str, str]]:
    found = examine({"trigger": trigger, "steps": list(steps)}, columns).problems
    return [(problem.path, problem.code) for problem in found]


def warnings(*steps: Any, trigger: Any = CAMPAIGN) -> list[tuple[str, str]]:
    found = examine({"trigger": trigger, "steps": list(steps)})
    assert found.problems == ()
    return [(warning.path, warning.code) for warning in found.warnings]


def condition(expression: str, then: list[Any] | None = None, id: str = "c") -> dict[str, Any]:
    return {"id": id, "type": "condition", "if": expression, "then": then or []}


WRONG: list[tuple[Any, list[tuple[str, str]]]] = [
    (7, [("steps[0]", "not_an_object")]),
    ({}, [("steps[0].type", "unknown_step_type")]),
    ({"id": "a", "type": "send_sms"}, [("steps[0].type", "unknown_step_type")]),
    ({"id": "a", "type": ["send_message"]}, [("steps[0].type", "unknown_step_type")]),
    ({"id": "a", "type": "send_message"}, [("steps[0].text", "missing_field")]),
    (send("a", text=5), [("steps[0].text", "invalid_field")]),
    (send("a b"), [("steps[0].id", "invalid_field")]),
    (send("a", colour="red"), [("steps[0]", "unknown_field")]),
    (send("a", text="Hi {name"), [("steps[0].text", "invalid_text")]),
    ({"id": "a", "type": "hand_over", "to": "person", "note": "call {name"}, [("steps[0].note", "invalid_text")]),
    (send("opening"), [("steps[0].id", "reserved_id")]),
    (send("a", when="1 +"), [("steps[0].when", "invalid_expression")]),
    (condition("customer == 1"), [("steps[0].if", "unknown_variable")]),
    (condition("reply.body == 'x'"), [("steps[0].if", "unknown_variable")]),
    (condition("saved.score > 3"), [("steps[0].if", "unknown_variable")]),
    (condition("launch(1)"), [("steps[0].if", "unknown_function")]),
    (condition("[1].all(a, [1].all(b, [1].all(c, true)))"), [("steps[0].if", "expression_too_costly")]),
    (condition("[1].all(a, 'x'.matches('x'))"), [("steps[0].if", "expression_too_costly")]),
    (condition("x" * 2_000), [("steps[0].if", "invalid_field")]),
    ({"id": "a", "type": "condition", "if": "true"}, [("steps[0].then", "missing_field")]),
    ({"id": "a", "type": "delay"}, [("steps[0]", "invalid_time")]),
    ({"id": "a", "type": "delay", "seconds": 0}, [("steps[0].seconds", "invalid_field")]),
    ({"id": "a", "type": "delay", "until_local_time": "25:00"}, [("steps[0].until_local_time", "invalid_field")]),
    ({"id": "a", "type": "schedule_send", "text": "x"}, [("steps[0]", "invalid_time")]),
    ({"id": "a", "type": "schedule_send", "text": "x", "at": "2026-12-01"}, [("steps[0].at", "invalid_time")]),
    ({"id": "a", "type": "schedule_send", "text": "x", "local_time": "10:00", "days": []}, [("steps[0].days", "invalid_field")]),  # noqa: E501
    ({"id": "a", "type": "go_to", "step": "a"}, [("steps[0].at_most", "unbounded_loop")]),
    ({"id": "a", "type": "go_to", "step": "b", "at_most": 3}, [("steps[0].step", "unknown_step")]),
    ({"id": "a", "type": "go_to", "step": "a", "at_most": 1_000}, [("steps[0].at_most", "invalid_field")]),
    (save(kind="choice"), [("steps[0].choices", "invalid_choices")]),
    (save(kind="choice", choices=["Yes", "yes!"]), [("steps[0].choices", "invalid_choices")]),
    (save(kind="number", choices=["1", "2"]), [("steps[0].choices", "invalid_choices")]),
]  # fmt: skip


@pytest.mark.parametrize(("step", "found"), WRONG)
def test_a_mistake_is_named_with_its_place(step: Any, found: list[tuple[str, str]]) -> None:
    assert problems(step) == found


def test_one_mistake_does_not_hide_the_next() -> None:
    inner = [{"id": "x", "type": "nothing"}, send("a")]
    assert problems(send("a"), condition("oops(", inner), 7, {"id": "d", "type": "delay"}) == [
        ("steps[1].then[0].type", "unknown_step_type"),
        ("steps[2]", "not_an_object"),
        ("steps[0].id", "duplicate_id"),
        ("steps[1].then[1].id", "duplicate_id"),
        ("steps[1].if", "invalid_expression"),
        ("steps[3]", "invalid_time"),
    ]


@pytest.mark.parametrize(
    ("trigger", "found"),
    [
        (None, [("trigger", "missing_field")]),
        ({"type": "moon"}, [("trigger.type", "invalid_field")]),
        ({"type": "keyword"}, [("trigger.keywords", "invalid_keywords")]),
        ({"type": "api", "keywords": ["CAKE"]}, [("trigger.keywords", "invalid_keywords")]),
        ({"type": "keyword", "keywords": ["Stop"]}, [("trigger.keywords[0]", "reserved_keyword")]),
        ({"type": "keyword", "keywords": ["CAKE", "help"]}, [("trigger.keywords[1]", "reserved_keyword")]),
        ({"type": "keyword", "keywords": ["BAJA"]}, [("trigger.keywords[0]", "reserved_keyword")]),
        ({"type": "keyword", "keywords": ["cake", "Cake!"]}, [("trigger.keywords[1]", "duplicate_keyword")]),
        ({"type": "keyword", "keywords": ["!"]}, [("trigger.keywords[0]", "invalid_keywords")]),
    ],
)
def test_a_trigger_has_words_of_its_own(trigger: Any, found: list[tuple[str, str]]) -> None:
    assert problems(send("a"), trigger=trigger) == found


def test_steps_and_depth_are_limited() -> None:
    many = [send(f"s{n}", "x") for n in range(MOST_STEPS + 5)]
    assert problems(*many) == [(f"steps[{MOST_STEPS}]", "too_many_steps")]
    deep: list[Any] = [send("s", "x")]
    for n in range(DEEPEST + 1):
        deep = [condition("true", deep, id=f"c{n}")]
    assert [code for _, code in problems(*deep)] == ["too_deep"]
    assert len(problems(*[7] * 150)) == MOST_PROBLEMS


def test_without_steps_there_is_no_workflow() -> None:
    assert problems() == [("steps", "no_steps")]
    assert [one.code for one in examine(None).problems] == ["not_an_object"]
    assert [one.path for one in examine({}).problems] == ["trigger", "steps"]


def test_columns_that_are_known_are_held_to() -> None:
    step = send("a", "Hi {name}, {city}", when="recipient.zip == ''")
    assert problems(step) == []
    assert problems(step, columns=["city", "zip"]) == []
    assert problems(step, columns=["town"]) == [
        ("steps[0].when", "unknown_variable"),
        ("steps[0].text", "unknown_variable"),
    ]


def test_a_warning_says_what_may_be_meant_otherwise() -> None:
    end = {"id": "end", "type": "end"}
    assert warnings(send("a", "{city}"), end, send("b", "x")) == [
        ("steps[0].text", "needs_column"),
        ("steps[2]", "unreachable_step"),
    ]
    assert warnings(save()) == [("steps[0]", "no_reply_to_save")]
    assert warnings(wait(), save()) == []
    assert warnings(send("a", "{city|Rome}"), {**end, "when": "false"}, send("b", "x")) == []


def test_every_step_is_followed_by_the_one_after_its_branch() -> None:
    branch = condition("true", [send("b", "x"), send("c2", "x")])
    definition = read({"trigger": CAMPAIGN, "steps": [wait(on_timeout=[send("a", "x")]), branch, send("z", "x")]})
    following = {id: node.next for id, node in definition.nodes.items()}
    assert following == {"wait": "c", "a": "c", "c": "z", "b": "c2", "c2": "z", "z": None}


def test_reading_refuses_with_all_problems() -> None:
    with pytest.raises(Invalid) as refused:
        read({"steps": [7]})
    assert [error["field"] for error in refused.value.errors] == ["trigger", "steps[0]"]


def test_the_schema_is_valid_and_describes_every_step_type() -> None:
    published = schema()
    jsonschema.Draft202012Validator.check_schema(published)
    validator = jsonschema.Draft202012Validator(published)
    whole = {"trigger": CAMPAIGN, "steps": [send("a"), wait(on_timeout=[{"id": "e", "type": "end"}]), save()]}
    assert examine(whole).problems == ()
    assert validator.is_valid(whole)
    assert not validator.is_valid({**whole, "steps": [send("a", colour="red")]})
    assert not validator.is_valid({**whole, "steps": [send("a b")]})
    assert STEP_TYPES.keys() == {part["properties"]["type"]["enum"][0] for part in _steps_of(published)}


def _steps_of(published: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for name, part in published["$defs"].items() if name != "Trigger"]


def test_the_examples_of_the_documentation_are_whole() -> None:
    text = (Path(__file__).parents[4] / "docs/workflows.md").read_text()
    examples = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    assert len(examples) == 2
    for example in examples:
        examined = examine(example, ["first_name", "name", "day"])
        assert (examined.problems, examined.warnings) == ((), ())


WORDS = st.sampled_from(
    [*STEP_TYPES, "id", "type", "text", "then", "else", "when", "if", "steps", "trigger", "keywords", "on_timeout", "a"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=5),
    max_leaves=25,
)
STEPS = st.lists(
    st.fixed_dictionaries({"id": JSON, "type": st.sampled_from([*STEP_TYPES])}, optional={"then": JSON, "text": JSON}),
    max_size=4,
)


@settings(max_examples=300, deadline=None)
@given(JSON | st.fixed_dictionaries({"trigger": JSON, "steps": JSON | STEPS}))
def test_any_json_is_read_or_refused(raw: Any) -> None:
    examined = examine(raw)
    assert (examined.definition is None) == bool(examined.problems)


def test_json_nested_beyond_all_sense_is_refused() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert examine({"trigger": CAMPAIGN, "steps": deep}).problems
    assert examine({"trigger": CAMPAIGN, "steps": [send("a", text=deep)]}).problems
    while deep:  # taken apart step by step: freeing it at once would need a deep stack as well
        deep = deep[0]
