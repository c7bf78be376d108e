"""Whether a model's answer can be sent; if not, what to point out to the model, and what happens if that did not help.

Each kind of fault is pointed out once. Then: too long is cut at a sentence; an unreadable or empty answer is a failure;
anything else goes to a person, with a reason that says what came. Reciting the instructions goes to a person at once.
An answer that still states what stands in no source stays an answer, with these claims marked: a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ai_responder.domain import checks, length
from ai_responder.domain.addresses import with_sentence_spaces
from ai_responder.domain.answer import Form, ModelAnswer, parse
from ai_responder.domain.checks import Known
from ai_responder.domain.claims import unfounded_claim, without_reminders
from ai_responder.domain.cleaning.field_lines import without_fields
from ai_responder.domain.cleaning.leftovers import TOOL_CALL, leftover_in, tool_call_in
from ai_responder.domain.cleaning.machine_text import unpacked
from ai_responder.domain.cleaning.own_words import has_reasoning, own_words
from ai_responder.domain.cleaning.plain_text import MOST_CHARACTERS, plain_text
from ai_responder.domain.cleaning.trimmings import (
    first_own_turn,
    without_count,
    without_introduction,
    without_note,
    without_quotes,
)
from ai_responder.domain.excerpt import excerpt
from ai_responder.domain.grounding.judgement import Grounding, Sources, ungrounded_claims
from ai_responder.domain.outcome import ReplyOutcome, failure, reason_line
from ai_responder.domain.prompt import without_markers
from ai_responder.domain.visible_text import visible, writable
from ai_responder.tools.domain.calls import ToolCall
from ai_responder.tools.domain.taking import NO_KIT, Taken, Toolkit, borne_out, deeds, together
from ai_responder.tools.domain.wanted import NOTED, WRONG, noted_instruction, wanted, wrong_instruction
from shared.events.ai_responder import POSSIBLE_OPT_OUT, Act, UngroundedClaim

UNGROUNDED = "ungrounded"


@dataclass(frozen=True)
class Expected:
    """What an answer is held to."""

    max_parts: int
    prompt: str
    mark: str
    known: Known
    grounding: Grounding = "strict"
    kit: Toolkit = NO_KIT
    noted: tuple[Act, ...] = ()
    """Acts that the model called before, when the text was still missing."""


@dataclass(frozen=True)
class Completion:
    """What came back from the model, whatever the server's shape for it."""

    content: str
    refusal: str = ""
    truncated: bool = False
    filtered: bool = False
    reasoned: bool = False
    """The server says that output was spent on reasoning."""
    tool_call: str = ""
    """The function it wants to call; "" if none."""
    calls: tuple[ToolCall, ...] = ()
    """All that it wants to call, as the server says it."""
    model: str = ""
    form: Form = "json_schema"
    saw_pictures: bool = False
    """It was shown the pictures of the question."""


@dataclass(frozen=True)
class Correction:
    """Ask again, with this said. `fault` names the kind, so that it is asked for once only."""

    fault: str
    instruction: str
    noted: tuple[Act, ...] = ()
    """Acts to remember until the text has come."""


@dataclass(frozen=True)
class Fault:
    """A fault of an answer; `otherwise` is the outcome if pointing it out did not help."""

    kind: str
    instruction: str
    otherwise: Callable[[], ReplyOutcome]


def judge(said: Completion, expected: Expected, pointed_out: frozenset[str]) -> ReplyOutcome | Correction:
    if said.refusal or said.filtered:
        reason = said.refusal or "the model's content filter withheld the answer"
        return ReplyOutcome(kind="refusal", reason=reason_line(reason), model=said.model)
    answer = parse(said.content, said.form)
    if answer and answer.wants_no_more_texts:
        return ReplyOutcome(kind="hand_over", reason=POSSIBLE_OPT_OUT, model=said.model)
    taken = _checked(wanted(said.content, said.calls, answer, expected.kit), expected)
    if taken.hand_over is not None:
        answer = (answer or ModelAnswer(reply="")).but(hand_over=True, reason=_reason(answer) or taken.hand_over)
    elif taken.problems and WRONG not in pointed_out:
        return Correction(WRONG, wrong_instruction(taken.problems), expected.noted)
    acts = together(expected.noted, taken.acts)
    told = deeds(acts, expected.kit)
    if taken.acts and (answer is None or answer.says_nothing) and NOTED not in pointed_out:
        return Correction(NOTED, noted_instruction(told), acts)
    if answer is None or (answer.says_nothing and (said.tool_call or _spent(said))):
        return _once(_no_answer(said), pointed_out, said)
    expected = replace(expected, known=replace(expected.known, done=told, deeds=borne_out(acts)))
    verdict = _judge_reply(answer, said, expected, pointed_out)
    return verdict.but(acts=acts) if isinstance(verdict, ReplyOutcome) else replace(verdict, noted=acts)


