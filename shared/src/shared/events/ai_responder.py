"""Events of ai-responder: the assistant's answer to a turn."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from shared.events.envelope import EventData
from shared.events.kinds import E164, Text
from shared.values import Int64, Moment, Value

POSSIBLE_OPT_OUT = "possible_opt_out"
"""The `reason` of a hand-over because the customer seems to want no more texts: nothing is sent, a person asks."""
MEDIA_ONLY = "media_only"
"""The `reason` of a hand-over because the customer sent media without words and the assistant cannot look at them: a
person asks, and the assistant answers the next text."""

ClaimKind = Literal["price", "percentage", "time", "date", "day", "duration", "number", "phone_number", "promise"]


class UngroundedClaim(Value):
    """Words of an answer that stand in no text of the business and in none of the customer."""

    words: Annotated[str, Meta(max_length=100)]
    """As they stand in the answer."""
    kind: ClaimKind


class Passage(Value):
    """A piece of the tenant's knowledge that was given to the model for this answer."""

    knowledge_id: str
    title: Annotated[str, Meta(max_length=200)]
    text: Annotated[str, Meta(max_length=500)]
    """Its beginning."""


class Why(Value, omit_defaults=True):
    """How an answer came about. Names and rules are kept in words, so that it can be read after they are deleted."""

    assistant_id: str = ""
    assistant_name: Annotated[str, Meta(max_length=100)] = ""
    assistant_rule: Annotated[str, Meta(max_length=500)] = ""
    """Why this assistant answered, in words."""
    version: Int64 = 0
    """The published version of the assistant that answered. 0: not known, an answer from before there were versions."""
    guide_id: str | None = None
    guide_name: Annotated[str, Meta(max_length=100)] = ""
    guide_rule: Annotated[str, Meta(max_length=500)] = ""
    """Why this guide was chosen, in words."""
    route_id: str | None = None
    """The route that led to the assistant; None: no route decided."""
    passages: Annotated[tuple[Passage, ...], Meta(max_length=10)] = ()
    """The passages of knowledge that the model was given, the best first."""
    guards: Annotated[tuple[str, ...], Meta(max_length=10)] = ()
    """The checks that changed the answer or held it, in order."""
    tokens_prompt: Int64 = 0
    """Of all calls for this answer, cached tokens included."""
    tokens_completion: Int64 = 0
    intent: Annotated[str, Meta(max_length=100)] = ""
    """What the customer wanted, in a few words of the model."""


ActKind = Literal["label", "set_field", "close", "follow_up"]


class Act(Value, omit_defaults=True):
    """What the assistant wants done beside its answer. It is done when the answer is sent, and never else."""

    kind: ActKind
    name: Annotated[str, Meta(max_length=100)] = ""
    """`label`: the label's name. `set_field`: the contact's field."""
    value: Annotated[str, Meta(max_length=1000)] = ""
    """`set_field`: what to note."""
    text: Annotated[str, Meta(max_length=1600)] = ""
    """`follow_up`: what the customer is sent at that time, unless they or a person wrote first."""
    at: Moment | None = None
    """`follow_up`: the time."""


class ReplyDrafted(EventData):
    """The assistant's answer to a turn; or why there is none. Whether it is still wanted, conversation decides."""

    TYPE: ClassVar[str] = "reply.drafted"

    thread_id: str
    conversation_id: str
    turn: Int64
    number: E164
    contact: E164
    outcome: Literal["reply", "hand_over", "refusal", "failure"]
    text: Text = ""
    """The answer (`reply`), or a parting word to the customer (`hand_over`, may be empty)."""
    reason: Annotated[str, Meta(max_length=500)] = ""
    """For people: why it was handed over, refused or failed. `possible_opt_out` or `media_only` alone is a code: see
    `POSSIBLE_OPT_OUT`, `MEDIA_ONLY`."""
    run_id: str
    assistant_id: str
    model: str = ""
    drafted_at: Moment
    ungrounded: Annotated[tuple[UngroundedClaim, ...], Meta(max_length=10)] = ()
    """What the answer states without a source, in its order. An answer with any of these waits for a person."""
    why: Why | None = None
    """None: an answer from before this was kept."""
    say_once_in_hours: Int64 | None = None
    """The text is for outside business hours: a customer gets it once in so many hours. None: an ordinary answer."""
    acts: Annotated[tuple[Act, ...], Meta(max_length=8)] = ()
    """Done when the answer is sent or a person approves it; dropped with an answer that is not sent."""
