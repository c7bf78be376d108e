"""The wire shapes of `/api/guides`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from conversation.domain.judgement.autopilot import Ceiling
from conversation.domain.judgement.autopilot_report import AutopilotReport
from conversation.guides import examples
from conversation.guides.domain.guide import Guide
from shared.blank_text import is_blank
from shared.events.conversation import GuideGoal
from shared.http.openapi_examples import with_example
from shared.texts.said_words import words_in
from shared.values import Moment


def _not_blank(text: str) -> str:
    if is_blank(text):
        raise ValueError("must not be blank")
    return text.strip()


def _has_words(keyword: str) -> str:
    if not words_in(keyword):
        raise ValueError("a keyword needs a letter or a digit")
    return keyword.strip()


GuideName = Annotated[
    str, Field(max_length=100, description="Shown to your own people, also beside answers."), AfterValidator(_not_blank)
]
Instructions = Annotated[
    str,
    Field(max_length=8_000, description="What the assistant is to do and say. It may use what stands here as facts."),
    AfterValidator(_not_blank),
]
Keyword = Annotated[str, Field(max_length=100), AfterValidator(_has_words)]
Keywords = Annotated[
    list[Keyword],
    Field(
        max_length=50,
        description="Words or phrases of which the unanswered texts say one, without regard to case and accents. "
        "None: the guide applies where no other guide's keyword was said.",
    ),
]
Goal = Annotated[GuideGoal, Field(description="What the conversation is to reach. `other`: the instructions say it.")]
Priority = Annotated[int, Field(ge=0, le=100, description="Of several guides that fit, the highest; then the oldest.")]
Template = Annotated[
    str,
    Field(
        max_length=2_000,
        description="The form of the reply. The model fills in what stands in braces, from what it was told; an answer "
        "with an empty brace is not sent.",
    ),
]
AssistantId = Annotated[
    str | None,
    Field(
        max_length=100, description="Answers under this guide, unless the conversation names one. null: as routes say."
    ),
]


class AutopilotIn(BaseModel):
    """Whether this guide's answers may go out by themselves. The mode of the conversation must be `auto` as well."""

    model_config = ConfigDict(extra="forbid")

    ceiling: Ceiling = Field(
        default="auto",
        description="`auto`: the mode of the conversation alone decides. `suggest`: every answer waits for a person. "
        "`earned`: answers wait until enough of the latest ones could be sent as they were, and again when that falls.",
    )
    threshold: float = Field(
        default=0.9, ge=0.5, le=1, description="Share of the latest `least` judged answers that earns it."
    )
    least: int = Field(default=30, ge=10, le=200, description="Judged answers, from drafts and from shadow.")


class GroundOut(BaseModel):
    """`agreed`, `disagreed`: `good` of the latest `n` answers could be sent as they were. `handed_over`: the assistant
    asked for a person in the share `now` of the turns, after `before` when autopilot was earned."""

    code: Literal["agreed", "disagreed", "handed_over"]
    good: int
    n: int
    now: float
    before: float


class AutopilotChangeOut(BaseModel):
    at: Moment
    earned: bool
    score: float | None
    n: int
    why: str = Field(description="In English; `ground` says the same as a code with its figures.")
    ground: GroundOut | None = Field(description="null: a change of before there were codes.")


class AutopilotOut(AutopilotIn):
    state: Literal["auto", "suggest", "earned", "not_earned"] = Field(
        description="`earned` or `not_earned` where the ceiling is `earned`; else the ceiling itself."
    )
    score: float | None = Field(
        description="Share of the latest judged answers that could be sent as they were; null: none was judged."
    )
    n: int = Field(description="Answers behind the score.")
    hand_overs: int = Field(description="Turns among them in which the assistant asked for a person.")
    since: Moment | None = Field(description="The judgement that led to this state; null: the state of the beginning.")
    why: str = Field(description="In English, from the figures above and the latest change.")
    changes: list[AutopilotChangeOut] = Field(description="The latest twenty, the oldest first.")

    @classmethod
    def of(cls, found: AutopilotReport) -> AutopilotOut:
        return cls(**found.plain())


class GuideIn(BaseModel):
    model_config = with_example(examples.NEW) | ConfigDict(extra="forbid")

    name: GuideName
    goal: Goal = "other"
    instructions: Instructions
    keywords: Keywords = []
    priority: Priority = 50
    response_template: Template = ""
    assistant_id: AssistantId = None
    active: bool = True
    autopilot: AutopilotIn = AutopilotIn()


class GuidePatch(BaseModel):
    """Only the fields given are changed. The next turn is answered by it."""

    model_config = with_example(examples.PATCH) | ConfigDict(extra="forbid")

    name: GuideName | None = None
    goal: Goal | None = None
    instructions: Instructions | None = None
    keywords: Keywords | None = None
    priority: Priority | None = None
    response_template: Template | None = None
    assistant_id: AssistantId = None
    active: bool | None = None
    autopilot: AutopilotIn | None = None
    revision: int | None = Field(
        default=None,
        description="The revision you read. If given and no longer current, the change is refused with 409 `conflict`.",
    )

    @model_validator(mode="after")
    def _no_nulls(self) -> GuidePatch:
        nulls = [name for name in self.model_fields_set - {"assistant_id"} if getattr(self, name) is None]
        if nulls:
            raise ValueError(f"{', '.join(sorted(nulls))}: leave out fields to keep them; null is not allowed")
        return self

    def changes(self) -> dict[str, Any]:
        return self.model_dump(include=self.model_fields_set - {"revision"})


class GuideOut(BaseModel):
    model_config = with_example(examples.GUIDE)

    id: str
    name: str
    goal: GuideGoal
    instructions: str
    keywords: list[str]
    priority: int
    response_template: str
    assistant_id: str | None
    active: bool
    autopilot: AutopilotOut
    revision: int
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, guide: Guide, autopilot: AutopilotReport) -> GuideOut:
        own = guide.plain(without=["tenant_id", "deleted_at", "request_digest", "autopilot"])
        return cls(**own, autopilot=AutopilotOut.of(autopilot))