def _checked(taken: Taken, expected: Expected) -> Taken:
    """A follow-up is a text to the customer, so it is held to what answers are held to."""
    acts: list[Act] = []
    problems = list(taken.problems)
    for act in taken.acts:
        text = cleaned(act.text, expected.mark, expected.known.written) if act.text else ""
        if act.text and (_recites(text, expected) or _first_fault(text, expected, text) or _ungrounded(text, expected)):
            problems.append("The text of follow_up stated or contained what you were not given")
        else:
            acts.append(act.but(text=text))
    return replace(taken, acts=tuple(acts), problems=tuple(problems))


def _reason(answer: ModelAnswer | None) -> str:
    return answer.reason if answer else ""


def _judge_reply(
    answer: ModelAnswer, said: Completion, expected: Expected, pointed_out: frozenset[str]
) -> ReplyOutcome | Correction:
    text = cleaned(answer.reply, expected.mark, expected.known.written)
    if said.truncated and said.form == "text" and parse(said.content, "json_object") is None:
        text = length.cut(length.whole_sentences(text), expected.max_parts)
        if not text and not answer.hand_over:
            return _once(_no_answer(said), pointed_out, said)
    if answer.hand_over:
        return _hand_over(text, answer, expected).but(model=said.model)
    around = without_markers(own_words(said.content[:MOST_CHARACTERS]), expected.mark)
    if _recites(text, expected) or _recites(around, expected):
        reason = "the answer recited the assistant's instructions; the customer may be probing it"
        return _to_a_person(reason, answer.reply).but(model=said.model)
    if fault := _first_fault(text, expected, answer.reply):
        return _once(fault, pointed_out, said)
    claims = _ungrounded(text, expected)
    if claims and UNGROUNDED not in pointed_out:
        return Correction(UNGROUNDED, _without(claims))
    reason = reason_line(answer.reason)
    return ReplyOutcome(kind="reply", text=text, reason=reason, model=said.model, ungrounded=claims)


def _ungrounded(text: str, expected: Expected) -> tuple[UngroundedClaim, ...]:
    if expected.grounding == "off":
        return ()
    known = expected.known
    theirs, seen = [*known.theirs, *known.reported], visible(text)
    claims = ungrounded_claims(seen, Sources([*known.written, *known.done], theirs, known.asked_on))
    if not known.done:
        return claims
    elsewhere = ungrounded_claims(without_reminders(seen), Sources(known.written, theirs, known.asked_on))
    return tuple(dict.fromkeys((*claims, *elsewhere)))


def _without(claims: tuple[UngroundedClaim, ...]) -> str:
    """The words are the model's own and go to its instructions, so they are cut short and kept on one line."""
    words = ", ".join(f'"{excerpt(claim.words)}"' for claim in claims)
    return (
        f"Your reply stated {words}, which you were not told. Answer again with what you were told only; if that does "
        "not answer the customer, say that a colleague will get back to them."
    )


def cleaned(reply: str, mark: str, ours: Sequence[str] = ()) -> str:
    """The text itself: what models and their templates put around it is taken off, what they hide in it as well."""
    text = unpacked(writable(without_markers(own_words(reply[:MOST_CHARACTERS]), mark)))
    text = without_note(without_fields(text))
    if not leftover_in(text):  # what is meant for a machine stays, to be found
        text = plain_text(without_introduction(text))
        text = without_quotes(without_count(first_own_turn(text)))
    return with_sentence_spaces(length.plain(text), ours)


