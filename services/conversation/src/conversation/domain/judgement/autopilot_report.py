"""A guide's autopilot as people read it: the state, the figures behind it, and what is missing."""

from __future__ import annotations

from typing import Literal

from conversation.domain.judgement.autopilot import Autopilot, AutopilotChange, AutopilotState, Ceiling, Score
from shared.values import Moment, Value


class AutopilotReport(Value):
    """`state`: `earned` or `not_earned` where the ceiling is `earned`; else the ceiling itself."""

    ceiling: Ceiling
    threshold: float
    least: int
    state: Literal["auto", "suggest", "earned", "not_earned"]
    score: float | None
    n: int
    hand_overs: int
    since: Moment | None
    why: str
    changes: tuple[AutopilotChange, ...]


def report(setting: Autopilot, state: AutopilotState, found: Score) -> AutopilotReport:
    return AutopilotReport(
        ceiling=setting.ceiling,
        threshold=setting.threshold,
        least=setting.least,
        state=_state(setting, state),
        score=found.value,
        n=found.n,
        hand_overs=found.hand_overs,
        since=state.since,
        why=_why(setting, state, found),
        changes=state.changes,
    )


def _state(setting: Autopilot, state: AutopilotState) -> Literal["auto", "suggest", "earned", "not_earned"]:
    if setting.ceiling != "earned":
        return setting.ceiling
    return "earned" if state.earned else "not_earned"


def _why(setting: Autopilot, state: AutopilotState, found: Score) -> str:
    if setting.ceiling == "auto":
        return "The guide sets no limit: the mode of the conversation decides."
    if setting.ceiling == "suggest":
        return "The guide lets every answer wait for a person."
    if state.earned:
        return f"Earned: {state.changes[-1].why}."
    missing = setting.least - found.n
    lost = f"It fell back: {state.changes[-1].why}. " if state.changes else ""
    if missing > 0:
        return f"{lost}{missing} more judged answers are needed."
    return f"{lost}{found.good} of {found.n} answers could be sent as they were; {setting.threshold:.0%} are needed."
