"""Compares what an answer states with its sources."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ai_responder.domain.grounding.findings import Finding, Key, Kind
from ai_responder.domain.grounding.normal_text import NormalText, normal
from ai_responder.domain.grounding.promises import promises_without_ground
from ai_responder.domain.grounding.reading import findings
from shared.events.ai_responder import UngroundedClaim

Grounding = Literal["off", "strict"]
MOST_CLAIMS, LONGEST_WORDS = 10, 100
_AROUND = 120
"""Characters beside a day in which its sentence is looked at."""
_CLOSED = re.compile(r"\b(?:closed?|not open|don't open|aren't open|never open|cerrad[oa]s?|cerramos|no abrimos)\b")
_ENDS = re.compile(r"[.!?\n;]")


@dataclass(frozen=True)
class Sources:
    """`ours` are texts of the business; `others` what the customer or another channel reported, which grounds no
    promise. `today` is the day of the customer's latest text."""

    ours: Sequence[str]
    others: Sequence[str] = field(default_factory=tuple[str, ...])
    today: date | None = None


def ungrounded_claims(answer: str, sources: Sources) -> tuple[UngroundedClaim, ...]:
    """What the answer states that stands in no source, in the order of the text; at most ten."""
    page = normal(answer)
    stated = findings(page, sources.today)
    ours = [normal(source) for source in sources.ours] if stated or _may_promise(page) else []
    missing = _missing(page, stated, ours, sources) if stated else []
    promised = [(*span, "promise") for span in promises_without_ground(page.text, [source.text for source in ours])]
    marked: dict[tuple[int, int], UngroundedClaim] = {}
    for start, end, kind in sorted([*missing, *promised]):
        marked.setdefault((start, end), UngroundedClaim(words=page.as_written(start, end)[:LONGEST_WORDS], kind=kind))
    return tuple(marked.values())[:MOST_CLAIMS]


def _may_promise(page: NormalText) -> bool:
    return bool(promises_without_ground(page.text, ()))


def _missing(
    page: NormalText, stated: list[Finding], ours: list[NormalText], sources: Sources
) -> list[tuple[int, int, Kind]]:
    others = [normal(source) for source in sources.others]
    known: set[Key] = set()
    for source in (*ours, *others):
        for found in findings(source, sources.today):
            known |= found.gives or found.says
    return [
        (found.start, found.end, found.kind)
        for found in stated
        if not found.says & known and not _is_a_gap(found, page.text, known)
    ]


def _is_a_gap(found: Finding, text: str, known: set[Key]) -> bool:
    """ "Closed on Sundays" follows from "open Monday to Saturday"."""
    if found.kind != "day" or not any(key[0] == "day" for key in known):
        return False
    before = _ENDS.split(text[max(0, found.start - _AROUND) : found.start])[-1]
    after = _ENDS.split(text[found.end : found.end + _AROUND])[0]
    return _CLOSED.search(f"{before} {after}") is not None
