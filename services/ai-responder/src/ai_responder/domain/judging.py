"""Is this an answer we can send? If not: what to tell the model, once; and what to do if that did not help.

Each kind of fault is pointed out once. Then: too long is cut at a sentence; a link or number out of nowhere goes to a
person; anything unreadable or empty is a failure. Reciting the instructions goes to a person at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ai_responder.domain import checks, length
from ai_responder.domain.addresses import with_sentence_spaces
from ai_responder.domain.answer import Answer, Form, parse
from ai_responder.domain.checks import Known
from ai_responder.domain.claims import unfounded_claim
from ai_responder.domain.outcome import Outcome, failure, one_line
from ai_responder.domain.prompt import without_markers
from ai_responder.domain.visible_text import visible, writable


@dataclass(frozen=True)
class Expected:
    """What an answer is held to."""

    max_parts: int
    prompt: str
    mark: str
    known: Known


@dataclass(frozen=True)
class Completion:
    """What the model said, in our words."""

    content: str
    refusal: str = ""
    truncated: bool = False
    filtered: bool = False
    model: str = ""
    form: Form = "json_schema"


@dataclass(frozen=True)
class Correction:
    """Ask again, with this said. `fault` names the kind, so that it is asked for once only."""

    fault: str
    instruction: str


@dataclass(frozen=True)
class Fault:
    """A fault of a readable answer; `otherwise` is what becomes of it if pointing it out did not help."""

    kind: str
    instruction: str
    otherwise: Callable[[str], Outcome]


def judge(said: Completion, expected: Expected, pointed_out: frozenset[str]) -> Outcome | Correction:
    if said.refusal or said.filtered:
        reason = said.refusal or "the model's content filter withheld the answer"
        return Outcome(kind="refusal", reason=one_line(reason), model=said.model)
    answer = parse(said.content, said.form)
    if answer is None:
        return _unreadable(said, pointed_out)
    text = with_sentence_spaces(length.plain(writable(without_markers(answer.reply, expected.mark))))
    if said.truncated and said.form == "text":
        text = length.cut(f"{text} ...", expected.max_parts)
    if answer.hand_over:
        return _hand_over(text, answer, expected).but(model=said.model)
    verdict = _checked(text, expected, pointed_out)
    if isinstance(verdict, Correction):
        return verdict
    return verdict.but(model=said.model, reason=verdict.reason or one_line(answer.reason))


def _unreadable(said: Completion, pointed_out: frozenset[str]) -> Outcome | Correction:
    if "unreadable" in pointed_out:
        return failure("the model's answer could not be read, twice", said.model)
    shorter = " Be much shorter: your answer was cut off." if said.truncated else ""
    return Correction(
        "unreadable",
        "That was not the JSON object that was asked for. Answer again with exactly one object: "
        f'{{"reply": string, "hand_over": boolean, "reason": string}}.{shorter}',
    )


def _hand_over(text: str, answer: Answer, expected: Expected) -> Outcome:
    """A person takes over; the parting word goes out only if nothing is wrong with it."""
    harmless = bool(text) and _first_fault(text, expected) is None and not _recites(text, expected)
    reason = one_line(answer.reason) or "the assistant asked for a person"
    return Outcome(kind="hand_over", text=text if harmless else "", reason=reason)


def _checked(text: str, expected: Expected, pointed_out: frozenset[str]) -> Outcome | Correction:
    if _recites(text, expected):
        return _to_a_person("the answer recited the assistant's instructions; somebody may be probing it")
    fault = _first_fault(text, expected)
    if fault is None:
        return Outcome(kind="reply", text=text)
    if fault.kind in pointed_out:
        return fault.otherwise(text)
    return Correction(fault.kind, fault.instruction)


def _first_fault(text: str, expected: Expected) -> Fault | None:
    seen = visible(text)  # what a joiner splits is one address to whoever taps on it
    if not seen.strip():
        return Fault("empty", "The reply was empty. Write the text message.", lambda _: failure("the answer was empty"))
    if link := checks.unknown_link(seen, expected.known):
        reason = f"the answer contained an address that nobody gave the assistant: {link}"
        instruction = "Your reply contained an address that is not in your instructions. Answer again without it."
        return Fault("link", instruction, lambda _: _to_a_person(reason))
    if number := checks.unknown_number(seen, expected.known):
        reason = f"the answer contained a phone number that nobody gave the assistant: {number}"
        instruction = "Your reply contained a phone number that is not in your instructions. Answer again without it."
        return Fault("number", instruction, lambda _: _to_a_person(reason))
    if claim := unfounded_claim(seen, expected.known.ours):
        reason = f"the answer claimed a deed that nobody reported: {claim}"
        instruction = (
            "Your reply claimed that something was done. You can do nothing but answer: say that a colleague will see "
            "to it, or set hand_over to true."
        )
        return Fault("claim", instruction, lambda _: _to_a_person(reason))
    if not length.fits(text, expected.max_parts):
        room = 150 * expected.max_parts if text.isascii() else 65 * expected.max_parts
        instruction = f"Your reply was too long for a text message. Say it in at most {room} characters."
        return Fault("long", instruction, lambda said: Outcome(kind="reply", text=length.cut(said, expected.max_parts)))
    return None


def _recites(text: str, expected: Expected) -> bool:
    return checks.recites(visible(text), expected.prompt, expected.mark)


def _to_a_person(reason: str) -> Outcome:
    return Outcome(kind="hand_over", reason=one_line(reason))
