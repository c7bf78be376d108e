"""The wire shapes of `/api/assistants`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ai_responder import examples
from ai_responder.domain.assistants import Assistant
from ai_responder.domain.grounding.judgement import Grounding
from ai_responder.domain.trials import Trial
from shared.events.ai_responder import ClaimKind
from shared.http.openapi_examples import with_example
from shared.sms_parts import measure
from shared.values import Moment

MOST_PROMPT, MOST_KNOWLEDGE = 20_000, 60_000


def _not_blank(text: str) -> str:
    if not text.strip():
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

GroundingSetting = Annotated[
    Grounding,
    Field(
        description="`strict`: an answer waits for a person if it states a price, date, time, day, percentage, "
        "duration, other number or promise that stands neither in the texts of the business nor in the customer's. "
        "`off`: it does not. Unknown links and phone numbers, and claims that something was done, are held back in "
        "either case."
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
    grounding: GroundingSetting = "off"
    pictures: PicturesSetting = False


class AssistantPatch(_Body):
    """Only the fields given are changed."""

    model_config = with_example(examples.PATCH)

    name: Name | None = None
    prompt: Prompt | None = None
    knowledge: Knowledge | None = None
    model: ModelName | None = None
    temperature: Temperature = None
    max_output_tokens: MaxTokens | None = None
    grounding: GroundingSetting | None = None
    pictures: PicturesSetting | None = None
    revision: int | None = Field(
        default=None,
        description="The revision you read. If given and no longer current, the change is refused with 409 `conflict`.",
    )

    @model_validator(mode="after")
    def _no_nulls(self) -> AssistantPatch:
        nulls = [name for name in self.model_fields_set if getattr(self, name) is None and name != "temperature"]
        if nulls:
            raise ValueError(f"{', '.join(sorted(nulls))}: leave out fields to keep them; null is not allowed")
        return self

    def changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set if name != "revision"}


class AssistantOut(BaseModel):
    model_config = with_example(examples.ASSISTANT)

    id: str = Field(examples=["ast_5f0c2b6e8f7d4c1e9b3a7d2c1e0f4a5b"])
    name: str
    prompt: str
    knowledge: str
    model: str
    temperature: float | None
    max_output_tokens: int
    grounding: Grounding
    pictures: bool
    is_default: bool = Field(description="Answers wherever no other assistant is chosen. Every tenant has exactly one.")
    revision: int
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, assistant: Assistant) -> AssistantOut:
        return cls(**assistant.plain(without=["tenant_id", "request_digest"]), is_default=assistant.is_default)


class TryMessageIn(_Body):
    author: Literal["customer", "assistant", "agent"] = "customer"
    text: str = Field(min_length=1, max_length=10_000, examples=["When do you open on Sundays?"])


class TryIn(_Body):
    model_config = with_example(examples.TRY)

    messages: list[TryMessageIn] = Field(
        min_length=1, max_length=50, description="Oldest first. The last one is answered and must be from the customer."
    )
    guide: str = Field(default="", max_length=20_000)

    @model_validator(mode="after")
    def _asked(self) -> TryIn:
        if self.messages[-1].author != "customer":
            raise ValueError("the last message must be from the customer, since it is the one that is answered")
        return self


class TryUsageOut(BaseModel):
    tokens_prompt: int
    tokens_completion: int
    tokens_cached: int
    calls: int
    estimate: bool = Field(
        description="True if some of it is estimated: a call was lost, or the server reported no usage."
    )


class UngroundedOut(BaseModel):
    """Words of the answer that stand in no source."""

    words: str = Field(examples=["$35"])
    kind: ClaimKind


class TryOut(BaseModel):
    model_config = with_example(examples.TRIED)

    run_id: str
    outcome: Literal["reply", "hand_over", "refusal", "failure"]
    text: str
    reason: str
    parts: int
    encoding: Literal["GSM-7", "UCS-2"]
    model: str
    ungrounded: list[UngroundedOut] = Field(
        description="What the answer states without a source. With any of these it would wait for a person."
    )
    usage: TryUsageOut

    @classmethod
    def of(cls, trial: Trial) -> TryOut:
        outcome, measured = trial.outcome, measure(trial.outcome.text)
        return cls(
            run_id=trial.id,
            outcome=outcome.kind,
            text=outcome.text,
            reason=outcome.reason,
            parts=measured.parts,
            encoding=measured.encoding,
            model=outcome.model,
            ungrounded=[UngroundedOut(words=claim.words, kind=claim.kind) for claim in outcome.ungrounded],
            usage=TryUsageOut(
                tokens_prompt=sum(call.prompt for call in trial.calls),
                tokens_completion=sum(call.completion for call in trial.calls),
                tokens_cached=sum(call.cached for call in trial.calls),
                calls=len(trial.calls),
                estimate=any(call.estimate for call in trial.calls),
            ),
        )
