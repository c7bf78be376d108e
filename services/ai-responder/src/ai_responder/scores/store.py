"""Score sheets: found by assistant and week."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta

from ai_responder.scores.domain.sheet import ScoreSheet, sheet_id, week_of, with_judgement, without_intents
from shared.aggregates import Aggregates, Cause, Decision, Kind
from shared.clock import Clock
from shared.database.paging import documents, pages
from shared.database.protocol import Range, Sort
from shared.events import Event, ReplyJudged

SHEETS = Kind(
    "score_sheets",
    ScoreSheet,
    fields={"assistant_id": "str", "week": "str", "has_intents": "bool"},
    indexes=(("tenant_id", "assistant_id", "week"), ("tenant_id", "has_intents", "week"), ("week",)),
    index=lambda sheet: {
        "assistant_id": sheet.assistant_id,
        "week": sheet.week,
        "has_intents": True if sheet.has_intents else None,
    },
)
KEPT = timedelta(days=400)


class ScoreSheets:
    def __init__(self, sheets: Aggregates[ScoreSheet], clock: Clock) -> None:
        self._sheets = sheets
        self._clock = clock

    async def on_reply_judged(self, event: Event[ReplyJudged]) -> None:
        tenant_id, judged = event.tenant_id, event.data
        await self._sheets.change(
            sheet_id(tenant_id, judged),
            Cause.of(event),
            lambda sheet: Decision(with_judgement(sheet, tenant_id, judged)),
        )

    async def of_assistant(self, tenant_id: str, assistant_id: str, weeks: int) -> list[ScoreSheet]:
        """Of this week and those before it."""
        first = week_of(self._clock.now() - timedelta(weeks=weeks - 1))
        where = {"tenant_id": tenant_id, "assistant_id": assistant_id, "week": Range(gte=first)}
        return [self._sheets.state_of(found) async for found in documents(self._sheets, where)]

    async def forget_intents(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        """Keep the figures of weeks that ended before this moment, without what the customers wanted."""
        where = {"tenant_id": tenant_id, "has_intents": True, "week": Range(lt=week_of(before - timedelta(weeks=1)))}
        async for page in pages(self._sheets.store, where, Sort("week")):
            for found in page:
                cause = Cause.due(tenant_id, f"intents|{found['id']}|{found['version']}", found["id"])
                await self._sheets.change(
                    found["id"], cause, lambda sheet: Decision(without_intents(sheet)) if sheet else None
                )
            yield len(page)

    async def forget_old(self) -> int:
        return await self._sheets.store.delete({"week": Range(lt=week_of(self._clock.now() - KEPT))})
