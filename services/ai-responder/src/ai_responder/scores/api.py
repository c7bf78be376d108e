"""`GET /api/assistants/{id}/scores`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Depends, Query

from ai_responder.scores.domain.report import added_up
from ai_responder.scores.schemas import ScoresOut
from ai_responder.scores.store import ScoreSheets
from shared.access.gate import Access, Principal

Exists = Callable[[str, str], Awaitable[object]]
"""Of a tenant's assistant; raises `NotFound`."""


def scores_router(gate: Access, sheets: ScoreSheets, exists: Exists) -> APIRouter:
    routes = APIRouter(prefix="/api/assistants", tags=["ai-responder"])

    @routes.get(
        "/{assistant_id}/scores",
        response_model=ScoresOut,
        summary="How people judged an assistant's answers",
        description="Counts of drafts that people approved, edited, rejected or replaced, and of silent answers "
        "(shadow) compared with what people sent. Shown with what so many answers are worth.",
    )
    async def scores(
        assistant_id: str,
        weeks: int = Query(default=12, ge=1, le=57, description="This week and those before it."),
        who: Principal = Depends(gate.viewer),
    ) -> Any:
        await exists(who.tenant_id, assistant_id)
        found = await sheets.of_assistant(who.tenant_id, assistant_id, weeks)
        return ScoresOut.of(assistant_id, added_up(found))

    return routes
