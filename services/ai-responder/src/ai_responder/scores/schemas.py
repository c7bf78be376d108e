"""The wire shapes of `GET /api/assistants/{id}/scores`."""

from __future__ import annotations

from pydantic import BaseModel, Field

from ai_responder.scores import examples
from ai_responder.scores.domain.confidence import FEW, in_words, wilson
from ai_responder.scores.domain.report import ByMode, Scores
from ai_responder.scores.domain.tally import Tally
from shared.http.openapi_examples import with_example
from shared.values import Moment


class IntervalOut(BaseModel):
    low: float
    high: float


class ScoreOut(BaseModel):
    """How people judged answers in one mode."""

    judged: int = Field(description="Answers that a person judged: the next four together.")
    accepted: int = Field(description="Sent as they were; in shadow: a person wrote the same.")
    edited: int = Field(description="Sent with changes.")
    replaced: int = Field(description="A person wrote another text instead.")
    rejected: int
    handed_over: int = Field(description="The assistant gave no answer and asked for a person.")
    superseded: int = Field(description="The customer wrote again before anybody judged the draft.")
    agreed: int = Field(description="Judged answers that could have been sent as they were.")
    agreement: float | None = Field(
        description="Share of the judged answers that could have been sent as they were: accepted, or changed by at "
        "most a fifth of the text. null: none was judged."
    )
    interval: IntervalOut | None = Field(
        description="What the true share may be, at 95 % confidence (Wilson). Wide with few answers."
    )
    accepted_share: float | None
    mean_distance: float | None = Field(
        description="Mean share of the text that people changed: 0 nothing, 1 everything."
    )
    too_few: bool = Field(description="So few answers were judged that the share says little.")
    says: str = Field(description="The agreement and how far to trust it, in English words.")

    @classmethod
    def of(cls, tally: Tally) -> ScoreOut:
        n, interval = tally.judged, wilson(tally.agreed, tally.judged)
        return cls(
            judged=n,
            accepted=tally.accepted,
            edited=tally.edited,
            replaced=tally.replaced,
            rejected=tally.rejected,
            handed_over=tally.handed_over,
            superseded=tally.superseded,
            agreed=tally.agreed,
            agreement=_share(tally.agreed, n),
            interval=IntervalOut(low=interval[0], high=interval[1]) if interval else None,
            accepted_share=_share(tally.accepted, n),
            mean_distance=_share(tally.distance_sum, tally.compared * 1000),
            too_few=n < FEW,
            says=in_words(tally.agreed, n),
        )


class ModesOut(BaseModel):
    suggest: ScoreOut
    shadow: ScoreOut
    auto: ScoreOut = Field(
        description="Only answers that were held for a person, corrected within ten minutes, or handed over: an "
        "automatic answer that nobody touched is not counted here."
    )

    @classmethod
    def modes(cls, found: ByMode) -> dict[str, ScoreOut]:
        return {mode: ScoreOut.of(found.get(mode, Tally())) for mode in ("suggest", "shadow", "auto")}


class GuideScoreOut(ModesOut):
    guide_id: str = Field(description="Empty: answers without a guide of the business.")


class IntentScoreOut(ModesOut):
    intent: str = Field(description="What the customer wanted, in the model's words; empty: not said.")


class VersionScoreOut(ModesOut):
    version: int


class WeekScoreOut(ModesOut):
    week: str = Field(description="Its Monday.")


class ScoresOut(ModesOut):
    model_config = with_example(examples.SCORES)

    assistant_id: str
    since: Moment | None = Field(description="The first judgement counted; null: there is none.")
    by_guide: list[GuideScoreOut]
    by_intent: list[IntentScoreOut]
    by_version: list[VersionScoreOut]
    by_week: list[WeekScoreOut]

    @classmethod
    def of(cls, assistant_id: str, scores: Scores) -> ScoresOut:
        modes = cls.modes
        return cls(
            assistant_id=assistant_id,
            since=scores.since,
            by_guide=[GuideScoreOut(guide_id=name, **modes(found)) for name, found in scores.by_guide],
            by_intent=[IntentScoreOut(intent=name, **modes(found)) for name, found in scores.by_intent],
            by_version=[VersionScoreOut(version=int(name), **modes(found)) for name, found in scores.by_version],
            by_week=[WeekScoreOut(week=name, **modes(found)) for name, found in scores.by_week],
            **modes(scores.total),
        )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
