"""Runs: `/api/workflows/{id}/runs` and `/api/workflows/runs/{run_id}`. Viewers read, agents start, stop and skip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from campaigns.workflows.definitions.api import PREFIX
from campaigns.workflows.definitions.domain import RunState
from campaigns.workflows.definitions.store import Workflows
from campaigns.workflows.runs.commands import RunCommands
from campaigns.workflows.runs.export import EXAMPLE, csv_of
from campaigns.workflows.runs.schemas import RunIn, RunOut
from campaigns.workflows.runs.store import RunRows, wire_of
from shared.access.gate import Access, Principal
from shared.http import csv_export
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing, listing


@dataclass(frozen=True)
class Deps:
    gate: Access
    workflows: Workflows
    commands: RunCommands
    rows: RunRows


def runs_router(deps: Deps) -> APIRouter:
    routes = APIRouter(prefix=PREFIX, tags=["campaigns"])
    _reading(routes, deps)
    _acting(routes, deps)
    return routes


def _reading(routes: APIRouter, deps: Deps) -> None:
    @routes.get(
        "/{workflow_id}/runs",
        response_model=Listing[RunOut],
        summary="List a workflow's runs, newest first, or export them with their answers",
        responses=csv_export.csv_responses(EXAMPLE),
    )
    async def list_runs(
        request: Request,
        workflow_id: str,
        state: RunState | None = None,
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str = "",
        format: str | None = Query(default=None, description="`json` or `csv`; else what `Accept` names."),
        who: Principal = Depends(deps.gate.viewer),
    ) -> Any:
        workflow = await deps.workflows.get(who.tenant_id, workflow_id)
        where = {"tenant_id": who.tenant_id, "workflow_id": workflow.id} | ({"state": state} if state else {})
        if csv_export.is_wanted(request, format):
            headers = csv_export.download_headers(f"runs-{workflow.id}")
            export = csv_of(deps.rows.collection, where)
            return StreamingResponse(export, media_type=csv_export.MEDIA_TYPE, headers=headers)
        page = await deps.rows.page(where, limit, cursor or None)
        return listing([wire_of(row) for row in page.items], page.next_cursor)

    @routes.get("/runs/{run_id}", response_model=RunOut, summary="Get a run with its history")
    async def get_run(run_id: str, who: Principal = Depends(deps.gate.viewer)) -> Any:
        return wire_of(await deps.rows.get(who.tenant_id, run_id))


def _acting(routes: APIRouter, deps: Deps) -> None:
    @routes.post(
        "/{workflow_id}/runs",
        response_model=RunOut,
        status_code=201,
        summary="Start a run for one person",
        description="409 `already_running` while this workflow is under way for this number.",
    )
    async def start_run(
        workflow_id: str,
        body: RunIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(deps.gate.agent),
    ) -> Any:
        return wire_of(await deps.commands.start(who, key, body.asked(workflow_id)))

    @routes.post("/runs/{run_id}/stop", response_model=RunOut, summary="Stop a run and withdraw its unsent text")
    async def stop_run(run_id: str, who: Principal = Depends(deps.gate.agent)) -> Any:
        return wire_of(await deps.commands.stop(who, run_id))

    @routes.post(
        "/runs/{run_id}/skip",
        response_model=RunOut,
        summary="Move a run past the step where it stands or failed",
    )
    async def skip_step(
        run_id: str, key: RequestKey = Depends(request_key), who: Principal = Depends(deps.gate.agent)
    ) -> Any:
        return wire_of(await deps.commands.move_on(who, key, run_id))
