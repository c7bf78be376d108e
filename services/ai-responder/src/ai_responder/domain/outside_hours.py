"""The outcome of a text that comes while the business is closed, where the assistant does not answer it."""

from __future__ import annotations

from datetime import datetime

from ai_responder.assistants.domain.business_hours import is_open
from ai_responder.assistants.domain.choice import AssistantChoice
from ai_responder.domain.outcome import ReplyOutcome
from ai_responder.domain.why import why_of
from shared.events import ReplyRequested

CLOSED = "it came outside business hours"
OUTSIDE_HOURS = "outside_hours"


def outside_hours(choice: AssistantChoice, request: ReplyRequested, at: datetime, timezone: str) -> ReplyOutcome | None:
    """None if the business is open, or the assistant answers at any time. The model is not asked.

    Conversation sends the text once in the hours given: it knows which texts have left.
    """
    assistant = choice.assistant
    plan = assistant.outside_hours
    if plan.action == "answer" or is_open(assistant.business_hours, at, timezone):
        return None
    return ReplyOutcome(
        kind="reply" if plan.action == "reply" else "hand_over",
        text=plan.text,
        reason=CLOSED,
        guards=(OUTSIDE_HOURS,),
        why=why_of(choice, request, (OUTSIDE_HOURS,), ()),
        say_once_in_hours=plan.every_hours,
    )
