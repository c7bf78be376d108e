"""What one version did over all cases, as sums of whole numbers."""

from __future__ import annotations

from ai_responder.replays.domain.case import ModelTokens, ReplayAnswer
from shared.values import Value


class SideTotals(Value):
    cases: int = 0
    replies: int = 0
    hand_overs: int = 0
    refusals: int = 0
    failures: int = 0
    held: int = 0
    """Of the replies: those that would have waited for a person."""
    compared: int = 0
    likeness_sum: int = 0
    """Thousandths, over `compared`."""
    rated: int = 0
    rating_sum: int = 0
    tokens: tuple[ModelTokens, ...] = ()

    @property
    def likeness(self) -> float | None:
        return round(self.likeness_sum / self.compared / 1000, 3) if self.compared else None

    @property
    def rating(self) -> float | None:
        return round(self.rating_sum / self.rated, 2) if self.rated else None

    @property
    def hand_over_share(self) -> float:
        return round(self.hand_overs / self.cases, 3) if self.cases else 0.0

    @property
    def tokens_used(self) -> int:
        return sum(used.total for used in self.tokens)

    def plus(self, answer: ReplayAnswer) -> SideTotals:
        kind = answer.outcome
        return self.but(
            cases=self.cases + 1,
            replies=self.replies + (kind == "reply"),
            hand_overs=self.hand_overs + (kind == "hand_over"),
            refusals=self.refusals + (kind == "refusal"),
            failures=self.failures + (kind == "failure"),
            held=self.held + answer.is_held,
            compared=self.compared + (answer.likeness is not None),
            likeness_sum=self.likeness_sum + round((answer.likeness or 0) * 1000),
            rated=self.rated + (answer.rating is not None),
            rating_sum=self.rating_sum + (answer.rating or 0),
            tokens=_sum(self.tokens, answer.tokens),
        )


def _sum(first: tuple[ModelTokens, ...], second: tuple[ModelTokens, ...]) -> tuple[ModelTokens, ...]:
    found = {used.model: used for used in first}
    for used in second:
        known = found.get(used.model, ModelTokens(model=used.model))
        found[used.model] = known.but(
            prompt=known.prompt + used.prompt,
            cached=known.cached + used.cached,
            completion=known.completion + used.completion,
        )
    return tuple(found.values())
