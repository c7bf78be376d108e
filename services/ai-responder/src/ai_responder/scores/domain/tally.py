"""Counts of judgements. Sums of whole numbers, so the order in which they are added makes no difference."""

from __future__ import annotations

from shared.events import ReplyJudged
from shared.texts.distance import LIGHT_EDIT
from shared.values import Value


class Tally(Value, omit_defaults=True):
    accepted: int = 0
    edited: int = 0
    replaced: int = 0
    rejected: int = 0
    handed_over: int = 0
    superseded: int = 0
    """The customer wrote again first: nobody judged the answer."""
    lightly: int = 0
    """Of `edited` and `replaced`: those with a distance of at most `LIGHT_EDIT`."""
    compared: int = 0
    distance_sum: int = 0
    """Thousandths, over `compared` answers."""

    @property
    def judged(self) -> int:
        """Answers that a person judged."""
        return self.accepted + self.edited + self.replaced + self.rejected

    @property
    def agreed(self) -> int:
        """Answers that could have been sent as they were."""
        return self.accepted + self.lightly

    def plus(self, other: Tally) -> Tally:
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in Tally.__struct_fields__})


def tally_of(judged: ReplyJudged) -> Tally:
    apart = judged.distance
    changed = judged.verdict in ("edited", "replaced")
    one = Tally(
        lightly=int(changed and apart is not None and apart <= LIGHT_EDIT),
        compared=int(apart is not None),
        distance_sum=round((apart or 0) * 1000),
    )
    return one.but(**{judged.verdict: 1})
