"""A workflow's definition: read from JSON with all its problems, and laid out so that a run finds its next step.

Every step knows the one that follows it. The last step of a branch is followed by the step after the branch, so the id
of one step is all that a run has to remember of its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from campaigns.workflows.domain.checks import Report, check, texts_of
from campaigns.workflows.domain.problems import Problem, Problems
from campaigns.workflows.domain.steps import (
    Condition,
    End,
    GoTo,
    HandOver,
    SaveResponse,
    SetField,
    Step,
    Trigger,
    WaitForReply,
)
from campaigns.workflows.domain.structure import Found, read_steps, read_trigger
from shared.errors import Invalid
from shared.text_templates.template import parse


@dataclass(frozen=True, slots=True)
class Node:
    """A step and the one that follows it, outside of its own branches. None: the workflow ends."""

    step: Step
    next: str | None
    path: str


@dataclass(frozen=True)
class Definition:
    trigger: Trigger
    steps: tuple[Step, ...]
    warnings: tuple[Problem, ...] = field(default=(), compare=False)
    """Worth a look, but no reason to refuse it."""

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """By id, in the order of the text."""
        return dict(_nodes(self.steps, None, "steps"))

    @property
    def first(self) -> str:
        return self.steps[0].id

    @cached_property
    def saved_fields(self) -> tuple[str, ...]:
        """What its steps save or set."""
        steps = (node.step for node in self.nodes.values())
        return tuple(dict.fromkeys(step.field for step in steps if isinstance(step, SaveResponse | SetField)))

    @cached_property
    def variables(self) -> frozenset[str]:
        """What its texts name and no step saves."""
        texts = (text for node in self.nodes.values() for _, text in texts_of(node.step))
        named = frozenset(variable.name for text in texts for variable in parse(text).variables)
        return named - frozenset(self.saved_fields)

    def next_of(self, step_id: str) -> str | None:
        return self.nodes[step_id].next

    def entry(self, branch: tuple[Step, ...], step_id: str) -> str | None:
        """Where a branch of this step begins; an empty one is passed by."""
        return branch[0].id if branch else self.next_of(step_id)


@dataclass(frozen=True, slots=True)
class Examined:
    """`definition` is None while there are problems."""

    definition: Definition | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    trigger: Trigger | None
    """None where it could not be read."""


def examine(raw: object, columns: Iterable[str] | None = None) -> Examined:
    """Everything that is wrong with this JSON. `columns`: of the campaign whose rows will go through it, if known."""
    problems = Problems()
    if not isinstance(raw, dict):
        problems.add("", "not_an_object", "a definition is an object with trigger and steps")
        return Examined(None, problems.found, (), None)
    fields: dict[str, Any] = {str(name): value for name, value in raw.items()}  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
    for name in fields.keys() - {"trigger", "steps"}:
        problems.add("", "unknown_field", f"a definition has trigger and steps, no {name[:60]!r}")
    trigger = read_trigger(fields.get("trigger"), problems)
    found: list[Found] = []
    steps = tuple(read_steps(fields.get("steps"), problems, found))
    warnings = Problems()
    check(trigger, found, Report(problems, warnings), columns)
    if problems.found or trigger is None:
        return Examined(None, problems.found, warnings.found, trigger)
    definition = Definition(trigger, steps, warnings.found)
    return Examined(definition, (), _unreachable(definition, warnings), trigger)


def read(raw: object) -> Definition:
    """Raises `Invalid("invalid_definition")` with all problems."""
    examined = examine(raw)
    if examined.definition is None:
        errors = [{"field": one.path, "code": one.code, "problem": one.detail} for one in examined.problems]
        raise Invalid("invalid_definition", "the definition has problems", errors)
    return examined.definition


def _nodes(steps: tuple[Step, ...], after: str | None, path: str) -> Iterator[tuple[str, Node]]:
    for index, step in enumerate(steps):
        following = steps[index + 1].id if index + 1 < len(steps) else after
        here = f"{path}[{index}]"
        yield step.id, Node(step, following, here)
        for key, branch in branches_of(step):
            yield from _nodes(branch, following, f"{here}.{key}")


def branches_of(step: Step) -> tuple[tuple[str, tuple[Step, ...]], ...]:
    if isinstance(step, Condition):
        return ("then", step.then), ("else", step.else_)
    if isinstance(step, WaitForReply):
        return (("on_timeout", step.on_timeout),)
    if isinstance(step, SaveResponse):
        return (("on_invalid", step.on_invalid),)
    return ()


def _unreachable(definition: Definition, warnings: Problems) -> tuple[Problem, ...]:
    """Adds a warning for each step that no run can come to."""
    reached: set[str] = set()
    open_ends = [definition.first]
    while open_ends:
        id = open_ends.pop()
        if id not in reached:
            reached.add(id)
            open_ends += [next for next in _successors(definition, id) if next is not None]
    for id, node in definition.nodes.items():
        if id not in reached:
            warnings.add(node.path, "unreachable_step", f"no run comes to {id}: what stands before it always ends")
    return warnings.found


def _successors(definition: Definition, id: str) -> list[str | None]:
    node = definition.nodes[id]
    branches = [definition.entry(branch, id) for _, branch in branches_of(node.step)]
    if isinstance(node.step, Condition):
        return [*branches, node.next] if node.step.when else [*branches]
    if isinstance(node.step, GoTo):
        return [node.step.step, node.next]
    ends = isinstance(node.step, End | HandOver) and node.step.when is None
    return branches if ends else [*branches, node.next]
