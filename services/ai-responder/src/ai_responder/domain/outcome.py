"""The outcome of asking the model: one of four kinds, with the reason for people."""

from __future__ import annotations

from typing import Literal

from shared.control_characters import without_control_characters
from shared.events import Why
from shared.events.ai_responder import MEDIA_ONLY, Act, UngroundedClaim
from shared.values import Value

LONGEST_REASON = 500


class ReplyOutcome(Value):
    """`text` is the answer (`reply`) or a parting word (`hand_over`, may be empty); empty otherwise."""

    kind: Literal["reply", "hand_over", "refusal", "failure"]
    text: str = ""
    reason: str = ""
    model: str = ""
    ungrounded: tuple[UngroundedClaim, ...] = ()
    """What the answer (`reply`) states without a source: it may be sent only by a person."""
    acts: tuple[Act, ...] = ()
    """What is to be done when the answer (`reply`) is sent."""
    guards: tuple[str, ...] = ()
    """The checks that changed it or held it, in order."""
    why: Why | None = None
    """None: nobody was asked, since the account or the request does not allow it."""
    say_once_in_hours: int | None = None
    """It is for outside business hours: the customer gets it once in so many hours."""


def failure(reason: str, model: str = "") -> ReplyOutcome:
    return ReplyOutcome(kind="failure", reason=reason_line(reason), model=model)


def unseen(model: str = "") -> ReplyOutcome:
    """The customer sent media without words, which the model was not shown: an answer would be a guess."""
    return ReplyOutcome(kind="hand_over", reason=MEDIA_ONLY, model=model)


def reason_line(text: str) -> str:
    """A reason on one line of bounded length, without control characters."""
    line = " ".join(without_control_characters(text).split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 3] + "..."
