"""Score sheets added up: by mode, and within it by guide, intent, version and week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from ai_responder.scores.domain.sheet import ScoreRow, ScoreSheet
from ai_responder.scores.domain.tally import Tally
from shared.events.conversation import JudgedMode

ByMode = dict[JudgedMode, Tally]
Counted = tuple[ScoreSheet, ScoreRow]


class Scores(NamedTuple):
    total: ByMode
    by_guide: list[tuple[str, ByMode]]
    by_intent: list[tuple[str, ByMode]]
    by_version: list[tuple[str, ByMode]]
    by_week: list[tuple[str, ByMode]]
    since: datetime | None


def added_up(sheets: Sequence[ScoreSheet]) -> Scores:
    counted = [(sheet, row) for sheet in sheets for row in sheet.rows]
    return Scores(
        total=_by_mode(counted),
        by_guide=_grouped(counted, lambda sheet, _: sheet.guide_id),
        by_intent=_grouped(counted, lambda _, row: row.intent),
        by_version=_grouped(counted, lambda sheet, _: f"{sheet.version:06}"),
        by_week=_grouped(counted, lambda sheet, _: sheet.week),
        since=min((sheet.first_at for sheet in sheets), default=None),
    )


def _grouped(counted: Iterable[Counted], key: Callable[[ScoreSheet, ScoreRow], str]) -> list[tuple[str, ByMode]]:
    groups: defaultdict[str, list[Counted]] = defaultdict(list)
    for sheet, row in counted:
        groups[key(sheet, row)].append((sheet, row))
    return [(name, _by_mode(groups[name])) for name in sorted(groups)]


def _by_mode(counted: Iterable[Counted]) -> ByMode:
    total: ByMode = {}
    for _, row in counted:
        total[row.mode] = total.get(row.mode, Tally()).plus(row.tally)
    return total
