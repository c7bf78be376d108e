"""How an answer came about, as `reply.drafted` and a trial say it."""

from __future__ import annotations

from collections.abc import Sequence

from ai_responder.assistants.domain.choice import AssistantChoice
from ai_responder.domain.tokens import ModelCall
from shared.events import ReplyRequested, Why

OWN_GUIDE = "the conversation has a guide of its own, which comes first"
MOST_GUARDS = 10
_LONGEST = 500


def why_of(choice: AssistantChoice, request: ReplyRequested, guards: Sequence[str], calls: Sequence[ModelCall]) -> Why:
    guide = request.chosen_guide
    rules = [OWN_GUIDE if request.guide else "", guide.rule if guide else ""]
    return Why(
        assistant_id=choice.assistant.id,
        assistant_name=choice.assistant.name,
        assistant_rule=choice.rule,
        version=choice.assistant.number,
        guide_id=guide.id if guide else None,
        guide_name=guide.name if guide else "",
        guide_rule="; ".join(rule for rule in rules if rule)[:_LONGEST],
        route_id=choice.route_id,
        guards=tuple(guards)[:MOST_GUARDS],
        tokens_prompt=sum(call.prompt + call.cached for call in calls),
        tokens_completion=sum(call.completion for call in calls),
    )
