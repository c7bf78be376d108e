"""What an answer wants done beside it, from wherever the server or the model put it."""

from __future__ import annotations

from ai_responder.domain.answer import ModelAnswer
from ai_responder.tools.domain.calls import ToolCall, actions_of, calls_in
from ai_responder.tools.domain.taking import Taken, Toolkit, take

NOTED, WRONG = "acts_noted", "tool"
"""Why the model is asked again: its acts are noted and the text is missing; or a call of it made no sense."""


def wanted(content: str, calls: tuple[ToolCall, ...], answer: ModelAnswer | None, kit: Toolkit) -> Taken:
    """An assistant without tools can but hand over; what else it calls is no answer, which is found elsewhere."""
    written = calls_in(content) if answer is None and not calls else ()
    taken = take([*calls, *actions_of(answer.actions if answer else ()), *written], kit)
    return taken if kit.settings.any else Taken(hand_over=taken.hand_over)


def noted_instruction(deeds: list[str]) -> str:
    done = "; ".join(deeds)
    return f"What you called is noted and done once your reply is sent ({done}). Now write the text message itself."


def wrong_instruction(problems: tuple[str, ...]) -> str:
    return f"{'. '.join(problems)}. Answer again; leave out what cannot be done."
