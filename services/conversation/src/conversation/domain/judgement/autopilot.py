"""Earned autopilot: whether a guide's answers go out by themselves, from how people judged the latest ones.

Both directions need new judgements after the last change, and the way down begins below the way up. So it cannot flap:
between two changes lie at least `FEWEST` judgements. The order in which judgements arrive makes no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Meta

from shared.events import AiMode
from shared.events.conversation import JudgedMode, Verdict
from shared.texts.distance import LIGHT_EDIT
from shared.values import Moment, Value

Ceiling = Literal["suggest", "auto", "earned"]
MARGIN = 0.05
"""It falls back at this much below the threshold."""
HAND_OVER_RISE = 0.2
"""It falls back when hand-overs make up this much more of the answers than when it was earned."""
FEWEST = 10
"""Judgements that show that an earned autopilot has become worse."""
CHANGES_KEPT = 20


class Autopilot(Value):
    """A guide's setting. `auto`: the conversation's mode alone decides. `suggest`: every answer waits for a person.
    `earned`: it waits until `score` of the latest `least` judgements reaches `threshold`."""

    ceiling: Ceiling = "auto"
    threshold: Annotated[float, Meta(ge=0.5, le=1)] = 0.9
    least: Annotated[int, Meta(ge=10, le=200)] = 30


class Judgement(Value):
    """One person's judgement of one answer, without its words."""

    run_id: str
    at: Moment
    mode: JudgedMode
    verdict: Verdict
    distance: float | None = None

    @property
    def place(self) -> tuple[Moment, str]:
        return (self.at, self.run_id)

    @property
    def is_good(self) -> bool:
        """Whether the answer could have been sent as it was."""
        lightly = self.verdict in ("edited", "replaced") and self.distance is not None and self.distance <= LIGHT_EDIT
        return self.verdict == "accepted" or lightly


class Score(Value):
    """Of some judgements. `value`: the share that could have been sent as they were; None: nothing to judge by."""

    n: int = 0
    good: int = 0
    hand_overs: int = 0

    @property
    def value(self) -> float | None:
        return round(self.good / self.n, 3) if self.n else None

    @property
    def hand_over_share(self) -> float:
        """Of all turns that the assistant was asked to answer."""
        asked = self.n + self.hand_overs
        return self.hand_overs / asked if asked else 0.0


class Ground(Value):
    """Why an autopilot was earned or lost, as a code with its figures; `sentence` says the same in English.

    `agreed`, `disagreed`: `good` of `n` answers could be sent as they were. `handed_over`: the assistant asked for a
    person in the share `now` of the turns, after `before` when autopilot was earned."""

    code: Literal["agreed", "disagreed", "handed_over"]
    good: int = 0
    n: int = 0
    now: float = 0.0
    before: float = 0.0

    @property
    def sentence(self) -> str:
        share = _share(self.good / self.n) if self.n else ""
        if self.code == "agreed":
            return f"{self.good} of the latest {self.n} answers could be sent as they were: {share}"
        if self.code == "disagreed":
            return f"only {self.good} of the latest {self.n} answers stayed as they were: {share}"
        return (
            f"the assistant asked for a person in {_share(self.now)} of the turns; it was {_share(self.before)} when "
            "autopilot was earned"
        )


class AutopilotChange(Value):
    """`why` in English; `ground` is the same as a code (None: changes of before there were codes)."""

    at: Moment
    earned: bool
    score: float | None
    n: int
    why: str
    ground: Ground | None = None


class AutopilotState(Value):
    """Whether a guide has its autopilot. `since`: the latest judgement that led to it; later ones count anew."""

    id: str
    tenant_id: str
    earned: bool = False
    since: Moment | None = None
    hand_over_share: float = 0.0
    """When it was earned."""
    changes: tuple[AutopilotChange, ...] = ()


class Allowance(Value):
    """What a guide allows at this moment."""

    ceiling: AiMode = "auto"
    """Drafts wait below `auto`, whatever the mode of the conversation."""
    is_counted: bool = False
    """Automatic answers count towards its autopilot."""


def allowance(setting: Autopilot, *, earned: bool) -> Allowance:
    if setting.ceiling == "earned":
        return Allowance(ceiling="auto" if earned else "suggest", is_counted=True)
    return Allowance(ceiling=setting.ceiling)


def score(judgements: Sequence[Judgement], since: Moment | None = None, latest: int | None = None) -> Score:
    """Of the `latest` answers judged after `since`, and the hand-overs among them. An answer that the customer overtook
    was judged by nobody."""
    counted = [one for one in _once_each(judgements) if one.verdict != "superseded" and (not since or one.at > since)]
    answers = [one for one in counted if one.verdict != "handed_over"][-latest if latest else 0 :]
    begins = answers[0].place if answers else None
    hand_overs = [one for one in counted if one.verdict == "handed_over" and (not begins or one.place >= begins)]
    return Score(n=len(answers), good=sum(one.is_good for one in answers), hand_overs=len(hand_overs))


def decide(state: AutopilotState, setting: Autopilot, judgements: Sequence[Judgement]) -> AutopilotState | None:
    """The state that these judgements lead to, or None if it stays as it is."""
    if setting.ceiling != "earned" or not judgements:
        return None
    found = score(judgements, state.since, setting.least)
    ground = _falls(state, setting, found) if state.earned else _rises(setting, found)
    if not ground:
        return None
    last = max(one.place for one in judgements)[0]
    earned = not state.earned
    change = AutopilotChange(at=last, earned=earned, score=found.value, n=found.n, why=ground.sentence, ground=ground)
    return state.but(
        earned=earned,
        since=last,
        hand_over_share=found.hand_over_share,
        changes=(*state.changes, change)[-CHANGES_KEPT:],
    )


def _rises(setting: Autopilot, found: Score) -> Ground | None:
    if found.n < setting.least or found.value is None or found.value < setting.threshold:
        return None
    return Ground(code="agreed", good=found.good, n=found.n)


def _falls(state: AutopilotState, setting: Autopilot, found: Score) -> Ground | None:
    if found.n + found.hand_overs < FEWEST:
        return None
    if found.value is not None and found.n >= FEWEST and found.value < setting.threshold - MARGIN:
        return Ground(code="disagreed", good=found.good, n=found.n)
    if found.hand_over_share > state.hand_over_share + HAND_OVER_RISE:
        return Ground(code="handed_over", now=found.hand_over_share, before=state.hand_over_share)
    return None


def _once_each(judgements: Sequence[Judgement]) -> list[Judgement]:
    return sorted({one.run_id: one for one in judgements}.values(), key=lambda one: one.place)


def _share(value: float) -> str:
    return f"{value:.0%}"
