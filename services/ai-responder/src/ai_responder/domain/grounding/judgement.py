"""Compares what an answer states with its sources."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal

from ai_responder.domain.grounding.findings import Finding, Key
from ai_responder.domain.grounding.normal_text import NormalText, normal
from ai_responder.domain.grounding.promises import promises_without_ground
from ai_responder.domain.grounding.reading import findings
from shared.events.ai_responder import ClaimKind, UngroundedClaim

Grounding = Literal["off", "strict"]
MOST_CLAIMS, LONGEST_WORDS = 10, 100
_AROUND = 120
"""Characters beside a day in which its sentence is looked at."""
_LONG = 4_000
"""Characters from which on a text of the business, such as its knowledge, is read once a day and remembered: 60,000
take a fifth of a second. Shorter ones may be messages, which are not to stay in memory."""
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
    missing = _missing(page, stated, sources) if stated else []
    ours = (normal(source).text for source in sources.ours)  # read only where something is promised
    spans = promises_without_ground(page.text, ours)
    promised: list[tuple[int, int, ClaimKind]] = [(start, end, "promise") for start, end in spans]
    marked: dict[tuple[int, int], UngroundedClaim] = {}
    for start, end, kind in sorted([*missing, *promised]):
        marked.setdefault((start, end), UngroundedClaim(words=page.as_written(start, end)[:LONGEST_WORDS], kind=kind))
    return tuple(marked.values())[:MOST_CLAIMS]


def _missing(page: NormalText, stated: list[Finding], sources: Sources) -> list[tuple[int, int, ClaimKind]]:
    known: set[Key] = set()
    for source in sources.ours:
        known |= (_remembered if len(source) >= _LONG else _given)(source, sources.today)
    for source in sources.others:
        known |= _given(source, sources.today)
    return [
        (found.start, found.end, found.kind)
        for found in stated
        if not found.says & known and not _is_a_gap(found, page.text, known)
    ]


def _given(source: str, today: date | None) -> frozenset[Key]:
    return frozenset(key for found in findings(normal(source), today) for key in (found.gives or found.says))


@lru_cache(maxsize=64)
def _remembered(source: str, today: date | None) -> frozenset[Key]:
    return _given(source, today)


def _is_a_gap(found: Finding, text: str, known: set[Key]) -> bool:
    """ "Closed on Sundays" follows from "open Monday to Saturday"."""
    if found.kind != "day" or not any(key[0] == "day" for key in known):
        return False
    before = _ENDS.split(text[max(0, found.start - _AROUND) : found.start])[-1]
    after = _ENDS.split(text[found.end : found.end + _AROUND])[0]
    return _CLOSED.search(f"{before} {after}") is not None
