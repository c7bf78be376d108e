"""The labelled answers and how they fare: judged as a model's answers are, after every correction was asked for.

`seen.json` was at hand while the rules were written. `second.json` to `fourth.json` were unseen in their first runs
(docs/grounding.md has the figures) and then used to better the rules. `unseen.json` was written after that, and no rule
was changed for one of its answers. `knowledge.json` has passages of documents as its sources; for it
no rule was changed either. Each invented stretch stands in brackets.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ai_responder.domain.checks import Known
from ai_responder.domain.judging import UNGROUNDED, Completion, Expected, judge
from ai_responder.domain.outcome import ReplyOutcome

FOLDER = Path(__file__).parent / "cases" / "grounding"
SETS = ("seen", "second", "third", "fourth", "unseen", "knowledge")
_POINTED_OUT = frozenset({UNGROUNDED, "link", "number", "claim", "long"})


@dataclass(frozen=True)
class Case:
    answer: str
    invented: bool
    group: dict[str, Any]

    @property
    def is_held(self) -> bool:
        known = Known(
            self.group["ours"], self.group["customer"], "US", [self.group["business"]],
            date.fromisoformat(self.group["today"]),
        )  # fmt: skip
        said = Completion(json.dumps({"reply": self.answer, "hand_over": False, "reason": ""}))
        verdict = judge(said, Expected(3, "You are the front desk.", "mark-77", known), _POINTED_OUT)
        return not isinstance(verdict, ReplyOutcome) or verdict.kind != "reply" or bool(verdict.ungrounded)


def cases(name: str) -> list[Case]:
    groups = json.loads((FOLDER / f"{name}.json").read_text())
    return [
        Case(answer.replace("[", "").replace("]", ""), kind == "ungrounded", group)
        for group in groups
        for kind in ("ungrounded", "grounded")
        for answer in group[kind]
    ]


@dataclass(frozen=True)
class Score:
    name: str
    caught: list[Case]
    missed: list[Case]
    sent: list[Case]
    false_alarms: list[Case]

    @property
    def caught_share(self) -> float:
        return len(self.caught) / (len(self.caught) + len(self.missed))

    @property
    def false_alarm_share(self) -> float:
        return len(self.false_alarms) / (len(self.sent) + len(self.false_alarms))


def score(name: str) -> Score:
    found: dict[tuple[bool, bool], list[Case]] = {(a, b): [] for a in (True, False) for b in (True, False)}
    for case in cases(name):
        found[case.invented, case.is_held].append(case)
    return Score(name, found[True, True], found[True, False], found[False, False], found[False, True])
