"""The wire shapes of assistants and their versions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ai_responder.assistants.api import examples
from ai_responder.assistants.api.hours_schemas import BusinessHoursIn, OutsideHoursIn
from ai_responder.assistants.domain.assistant import Assistant, AssistantContent, VersionHead
from ai_responder.assistants.domain.versions import differing
from ai_responder.domain.grounding.judgement import Grounding
from ai_responder.tools.schemas import ToolsIn
from shared.blank_text import is_blank
from shared.http.openapi_examples import with_example
from shared.values import Moment

MOST_PROMPT, MOST_KNOWLEDGE = 20_000, 60_000
NULLABLE = frozenset({"temperature", "business_hours", "grounding"})
"""Fields of an assistant for which null is a value."""


def _not_blank(text: str) -> str:
    if is_blank(text):
        raise ValueError("must not be blank")
    return text.strip()


Name = Annotated[str, Field(max_length=100, description="Shown to your own people only."), AfterValidator(_not_blank)]
Prompt = Annotated[
    str,
    Field(
        max_length=MOST_PROMPT,
        description="Role and style. Put no secrets here: a model can be tricked into revealing them.",
    ),
    AfterValidator(_not_blank),
]
Knowledge = Annotated[
    str, Field(max_length=MOST_KNOWLEDGE, description="Facts it may use: opening hours, prices, rules.")
]
ModelName = Annotated[str, Field(max_length=200, description="Empty means the installation's default model.")]
Temperature = Annotated[float | None, Field(ge=0, le=2, description="null means the model's own default.")]
MaxTokens = Annotated[int, Field(ge=50, le=16_000, description="Limit of one model call, reasoning included.")]
Hours = Annotated[BusinessHoursIn | None, Field(description="null means always open.")]
Note = Annotated[str, Field(max_length=500, description="For your own people: what changed, and why.")]
Revision = Annotated[
    int | None,
    Field(
        description="The revision you read. If given and no longer current, the change is refused with 409 `conflict`."
    ),
]

GroundingSetting = Annotated[
    Grounding | None,
    Field(
        description="Left out or null: `strict` where it has knowledge, else `off`. "
        "`strict`: an answer waits for a person if it states a price, date, time, day, percentage, duration, other "
        "number or promise that stands neither in the texts of the business nor in the customer's. `off`: it does not. "
        "Unknown links and phone numbers, and claims that something was done, are held back in either case."
    ),
]
PicturesSetting = Annotated[
    bool,
    Field(
        description="Whether the model takes pictures: it is then shown those that customers send. Without, it hears "
        "of them in words, and a picture without any text goes to a person (`media_only`)."
    ),
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AssistantIn(_Body):
    model_config = with_example(examples.NEW)

    name: Name
    prompt: Prompt
    knowledge: Knowledge = ""
    model: ModelName = ""
    temperature: Temperature = None
    max_output_tokens: MaxTokens = 800
    grounding: GroundingSetting = None
    tools: ToolsIn = ToolsIn()
    pictures: PicturesSetting = False
    business_hours: Hours = None
    outside_hours: OutsideHoursIn = OutsideHoursIn()

    def content(self) -> AssistantContent:
        return AssistantContent.read(self.model_dump())


class AssistantPatch(_Body):
    """Only the fields given are changed, in the draft: nothing goes live before it is published."""

    model_config = with_example(examples.PATCH)

    name: Name | None = None
    prompt: Prompt | None = None
    knowledge: Knowledge | None = None
    model: ModelName | None = None
    temperature: Temperature = None
    max_output_tokens: MaxTokens | None = None
    grounding: GroundingSetting = None
    tools: ToolsIn | None = None
    pictures: PicturesSetting | None = None
    business_hours: Hours = None
    outside_hours: OutsideHoursIn | None = None
    revision: Revision = None

    @model_validator(mode="after")
    def _no_nulls(self) -> AssistantPatch:
        nulls = [name for name in self.model_fields_set - NULLABLE if getattr(self, name) is None]
        if nulls:
            raise ValueError(f"{', '.join(sorted(nulls))}: leave out fields to keep them; null is not allowed")
        return self

    def changes(self) -> dict[str, Any]:
        return self.model_dump(include=self.model_fields_set - {"revision"})


class GateOut(BaseModel):
    """What a replay must have shown before the draft may be published."""

    replay_similarity: float | None = Field(
        default=None, ge=0, le=1, description="The least mean likeness of its answers to what people sent; null: any."
    )
    hand_over_rise: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="The most by which its share of hand-overs may be above that of the other version; null: any.",
    )
    cases: int = Field(default=20, ge=1, le=500, description="The fewest turns that the replay must have.")


class GatePatch(GateOut):
    model_config = ConfigDict(extra="forbid") | with_example(examples.GATE)


class ContentOut(BaseModel):
    name: str
    prompt: str
    knowledge: str
    model: str
    temperature: float | None
    max_output_tokens: int
    grounding: Grounding = Field(description="What it comes to, with the documents that the assistant has at present.")
    grounding_set: Grounding | None = Field(description="As it was set; null: `strict` where it has knowledge.")
    tools: ToolsIn
    pictures: bool
    business_hours: BusinessHoursIn | None
    outside_hours: OutsideHoursIn


class AssistantOut(ContentOut):
    """An assistant with the content of its draft, if there is one, else with what is live."""

    model_config = with_example(examples.ASSISTANT)

    id: str = Field(examples=["ast_5f0c2b6e8f7d4c1e9b3a7d2c1e0f4a5b"])
    is_default: bool = Field(description="Answers wherever no other assistant is chosen. Every tenant has exactly one.")
    live_version: int = Field(description="The version that answers.")
    draft_version: int | None = Field(
        description="The number that the changes shown here get when they are published. null: nothing has changed "
        "since the live version."
    )
    gate: GateOut | None = Field(description="null: every draft may be published.")
    draft_changes: list[str] = Field(description="The fields in which the draft differs from the live version.")
    documents: int = Field(description="How many documents of its knowledge are ready.")
    archived_at: Moment | None = Field(description="When it was deleted. It does not answer and cannot be chosen.")
    revision: int
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, assistant: Assistant) -> AssistantOut:
        return cls(
            **_shown(assistant, assistant.edited),
            id=assistant.id,
            is_default=assistant.is_default,
            live_version=assistant.live_version,
            draft_version=assistant.draft_version,
            gate=GateOut(**assistant.gate.plain()) if assistant.gate else None,
            draft_changes=list(differing(assistant.live, assistant.edited)),
            documents=assistant.documents,
            archived_at=assistant.archived_at,
            revision=assistant.revision,
            created_at=assistant.created_at,
            updated_at=assistant.updated_at,
        )


class PublishIn(_Body):
    model_config = with_example(examples.PUBLISH)

    version: int | None = Field(
        default=None, ge=1, description="Left out: the draft. An earlier version is made live again."
    )
    note: Note = ""
    revision: Revision = None


class RollbackIn(_Body):
    model_config = with_example(examples.ROLLBACK)

    version: int = Field(ge=1)
    note: Note = ""
    revision: Revision = None


class VersionEditOut(BaseModel):
    at: Moment
    by: str = Field(description="The user or API key.", examples=["usr_7c1e"])
    fields: list[str]


class WentLiveOut(BaseModel):
    at: Moment
    by: str = Field(examples=["usr_7c1e"])
    note: str
    rolled_back: bool = Field(description="True: an earlier version was made live again.")


class VersionOut(ContentOut):
    model_config = with_example(examples.VERSION)

    version: int
    state: Literal["draft", "live", "past"]
    edits: list[VersionEditOut] = Field(description="Who changed what, by time; edits of one person in a row are one.")
    went_live: list[WentLiveOut]

    @classmethod
    def of(cls, assistant: Assistant, head: VersionHead, content: AssistantContent) -> VersionOut:
        state = "live" if head.number == assistant.live_version else "past"
        return cls(
            **_shown(assistant, content),
            version=head.number,
            state="draft" if head.number == assistant.draft_version else state,
            edits=[VersionEditOut(**one.plain()) for one in head.edits],
            went_live=[WentLiveOut(**one.plain()) for one in head.went_live],
        )


def _shown(assistant: Assistant, content: AssistantContent) -> dict[str, Any]:
    grounding = assistant.version_with(content, 0).grounding_now
    return {**content.plain(), "grounding": grounding, "grounding_set": content.grounding}
