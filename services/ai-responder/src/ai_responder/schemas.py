"""The wire shapes of `/api/assistants`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ai_responder import examples
from ai_responder.domain.trials import Trial
from shared.events.ai_responder import ActKind, ClaimKind, Why
from shared.http.openapi_examples import with_example
from shared.sms_parts import measure
from shared.values import Moment


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TryMessageIn(_Body):
    author: Literal["customer", "assistant", "agent"] = "customer"
    text: str = Field(min_length=1, max_length=10_000, examples=["When do you open on Sundays?"])


class TryIn(_Body):
    model_config = with_example(examples.TRY)

    messages: list[TryMessageIn] = Field(
        min_length=1, max_length=50, description="Oldest first. The last one is answered and must be from the customer."
    )
    guide: str = Field(default="", max_length=20_000)
    version: int | None = Field(
        default=None, ge=1, description="A published version or the draft, by its number. Left out: the live one."
    )

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


class PassageOut(BaseModel):
    """A piece of the tenant's knowledge that the model was given."""

    knowledge_id: str
    title: str
    text: str


class WhyOut(BaseModel):
    """How the answer came about."""

    assistant_id: str
    assistant_name: str
    assistant_rule: str
    version: int
    guide_id: str | None
    guide_name: str
    guide_rule: str
    route_id: str | None
    passages: list[PassageOut]
    guards: list[str] = Field(description="The checks that changed the answer or held it, in order.")
    tokens_prompt: int
    tokens_completion: int
    intent: str

    @classmethod
    def of(cls, why: Why) -> WhyOut:
        return cls.model_validate(why, from_attributes=True)  # `plain` leaves out defaults


class ActOut(BaseModel):
    """What the assistant wants done; nothing of a trial is."""

    kind: ActKind
    name: str = Field(description="Of `label`: the label. Of `set_field`: the contact's field.")
    value: str
    text: str = Field(description="Of `follow_up`: the text to send then.")
    at: Moment | None


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
    acts: list[ActOut] = Field(description="What would be done beside it when it is sent.")
    why: WhyOut | None = Field(description="null: a trial from before this was kept.")
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
            acts=[
                ActOut(kind=act.kind, name=act.name, value=act.value, text=act.text, at=act.at) for act in outcome.acts
            ],
            why=WhyOut.of(outcome.why) if outcome.why else None,
            usage=TryUsageOut(
                tokens_prompt=sum(call.prompt for call in trial.calls),
                tokens_completion=sum(call.completion for call in trial.calls),
                tokens_cached=sum(call.cached for call in trial.calls),
                calls=len(trial.calls),
                estimate=any(call.estimate for call in trial.calls),
            ),
        )