def _once(fault: Fault, pointed_out: frozenset[str], said: Completion) -> ReplyOutcome | Correction:
    if fault.kind in pointed_out:
        return fault.otherwise().but(model=said.model)
    return Correction(fault.kind, fault.instruction)


def _no_answer(said: Completion) -> Fault:
    if said.tool_call or tool_call_in(said.content):
        came = said.content or said.tool_call
        return Fault(TOOL_CALL.kind, TOOL_CALL.instruction, lambda: _to_a_person(TOOL_CALL.words, came))
    if _spent(said):
        reason = (
            "the model used up its output tokens on reasoning before it answered; raise the assistant's "
            "max_output_tokens or choose a model that reasons less"
        )
        return Fault("spent", "Answer at once, without reasoning first.", lambda: failure(reason))
    shorter = " Be much shorter: your answer was cut off." if said.truncated else ""
    instruction = f"It was not in the form that was asked for. Keep exactly to the form of the answer.{shorter}"
    wrong = "it was cut off" if said.truncated else "it was not in the form asked for"
    reason = f"the model's answer could not be read, twice: {wrong}; it wrote {excerpt(said.content)}"
    # Once per form: a server that ignores one is asked for the next.
    return Fault(f"unreadable {said.form}", instruction, lambda: failure(reason))


def _spent(said: Completion) -> bool:
    """Whether the output was cut off in the middle of reasoning."""
    reasoned = said.reasoned or has_reasoning(said.content)
    return said.truncated and reasoned and not own_words(said.content)


def _hand_over(text: str, answer: ModelAnswer, expected: Expected) -> ReplyOutcome:
    """A person takes over; the parting word goes out only if nothing is wrong with it."""
    harmless = bool(text) and not _recites(text, expected) and _first_fault(text, expected, answer.reply) is None
    harmless = harmless and not _ungrounded(text, expected)
    reason = reason_line(answer.reason) or "the assistant asked for a person"
    return ReplyOutcome(kind="hand_over", text=text if harmless else "", reason=reason)


def _recites(text: str, expected: Expected) -> bool:
    return checks.recites(visible(text), expected.prompt, expected.mark)


def _first_fault(text: str, expected: Expected, came: str) -> Fault | None:
    seen = visible(text)  # a phone opens an address that a joiner splits
    if not seen.strip():
        reason = f"the answer was empty; the model wrote {excerpt(came)}"
        return Fault("empty", "The reply was empty. Write the text message.", lambda: failure(reason))
    if left := leftover_in(seen):
        return Fault(left.kind, left.instruction, lambda: _to_a_person(left.words, came))
    if link := checks.unknown_link(seen, expected.known):
        return _out_of_nowhere("link", "an address", link, came)
    if number := checks.unknown_number(seen, expected.known):
        return _out_of_nowhere("number", "a phone number", number, came)
    if claim := unfounded_claim(seen, expected.known.ours, expected.known.deeds):
        return _unfounded(claim, came)
    return _too_long(text, expected)


def _out_of_nowhere(kind: str, what: str, found: str, came: str) -> Fault:
    instruction = f"Your reply contained {what} that is not in your instructions. Answer again without it."
    reason = f"the answer contained {what} that is not in the assistant's instructions: {excerpt(found)}"
    return Fault(kind, instruction, lambda: _to_a_person(reason, came))


def _unfounded(claim: str, came: str) -> Fault:
    instruction = (
        "Your reply claimed that something was done. You can do nothing but answer: say that a colleague will see "
        "to it, or set hand_over to true."
    )
    reason = f"the answer claimed that something was done, which no text of the business says: {excerpt(claim)}"
    return Fault("claim", instruction, lambda: _to_a_person(reason, came))


def _too_long(text: str, expected: Expected) -> Fault | None:
    if length.fits(text, expected.max_parts):
        return None
    room = 150 * expected.max_parts if text.isascii() else 65 * expected.max_parts
    instruction = f"Your reply was too long for a text message. Say it in at most {room} characters."
    return Fault("long", instruction, lambda: ReplyOutcome(kind="reply", text=length.cut(text, expected.max_parts)))


def _to_a_person(reason: str, came: str) -> ReplyOutcome:
    return ReplyOutcome(kind="hand_over", reason=reason_line(f"{reason}; it wrote {excerpt(came)}"))
