"""The wire shapes of replays."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from ai_responder.replays import examples
from ai_responder.replays.domain.case import PastTurn, ReplayAnswer, ReplayCase
from ai_responder.replays.domain.export import question
from ai_responder.replays.domain.replay import Replay, ReplaySide
from shared.events import Money, TranscriptLine
from shared.http.openapi_examples import with_example
from shared.http.paging import Listing
from shared.values import Moment

MOST_TURNS, MOST_CASES = 500, 200
Text = Annotated[str, Field(max_length=2000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReplayMessageIn(_Body):
    author: Literal["customer", "assistant", "agent"] = "customer"
    text: str = Field(min_length=1, max_length=2000, examples=["When do you open on Sundays?"])


class ReplayCaseIn(_Body):
    messages: list[ReplayMessageIn] = Field(
        min_length=1, max_length=20, description="Oldest first. The last one is answered and must be from the customer."
    )
    sent: Text = Field(default="", description="What people sent, to compare the answers with.")
    guide: Text = Field(default="", description="The guide of the conversation.")

    @model_validator(mode="after")
    def _asked(self) -> ReplayCaseIn:
        if self.messages[-1].author != "customer":
            raise ValueError("the last message must be from the customer, since it is the one that is answered")
        return self

    def turn(self, now: Moment) -> PastTurn:
        history = tuple(TranscriptLine(author=one.author, text=one.text, at=now) for one in self.messages)
        return PastTurn(history=history, guide=self.guide, sent=self.sent, sent_by="agent" if self.sent else "")


class PastConversationsIn(_Body):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    begins: AwareDatetime = Field(alias="from", description="Turns that were answered from this moment on.")
    ends: AwareDatetime = Field(alias="to", description="And before this one.")
    limit: int = Field(default=100, ge=1, le=MOST_TURNS, description="Turns, of the latest conversations first.")


class ReplayIn(_Body):
    model_config = ConfigDict(extra="forbid", populate_by_name=True) | with_example(examples.NEW)

    version: int = Field(ge=1, description="The version to try; the draft by its `draft_version`.")
    against: Literal["live"] | Annotated[int, Field(ge=1)] = Field(
        default="live", description="The version to compare it with."
    )
    conversations: PastConversationsIn | None = Field(
        default=None, description="Your own past conversations. What was erased or has expired is not among them."
    )
    cases: list[ReplayCaseIn] | None = Field(
        default=None, alias="set", min_length=1, max_length=MOST_CASES, description="Cases of your own instead."
    )
    budget_tokens: int = Field(
        default=300_000, ge=1_000, le=20_000_000, description="The replay ends when it has used so many tokens."
    )
    rubric: str = Field(
        default="",
        max_length=4000,
        description="If given, a model also rates each answer by it, from 0 to 10. That doubles the calls.",
    )

    @model_validator(mode="after")
    def _one_source(self) -> ReplayIn:
        if (self.conversations is None) == (self.cases is None):
            raise ValueError("give either `conversations` or `set`")
        if self.conversations and self.conversations.begins >= self.conversations.ends:
            raise ValueError("`from` must be before `to`")
        return self


class ReplayTokensOut(BaseModel):
    prompt: int
    cached: int
    completion: int


class ReplayCostOut(BaseModel):
    nano: int = Field(description="Billionths of the currency's unit.")
    currency: str


class SideOut(BaseModel):
    """What one version did over all turns."""

    version: int
    cases: int
    replies: int
    hand_overs: int
    hand_over_share: float
    refusals: int
    failures: int
    held: int = Field(description="Replies that a guard would have held for a person.")
    likeness: float | None = Field(
        description="Mean likeness of its replies to what was sent, 0 to 1: the share of words that both have. Case "
        "and the order of words make no difference. null: nothing to compare."
    )
    rating: float | None = Field(description="Mean rating by the rubric, 0 to 10; null without a rubric.")
    tokens: ReplayTokensOut
    cost: ReplayCostOut | None = Field(
        description="By the rate card in force; null: it has no price for one of the models, or is out of reach."
    )

    @classmethod
    def of(cls, side: ReplaySide, cost: Money | None) -> SideOut:
        totals = side.totals
        plain: dict[str, Any] = totals.plain(without=["compared", "likeness_sum", "rated", "rating_sum", "tokens"])
        tokens = ReplayTokensOut(
            prompt=sum(used.prompt for used in totals.tokens),
            cached=sum(used.cached for used in totals.tokens),
            completion=sum(used.completion for used in totals.tokens),
        )
        return cls(
            version=side.version,
            **plain,
            hand_over_share=totals.hand_over_share,
            likeness=totals.likeness,
            rating=totals.rating,
            tokens=tokens,
            cost=ReplayCostOut(nano=cost.nano, currency=cost.currency) if cost else None,
        )


class ReplayAnswerOut(BaseModel):
    version: int
    outcome: Literal["reply", "hand_over", "refusal", "failure"]
    text: str
    reason: str
    guards: list[str] = Field(description="Checks that changed the answer, or would have held it.")
    is_held: bool
    likeness: float | None
    rating: int | None
    tokens: int

    @classmethod
    def of(cls, answer: ReplayAnswer) -> ReplayAnswerOut:
        return cls(**answer.plain(without=["tokens"]), tokens=sum(used.total for used in answer.tokens))


class ReplayCaseOut(BaseModel):
    n: int
    at: Moment | None
    conversation_id: str
    question: str = Field(description="The customer's unanswered texts.")
    sent: str
    sent_by: Literal["agent", "assistant", ""]
    answers: list[ReplayAnswerOut] = Field(description="Of both versions; empty: not asked yet.")

    @classmethod
    def of(cls, case: ReplayCase) -> ReplayCaseOut:
        turn = case.turn
        return cls(
            n=case.n + 1,
            at=turn.at,
            conversation_id=turn.conversation_id,
            question=question(case),
            sent=turn.sent,
            sent_by=turn.sent_by,
            answers=[ReplayAnswerOut.of(answer) for answer in case.answers],
        )


class ReplaySummaryOut(BaseModel):
    model_config = with_example(examples.SUMMARY)

    id: str
    assistant_id: str
    version: int
    against: int
    state: Literal["collecting", "running", "done", "cancelled", "failed"]
    reason: str = Field(description="Why it failed or ended early; else empty.")
    cases: int = Field(description="Turns found so far.")
    done: int = Field(description="Turns answered by both versions.")
    tokens_used: int
    budget_tokens: int
    created_at: Moment
    ended_at: Moment | None

    @classmethod
    def shown(cls, replay: Replay) -> dict[str, Any]:
        own = ("id", "assistant_id", "state", "reason", "cases", "done", "budget_tokens", "created_at", "ended_at")
        first, second = replay.sides
        return {
            **{name: getattr(replay, name) for name in own},
            "version": first.version,
            "against": second.version,
            "tokens_used": replay.tokens_used,
        }

    @classmethod
    def of(cls, replay: Replay) -> ReplaySummaryOut:
        return cls(**cls.shown(replay))


class ReplayOut(ReplaySummaryOut):
    model_config = with_example(examples.REPORT)

    sides: list[SideOut] = Field(description="The version that is tried, then the one it is compared with.")
    turns: Listing[ReplayCaseOut]
