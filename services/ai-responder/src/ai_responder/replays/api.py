"""`/api/assistants/{id}/replays`: viewers read reports, admins begin and cancel replays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response

from ai_responder.replays.domain import export
from ai_responder.replays.domain.replay import PastConversations, Replay
from ai_responder.replays.quotes import TokenQuotes
from ai_responder.replays.requests import NewReplay, ReplayRequests
from ai_responder.replays.schemas import ReplayCaseOut, ReplayIn, ReplayOut, ReplaySummaryOut, SideOut
from shared.access.gate import Access, Principal
from shared.events import Money
from shared.http import csv_export
from shared.http.idempotency import RequestKey, digest, request_key
from shared.http.openapi_problems import may_answer
from shared.http.paging import MAX_LIMIT, Listing, listing

_PATH = "/{assistant_id}/replays"
_EXPORTED = 500
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Format = Annotated[Literal["json", "csv", "markdown"], Query(description="`csv`, `markdown`: all turns at once.")]
_DOWNLOADS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": "n,at,conversation_id,question\r\n"},
            "text/markdown": {"schema": {"type": "string"}, "example": "# Replay: version 4 beside version 3\n"},
        },
        "description": "JSON, or a file on request.",
    }
}


@dataclass(frozen=True)
class ReplayDeps:
    gate: Access
    requests: ReplayRequests
    quotes: TokenQuotes


def replays_router(deps: ReplayDeps) -> APIRouter:
    routes = APIRouter(prefix="/api/assistants", tags=["ai-responder"])
    _writing(routes, deps)
    _reading(routes, deps)
    return routes


def _writing(routes: APIRouter, deps: ReplayDeps) -> None:
    @routes.post(
        _PATH,
        response_model=ReplaySummaryOut,
        status_code=202,
        summary="Replay past texts against another version",
        description="Asks both versions for their answer to each turn, in the background and after all customers. "
        "Nothing is sent; the tokens are billed with the purpose `replay`. 422 `same_version` if both are one. "
        "429 `too_many_replays` while three are not over.",
        responses=may_answer(429),
    )
    async def begin_replay(
        assistant_id: str,
        body: ReplayIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(deps.gate.admin),
    ) -> Any:
        route = f"replays|{assistant_id}"
        id = key.id_for("rpl", who.tenant_id, route)
        new = _new_replay(id, assistant_id, body, who, deps)
        return ReplaySummaryOut.of(await deps.requests.begin(new, key.cause(who.tenant_id, route, id)))

    @routes.post(
        _PATH + "/{replay_id}/cancel",
        response_model=ReplaySummaryOut,
        summary="Cancel a replay",
        description="What it has found so far stays.",
    )
    async def cancel_replay(assistant_id: str, replay_id: str, who: Principal = Depends(deps.gate.admin)) -> Any:
        return ReplaySummaryOut.of(await deps.requests.cancel(who.tenant_id, assistant_id, replay_id))


def _reading(routes: APIRouter, deps: ReplayDeps) -> None:
    replays = deps.requests.replays

    @routes.get(_PATH, response_model=Listing[ReplaySummaryOut], summary="List an assistant's replays, newest first")
    async def list_replays(
        assistant_id: str, limit: Limit = 20, cursor: str = "", who: Principal = Depends(deps.gate.viewer)
    ) -> Any:
        """Replays are kept for 30 days."""
        await deps.requests.answers.assistants.get(who.tenant_id, assistant_id)
        page = await replays.page(who.tenant_id, assistant_id, limit, cursor or None)
        items = [ReplaySummaryOut.of(replays.aggregates.state_of(document)) for document in page.items]
        return listing(items, page.next_cursor)

    @routes.get(
        _PATH + "/{replay_id}",
        response_model=ReplayOut,
        summary="Read a replay's report",
        description="Both versions side by side, in sums and turn by turn.",
        responses=_DOWNLOADS,
    )
    async def get_replay(
        assistant_id: str,
        replay_id: str,
        limit: Limit = 50,
        cursor: str = "",
        format: Format = "json",
        who: Principal = Depends(deps.gate.viewer),
    ) -> Any:
        replay = await replays.get(who.tenant_id, assistant_id, replay_id)
        if format == "csv":
            cases, _ = await replays.cases(replay, _EXPORTED, None)
            text = csv_export.lines([export.head(replay), *(export.row(case) for case in cases)])
            return Response(text, media_type=csv_export.MEDIA_TYPE, headers=csv_export.download_headers(replay.id))
        costs = await _costs(deps, replay)
        if format == "markdown":
            cases, _ = await replays.cases(replay, _EXPORTED, None)
            text = export.markdown(replay, [_amount(cost) for cost in costs], cases)
            return Response(text, media_type="text/markdown; charset=utf-8")
        cases, further = await replays.cases(replay, limit, cursor or None)
        return ReplayOut(
            **ReplayOut.shown(replay),
            sides=[SideOut.of(side, cost) for side, cost in zip(replay.sides, costs, strict=True)],
            turns=Listing(items=[ReplayCaseOut.of(case) for case in cases], next_cursor=further),
        )


def _new_replay(id: str, assistant_id: str, body: ReplayIn, who: Principal, deps: ReplayDeps) -> NewReplay:
    past, now = body.conversations, deps.requests.clock.now()
    return NewReplay(
        id=id,
        tenant_id=who.tenant_id,
        assistant_id=assistant_id,
        version=body.version,
        against=None if body.against == "live" else body.against,
        past=PastConversations(begins=past.begins, ends=past.ends, limit=past.limit) if past else None,
        turns=[case.turn(now) for case in body.cases or ()],
        budget_tokens=body.budget_tokens,
        rubric=body.rubric,
        requested_by=who.label,
        digest=digest(body.model_dump(mode="json")),
    )


async def _costs(deps: ReplayDeps, replay: Replay) -> list[Money | None]:
    return [await deps.quotes.cost(replay.tenant_id, side.totals.tokens) for side in replay.sides]


def _amount(cost: Money | None) -> str:
    return f"{cost.nano / 1e9:.6f} {cost.currency}" if cost else "not priced"
