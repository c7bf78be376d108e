"""One turn of the past or of an uploaded set: what the customer wrote, what was sent, what each version answers."""

from __future__ import annotations

from typing import Any, Literal

from ai_responder.domain.outcome import ReplyOutcome
from ai_responder.domain.tokens import ModelCall
from shared.events import ChosenGuide, TranscriptLine
from shared.sms_parts import measure
from shared.texts.distance import likeness
from shared.values import Moment, Value

CASES = "replay_cases"
HISTORY = 20


class PastTurn(Value):
    """A turn of a conversation, as conversation tells it; or a case of an uploaded set."""

    conversation_id: str = ""
    message_id: str = ""
    """Of the text that was sent."""
    number: str | None = None
    contact: str | None = None
    at: Moment | None = None
    history: tuple[TranscriptLine, ...]
    """Oldest first; the customer's unanswered texts are the last lines."""
    guide: str = ""
    chosen_guide: ChosenGuide | None = None
    contact_facts: tuple[tuple[str, str], ...] = ()
    sent: str = ""
    """What the customer was really sent; empty: not known."""
    sent_by: Literal["agent", "assistant", ""] = ""


class ModelTokens(Value):
    """Tokens of one model. `prompt` are uncached."""

    model: str
    prompt: int = 0
    cached: int = 0
    completion: int = 0

    @property
    def total(self) -> int:
        return self.prompt + self.cached + self.completion


class ReplayAnswer(Value):
    """What one version answers. `likeness` to what was sent, 0 to 1; None: nothing to compare."""

    version: int
    outcome: Literal["reply", "hand_over", "refusal", "failure"]
    text: str = ""
    reason: str = ""
    guards: tuple[str, ...] = ()
    """Checks that changed the answer, or would have held it for a person."""
    is_held: bool = False
    """It would have waited for a person, whatever the mode."""
    likeness: float | None = None
    rating: int | None = None
    """Of a model by the replay's rubric, 0 to 10; None: not asked."""
    tokens: tuple[ModelTokens, ...] = ()


class ReplayCase(Value):
    replay_id: str
    n: int
    turn: PastTurn
    answers: tuple[ReplayAnswer, ...] = ()
    """Of both versions, in their order; empty: not asked yet."""


def replay_answer(
    version: int, outcome: ReplyOutcome, calls: list[ModelCall], turn: PastTurn, max_parts: int
) -> ReplayAnswer:
    text = outcome.text.strip()
    held = held_by(outcome, max_parts)
    return ReplayAnswer(
        version=version,
        outcome=outcome.kind,
        text=text,
        reason=outcome.reason,
        guards=tuple(dict.fromkeys((*outcome.guards, *held))),
        is_held=bool(held),
        likeness=likeness(text, turn.sent) if outcome.kind == "reply" and turn.sent else None,
        tokens=tokens_of(calls),
    )


def held_by(outcome: ReplyOutcome, max_parts: int) -> list[str]:
    """What would have held the answer back although it is one."""
    if outcome.kind != "reply":
        return []
    too_long = ["too_long"] if measure(outcome.text).parts > max_parts else []
    return [*too_long, *(["ungrounded"] if outcome.ungrounded else [])]


def tokens_of(calls: list[ModelCall]) -> tuple[ModelTokens, ...]:
    found: dict[str, ModelTokens] = {}
    for call in calls:
        known = found.get(call.model, ModelTokens(model=call.model))
        found[call.model] = known.but(
            prompt=known.prompt + call.prompt,
            cached=known.cached + call.cached,
            completion=known.completion + call.completion,
        )
    return tuple(found.values())


def case_id(replay_id: str, n: int) -> str:
    return f"{replay_id}|{n:06}"


def case_document(tenant_id: str, case: ReplayCase, revision: int = 1) -> dict[str, Any]:
    return {
        "id": case_id(case.replay_id, case.n),
        "revision": revision,
        "tenant_id": tenant_id,
        "replay_id": case.replay_id,
        "contact": case.turn.contact,
        "at": case.turn.at,
        "case": case.jsonable(),
    }
