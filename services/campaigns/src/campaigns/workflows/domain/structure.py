"""JSON to steps, field by field, so that one mistake does not hide the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import msgspec
from msgspec.structs import FieldInfo

from campaigns.workflows.domain.problems import Problems
from campaigns.workflows.domain.steps import DEEPEST, MOST_STEPS, STEP_TYPES, GoTo, Step, Trigger
from shared.values import Value, problem_of

BRANCHES = ("then", "else", "on_timeout", "on_invalid")
_LONGEST_NAME = 60
"""Of a name from outside, as a problem repeats it."""


@dataclass(frozen=True, slots=True)
class Found:
    """A step where it stands. `step` is None if its fields have problems, `id` None if it has none."""

    path: str
    id: str | None
    step: Step | None


def read_trigger(raw: object, problems: Problems) -> Trigger | None:
    if raw is None:
        problems.add("trigger", "missing_field", "say what starts it: campaign, keyword, new_conversation or api")
        return None
    values = _fields_of(Trigger, raw, "trigger", problems)
    return Trigger(**values) if values is not None else None


def read_steps(raw: object, problems: Problems, found: list[Found], path: str = "steps", depth: int = 0) -> list[Step]:
    """The steps that could be read. Everything that stands there is appended to `found`."""
    if not isinstance(raw, list):
        problems.add(path, "missing_field" if raw is None else "invalid_field", "a list of steps is wanted here")
        return []
    if depth > DEEPEST:
        problems.add(path, "too_deep", f"branches stand at most {DEEPEST} deep; use go_to")
        return []
    steps: list[Step] = []
    for index, one in enumerate(cast("list[object]", raw)):
        if len(found) >= MOST_STEPS:
            if len(found) == MOST_STEPS:
                problems.add(f"{path}[{index}]", "too_many_steps", f"a workflow has at most {MOST_STEPS} steps")
                found.append(Found(f"{path}[{index}]", None, None))
            break
        step = _read_step(one, problems, found, f"{path}[{index}]", depth)
        steps += [step] if step else []
    return steps


def _read_step(raw: object, problems: Problems, found: list[Found], path: str, depth: int) -> Step | None:
    if not isinstance(raw, dict):
        problems.add(path, "not_an_object", "a step is an object with id and type")
        found.append(Found(path, None, None))
        return None
    given = cast("dict[str, object]", raw)
    id = given.get("id")
    place = len(found)
    found.append(Found(path, id if isinstance(id, str) else None, None))
    kind = STEP_TYPES.get(type_) if isinstance(type_ := given.get("type"), str) else None
    if kind is None:
        problems.add(f"{path}.type", "unknown_step_type", f"a step is one of: {', '.join(STEP_TYPES)}")
    branches: dict[str, Any] = {}
    for name, key in _branches_of(kind):
        if given.get(key) is not None:
            branches[name] = tuple(read_steps(given[key], problems, found, f"{path}.{key}", depth + 1))
    values = _fields_of(kind, given, path, problems) if kind else None
    if kind is None or values is None:
        return None
    step = kind(**{**values, **branches})
    found[place] = Found(path, step.id, step)
    return step


def _fields_of(kind: type[Value], raw: object, path: str, problems: Problems) -> dict[str, Any] | None:
    """The fields of this class but its branches; None if any has a problem."""
    if not isinstance(raw, dict):
        problems.add(path, "not_an_object", "an object is wanted here")
        return None
    given = cast("dict[str, object]", raw)
    known = _known(kind)
    found = [f"no field {name[:_LONGEST_NAME]!r} here" for name in given if name not in known]
    for detail in found:
        problems.add(path, "unknown_field", detail)
    values: dict[str, Any] = {}
    for key, field in known.items():
        if field is None or (key in BRANCHES and given.get(key) is not None):
            continue
        problem = _read_field(kind, field, given, values)
        if problem:
            problems.add(f"{path}.{key}", *problem)
            found.append(key)
    return None if found else values


def _read_field(
    kind: type[Value], field: FieldInfo, given: Mapping[str, object], values: dict[str, Any]
) -> tuple[str, str] | None:
    """Puts the value in, or returns code and detail of its problem. Null says the same as leaving the field out."""
    value = given.get(field.encode_name)
    if value is None:
        if not field.required:
            return None
        if kind is GoTo and field.name == "at_most":
            return "unbounded_loop", "say how often one run may jump; loops are bounded"
        return "missing_field", "this field is needed"
    try:
        values[field.name] = msgspec.convert(value, field.type)
    except (msgspec.ValidationError, RecursionError) as error:
        return "invalid_field", problem_of(error)
    return None


@cache
def _known(kind: type[Value]) -> dict[str, FieldInfo | None]:
    """By the name in JSON. None: the tag, which has been read."""
    tag = kind.__struct_config__.tag_field
    return {**({tag: None} if tag else {}), **{field.encode_name: field for field in msgspec.structs.fields(kind)}}


@cache
def _branches_of(kind: type[Step] | None) -> tuple[tuple[str, str], ...]:
    """Names of the fields that hold steps, and their names in JSON. A step of unknown type may have any."""
    if kind is None:
        return tuple((name, name) for name in BRANCHES)
    fields = msgspec.structs.fields(kind)
    return tuple((field.name, field.encode_name) for field in fields if field.encode_name in BRANCHES)
