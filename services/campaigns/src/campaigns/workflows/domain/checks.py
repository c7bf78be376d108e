"""What is wrong with a definition beyond single fields: ids, jumps, texts, expressions, times, keywords."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from campaigns.workflows.domain.answers.words import words_of
from campaigns.workflows.domain.expressions import InvalidExpression, compiled, unknown_names
from campaigns.workflows.domain.local_times import moment_of
from campaigns.workflows.domain.problems import Problems
from campaigns.workflows.domain.run import OPENING
from campaigns.workflows.domain.steps import (
    Condition,
    Delay,
    Filter,
    GoTo,
    HandOver,
    SaveResponse,
    ScheduleSend,
    SendMessage,
    SetField,
    Step,
    Trigger,
    WaitForReply,
)
from campaigns.workflows.domain.structure import Found
from shared.consent import keyword_form, read_consent
from shared.errors import Invalid
from shared.text_templates.template import parse
from shared.text_templates.variables import STANDARD

FEWEST_CHOICES = 2


@dataclass(frozen=True, slots=True)
class Report:
    problems: Problems
    warnings: Problems


@dataclass(frozen=True, slots=True)
class Known:
    """What texts and expressions may name."""

    saved: frozenset[str]
    columns: frozenset[str] | None
    """None: any column may come with the recipients."""


def check(trigger: Trigger | None, found: Sequence[Found], report: Report, columns: Iterable[str] | None) -> None:
    steps = [(one.path, one.step) for one in found if one.step]
    if not found and not report.problems.found:
        report.problems.add("steps", "no_steps", "a workflow has at least one step")
    saved = frozenset(step.field for _, step in steps if isinstance(step, SaveResponse | SetField))
    known = Known(saved, frozenset(columns) if columns is not None else None)
    if trigger:
        _check_trigger(trigger, report.problems)
    _check_ids(found, report.problems)
    ids = {one.id for one in found}
    for path, step in steps:
        _check_expressions(path, step, known, report)
        _check_texts(path, step, known, report)
        _check_step(path, step, report.problems)
        _check_words_of_choices(path, step, report.warnings)
        if isinstance(step, GoTo) and step.step not in ids:
            report.problems.add(f"{path}.step", "unknown_step", f"there is no step {step.step}")
    _check_replies(trigger, [step for _, step in steps], steps, report.warnings)


def _check_trigger(trigger: Trigger, problems: Problems) -> None:
    if (trigger.type == "keyword") != bool(trigger.keywords):
        detail = "a keyword trigger needs keywords" if trigger.type == "keyword" else "only a keyword trigger has them"
        problems.add("trigger.keywords", "invalid_keywords", detail)
    seen: set[str] = set()
    for index, keyword in enumerate(trigger.keywords):
        path, word = f"trigger.keywords[{index}]", keyword_form(keyword)
        reading = read_consent(keyword)
        if not word:
            problems.add(path, "invalid_keywords", "a keyword has letters or digits")
        elif reading.reading != "none":
            problems.add(path, "reserved_keyword", "this word means stop, start or help, which come before workflows")
        elif word in seen:
            problems.add(path, "duplicate_keyword", "this keyword is listed twice")
        seen.add(word)


def _check_ids(found: Sequence[Found], problems: Problems) -> None:
    counted = Counter(one.id for one in found if one.id is not None)
    for one in found:
        if one.id is not None and counted[one.id] > 1:
            problems.add(f"{one.path}.id", "duplicate_id", f"{counted[one.id]} steps have the id {one.id[:60]}")
        if one.id == OPENING:
            problems.add(f"{one.path}.id", "reserved_id", f"{OPENING} is the name of the campaign's own text")


def _check_expressions(path: str, step: Step, known: Known, report: Report) -> None:
    for key, source in _expressions_of(step):
        try:
            expression = compiled(source)
        except InvalidExpression as invalid:
            report.problems.add(f"{path}.{key}", invalid.code, str(invalid))
            continue
        unknown = unknown_names(expression)
        columns = None if known.columns is None else known.columns | set(STANDARD)
        for at, name in sorted(expression.keys):
            provided = {"saved": known.saved, "recipient": columns}.get(at)
            unknown += [f"{at}.{name}"] if provided is not None and name not in provided else []
        for name in unknown:
            report.problems.add(f"{path}.{key}", "unknown_variable", f"nothing provides {name[:100]}")


def _check_texts(path: str, step: Step, known: Known, report: Report) -> None:
    for key, text in texts_of(step):
        try:
            template = parse(text)
        except Invalid as invalid:
            report.problems.add(f"{path}.{key}", invalid.code, invalid.detail)
            continue
        for variable in template.variables:
            if variable.name in known.saved or variable.name in STANDARD or variable.default is not None:
                continue
            if known.columns is None:
                detail = f"{{{variable.name}}} must be a column of every recipient, or the text is not sent"
                report.warnings.add(f"{path}.{key}", "needs_column", detail)
            elif variable.name not in known.columns:
                report.problems.add(f"{path}.{key}", "unknown_variable", f"nothing provides {{{variable.name}}}")


def _check_step(path: str, step: Step, problems: Problems) -> None:
    if isinstance(step, ScheduleSend):
        _check_schedule(path, step, problems)
    if isinstance(step, Delay) and (step.seconds is None) == (step.until_local_time is None):
        problems.add(path, "invalid_time", "give either seconds or until_local_time")
    if isinstance(step, SaveResponse):
        _check_choices(path, step, problems)


def _check_schedule(path: str, step: ScheduleSend, problems: Problems) -> None:
    if (step.at is None) == (step.local_time is None):
        problems.add(path, "invalid_time", "give either at or local_time")
    if step.at is not None and moment_of(step.at) is None:
        problems.add(f"{path}.at", "invalid_time", "a moment with its zone is wanted, as 2026-12-01T15:00:00Z")
    if step.days is not None and step.local_time is None:
        problems.add(f"{path}.days", "invalid_time", "days belong to local_time")


def _check_choices(path: str, step: SaveResponse, problems: Problems) -> None:
    if step.as_ != "choice":
        if step.choices:
            problems.add(f"{path}.choices", "invalid_choices", "only an answer of type choice has choices")
        return
    labels = [" ".join(words_of(choice)) for choice in step.choices]
    if len(labels) < FEWEST_CHOICES or len(set(labels)) < len(labels) or not all(labels):
        problems.add(f"{path}.choices", "invalid_choices", "a choice needs at least two different choices")


def _check_words_of_choices(path: str, step: Step, warnings: Problems) -> None:
    """`Cancel` as a whole text is a STOP, to us and to the carrier."""
    for index, choice in enumerate(step.choices if isinstance(step, SaveResponse) else ()):
        if read_consent(choice).reading != "none":
            detail = f"a reply of only {choice!r} means stop, start or help and does not come here; use another word"
            warnings.add(f"{path}.choices[{index}]", "reserved_word", detail)


def _check_replies(
    trigger: Trigger | None, steps: Sequence[Step], placed: Sequence[tuple[str, Step]], warnings: Problems
) -> None:
    """A `save_response` that no wait comes before reads the text that started the run, if one did."""
    if trigger and trigger.type in ("keyword", "new_conversation"):
        return
    waits = next((index for index, step in enumerate(steps) if isinstance(step, WaitForReply)), len(steps))
    for path, step in placed[:waits]:
        if isinstance(step, SaveResponse):
            warnings.add(path, "no_reply_to_save", "no wait_for_reply comes before it, so nothing is saved")


def _expressions_of(step: Step) -> list[tuple[str, str]]:
    named = [("when", step.when)]
    if isinstance(step, Filter):
        named.append(("keep", step.keep))
    if isinstance(step, Condition):
        named.append(("if", step.if_))
    return [(key, source) for key, source in named if source is not None]


def texts_of(step: Step) -> list[tuple[str, str]]:
    """By field: what is filled in with variables."""
    if isinstance(step, SendMessage | ScheduleSend):
        return [("text", step.text)]
    if isinstance(step, SetField):
        return [("value", step.value)]
    if isinstance(step, HandOver):
        return [("note", step.note)]
    if isinstance(step, SaveResponse) and step.retry_text is not None:
        return [("retry_text", step.retry_text)]
    return []
