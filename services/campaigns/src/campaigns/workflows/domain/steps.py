"""The steps of a workflow. The JSON Schema and the checks of single fields come from these classes."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta
from msgspec import field as key

from shared.values import Value

MOST_STEPS = 200
"""Steps of one definition, those of all branches included."""
DEEPEST = 8
"""Branches within branches."""
MOST_ROUNDS = 100
"""Of one `go_to`."""
MOST_RETRIES = 10
MOST_CHOICES = 50
LONGEST_EXPRESSION = 1_000
LONGEST_WAIT = 366 * 24 * 3600

StepId = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}\Z", description="Unique within the workflow; shown in histories."),
]
Expression = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST_EXPRESSION,
        description="CEL over recipient, saved, reply, last_message, contact and now.",
    ),
]
Text = Annotated[
    str,
    Meta(min_length=1, max_length=5_000, description="An SMS. `{variable}` and `{variable|default}` are filled in."),
]
Seconds = Annotated[int, Meta(ge=1, le=LONGEST_WAIT)]
LocalTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", description="On the recipient's clock.")]
FieldName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,59}\Z", description="A lower_case name.")]
UtcMoment = Annotated[str, Meta(max_length=40, description="A moment with its zone, as 2026-12-01T15:00:00Z.")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Days = Annotated[int, Meta(ge=0, le=366)] | Annotated[tuple[Weekday, ...], Meta(min_length=1, max_length=7)]
AnswerType = Literal["text", "number", "choice", "date"]
Choice = Annotated[str, Meta(min_length=1, max_length=100)]


TriggerType = Literal["campaign", "keyword", "new_conversation", "api"]
Keyword = Annotated[str, Meta(min_length=1, max_length=50)]


class Trigger(Value, forbid_unknown_fields=True):
    """What starts a run."""

    type: TriggerType
    keywords: Annotated[tuple[Keyword, ...], Meta(max_length=50)] = ()
    """With `keyword`: a text that is one of these, as a whole, starts a run."""


class Common(Value, forbid_unknown_fields=True):
    """What every step has."""

    id: StepId
    when: Expression | None = None
    """False: the step is skipped."""


class SendMessage(Common, tag_field="type", tag="send_message"):
    text: Text


class ScheduleSend(Common, tag_field="type", tag="schedule_send"):
    """Waits for the moment, then sends. A moment that has passed sends at once."""

    text: Text
    at: UtcMoment | None = None
    local_time: LocalTime | None = None
    days: Days | None = None
    """With `local_time`. A number: that many days after today. Names of weekdays: only on these."""


class Filter(Common, tag_field="type", tag="filter"):
    keep: Expression
    """False: the person leaves the workflow."""


class Delay(Common, tag_field="type", tag="delay"):
    seconds: Seconds | None = None
    until_local_time: LocalTime | None = None


class Condition(Common, tag_field="type", tag="condition"):
    if_: Expression = key(name="if")
    then: tuple[Step, ...]
    else_: tuple[Step, ...] = key(name="else", default=())


class WaitForReply(Common, tag_field="type", tag="wait_for_reply"):
    timeout_seconds: Seconds
    on_timeout: tuple[Step, ...] = ()


class SaveResponse(Common, tag_field="type", tag="save_response"):
    """Reads the latest reply."""

    field: FieldName
    as_: AnswerType = key(name="as")
    choices: Annotated[tuple[Choice, ...], Meta(max_length=MOST_CHOICES)] = ()
    retry_text: Text | None = None
    max_retries: Annotated[int, Meta(ge=0, le=MOST_RETRIES)] = 1
    """How often `retry_text` is sent. Without `retry_text` nothing is asked again."""
    on_invalid: tuple[Step, ...] = ()


class SetField(Common, tag_field="type", tag="set_field"):
    """Writes a field of the contact. `{variables}` in the value are filled in; one without value leaves nothing."""

    field: FieldName
    value: Annotated[str, Meta(max_length=1_000)]


class HandOver(Common, tag_field="type", tag="hand_over"):
    to: Literal["assistant", "person"]
    note: Annotated[str, Meta(max_length=1_000)] = ""


class GoTo(Common, tag_field="type", tag="go_to"):
    step: StepId
    at_most: Annotated[int, Meta(ge=1, le=MOST_ROUNDS)]
    """Jumps of one run. After them the next step follows."""


class End(Common, tag_field="type", tag="end"):
    pass


Step = (
    SendMessage
    | ScheduleSend
    | Filter
    | Delay
    | Condition
    | WaitForReply
    | SaveResponse
    | SetField
    | HandOver
    | GoTo
    | End
)
STEP_TYPES: dict[str, type[Step]] = {
    str(kind.__struct_config__.tag): kind
    for kind in (
        SendMessage,
        ScheduleSend,
        Filter,
        Delay,
        Condition,
        WaitForReply,
        SaveResponse,
        SetField,
        HandOver,
        GoTo,
        End,
    )
}
