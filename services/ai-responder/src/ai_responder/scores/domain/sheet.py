"""One week of judgements on one version of an assistant under one guide."""

from __future__ import annotations

from datetime import datetime, timedelta

from ai_responder.scores.domain.tally import Tally, tally_of
from shared.events import ReplyJudged
from shared.events.conversation import JudgedMode
from shared.ids import derived_id
from shared.values import Moment, Value

INTENTS = 30
"""Of one week, version and guide. Further ones are counted together, because a model may find a new one each time."""
OTHER_INTENTS = "other"
LONGEST_INTENT = 40


class ScoreRow(Value):
    mode: JudgedMode
    intent: str
    tally: Tally


class ScoreSheet(Value):
    id: str
    tenant_id: str
    assistant_id: str
    version: int
    guide_id: str
    week: str
    """Its Monday, in UTC."""
    first_at: Moment
    rows: tuple[ScoreRow, ...] = ()

    @property
    def has_intents(self) -> bool:
        return any(row.intent for row in self.rows)


def week_of(at: datetime) -> str:
    return (at - timedelta(days=at.weekday())).date().isoformat()


def sheet_id(tenant_id: str, judged: ReplyJudged) -> str:
    parts = (judged.assistant_id, str(judged.version), judged.guide_id, week_of(judged.at))
    return derived_id("sco", tenant_id, *parts)


def with_judgement(sheet: ScoreSheet | None, tenant_id: str, judged: ReplyJudged) -> ScoreSheet:
    present = sheet or ScoreSheet(
        id=sheet_id(tenant_id, judged),
        tenant_id=tenant_id,
        assistant_id=judged.assistant_id,
        version=judged.version,
        guide_id=judged.guide_id,
        week=week_of(judged.at),
        first_at=judged.at,
    )
    rows = _added(present.rows, judged.mode, _intent(judged.intent, present), tally_of(judged))
    return present.but(rows=rows, first_at=min(present.first_at, judged.at))


def without_intents(sheet: ScoreSheet) -> ScoreSheet:
    """After the tenant's retention: an intent is in the words of a model that read a customer's text."""
    rows: tuple[ScoreRow, ...] = ()
    for row in sheet.rows:
        rows = _added(rows, row.mode, "", row.tally)
    return sheet.but(rows=rows)


def plain_intent(text: str) -> str:
    """Words of letters only: no number or address of a person ends up among the figures."""
    letters = "".join(char if char.isalpha() else " " for char in text.casefold())
    return " ".join(letters.split())[:LONGEST_INTENT].strip()


def _intent(text: str, sheet: ScoreSheet) -> str:
    intent = plain_intent(text)
    known = {row.intent for row in sheet.rows}
    return intent if not intent or intent in known or len(known) < INTENTS else OTHER_INTENTS


def _added(rows: tuple[ScoreRow, ...], mode: JudgedMode, intent: str, tally: Tally) -> tuple[ScoreRow, ...]:
    same = [row for row in rows if (row.mode, row.intent) == (mode, intent)]
    others = [row for row in rows if (row.mode, row.intent) != (mode, intent)]
    total = same[0].tally.plus(tally) if same else tally
    row = ScoreRow(mode=mode, intent=intent, tally=total)
    return tuple(sorted([*others, row], key=lambda one: (one.mode, one.intent)))
