"""Which assistant answers: the conversation's, else the guide's, else the first matching route's, else the default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ai_responder.assistants.domain.assistant import AssistantVersion
from ai_responder.assistants.domain.routes import Arrival, Route, matching, rule_of
from shared.events import ReplyRequested
from shared.texts.said_words import SaidWords

LONGEST_RULE = 500
LONGEST_TEXT = 10_000


@dataclass(frozen=True)
class Candidate:
    """An assistant that may answer, and the rule that names it, in words."""

    assistant_id: str
    rule: str
    route_id: str | None = None
    passed_over: tuple[str, ...] = ()
    """The rules that named an assistant who is not there any more."""

    @property
    def whole_rule(self) -> str:
        """With those who were passed over, so that a person can see what to mend."""
        gone = [f"; passed over, since its assistant is not there any more: {rule}" for rule in self.passed_over]
        return f"{self.rule}{''.join(gone)}"[:LONGEST_RULE]


@dataclass(frozen=True)
class AssistantChoice:
    assistant: AssistantVersion
    rule: str = ""
    """Why this one, in words."""
    route_id: str | None = None

    @classmethod
    def of(cls, assistant: AssistantVersion, candidate: Candidate) -> AssistantChoice:
        return cls(assistant, candidate.whole_rule, candidate.route_id)


def named(request: ReplyRequested) -> list[Candidate]:
    """Those that the request itself names, in order."""
    guide = request.chosen_guide
    found: list[Candidate] = []
    if request.assistant_id:
        found.append(Candidate(request.assistant_id, "chosen for this conversation"))
    if guide and guide.assistant_id:
        found.append(Candidate(guide.assistant_id, f'named by the guide "{guide.name}"'))
    return found


def routed(routes: Sequence[Route], arrival: Arrival) -> list[Candidate]:
    """Those of the matching routes, in order."""
    return [Candidate(route.assistant_id, rule_of(route), route.id) for route in matching(routes, arrival)]


def by_default(default_id: str) -> Candidate:
    return Candidate(default_id, "the default assistant, since nothing names another one")


def after(candidate: Candidate, gone: Sequence[Candidate]) -> Candidate:
    return replace(candidate, passed_over=tuple(one.rule for one in gone))


def unanswered(request: ReplyRequested) -> str:
    """The customer's texts since the last of ours; of very long ones the end."""
    texts: list[str] = []
    for line in reversed(request.history):
        if line.author != "customer":
            break
        texts.append(line.text)
    return "\n".join(reversed(texts))[-LONGEST_TEXT:]


def said_in(request: ReplyRequested) -> SaidWords:
    return SaidWords(unanswered(request))
