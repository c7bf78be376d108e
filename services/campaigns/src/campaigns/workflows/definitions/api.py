"""`/api/workflows`: viewers read, admins write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import APIRouter, Depends, Query

from campaigns.workflows.definitions.commands import WorkflowCommands
from campaigns.workflows.definitions.domain import Version, Workflow, WorkflowState
from campaigns.workflows.definitions.schemas import (
    VersionOut,
    WholeWorkflowOut,
    WorkflowIn,
    WorkflowOut,
    WorkflowPatch,
)
from campaigns.workflows.definitions.store import Workflows
from campaigns.workflows.domain.schema import schema
from shared.access.gate import Access, Principal
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing, listing

PREFIX = "/api/workflows"
_SCHEMA_BEGINS = {"$schema": "https://json-schema.org/draft/2020-12/schema", "version": 1, "type": "object"}


@dataclass(frozen=True)
class Deps:
    gate: Access
    workflows: Workflows
    commands: WorkflowCommands


def workflows_router(deps: Deps) -> APIRouter:
    routes = APIRouter(prefix=PREFIX, tags=["campaigns"])
    _reading(routes, deps)
    _writing(routes, deps)
    return routes


def _reading(routes: APIRouter, deps: Deps) -> None:
    @routes.get("", response_model=Listing[WorkflowOut], summary="List workflows, newest first")
    async def list_workflows(
        state: WorkflowState | None = None,
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str = "",
        who: Principal = Depends(deps.gate.viewer),
    ) -> Any:
        page = await deps.workflows.page(who.tenant_id, state, limit, cursor or None)
        found = [deps.workflows.aggregates.state_of(document) for document in page.items]
        return listing([WorkflowOut.of(workflow) for workflow in found], page.next_cursor)

    @routes.get(
        "/schema",
        summary="Get the JSON Schema of a workflow's definition",
        responses={200: {"content": {"application/json": {"example": _SCHEMA_BEGINS}}}},
    )
    async def get_schema(_who: Principal = Depends(deps.gate.viewer)) -> dict[str, Any]:
        return schema()

    @routes.get("/{workflow_id}", response_model=WholeWorkflowOut, summary="Get a workflow with its live figures")
    async def get_workflow(workflow_id: str, who: Principal = Depends(deps.gate.viewer)) -> Any:
        return await _whole(deps, await deps.workflows.get(who.tenant_id, workflow_id))

    @routes.get("/{workflow_id}/versions", response_model=Listing[VersionOut], summary="List versions, newest first")
    async def list_versions(
        workflow_id: str,
        limit: int = Query(default=20, ge=1, le=MAX_LIMIT),
        cursor: str = "",
        who: Principal = Depends(deps.gate.viewer),
    ) -> Any:
        workflow = await deps.workflows.get(who.tenant_id, workflow_id)
        page = await deps.workflows.versions_page(who.tenant_id, workflow.id, limit, cursor or None)
        return listing([_version(Version.read(document)) for document in page.items], page.next_cursor)


def _writing(routes: APIRouter, deps: Deps) -> None:
    @routes.post("", response_model=WholeWorkflowOut, status_code=201, summary="Create a workflow as a draft")
    async def create_workflow(
        body: WorkflowIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(deps.gate.admin),
    ) -> Any:
        return await _whole(deps, await deps.commands.create(who, key, body.name, body.definition))

    @routes.patch(
        "/{workflow_id}",
        response_model=WholeWorkflowOut,
        summary="Change a workflow; another definition makes the next version",
        description="Runs keep the version they started with. An active workflow starts new runs with the next version "
        "at once, unless it has problems.",
    )
    async def change_workflow(workflow_id: str, body: WorkflowPatch, who: Principal = Depends(deps.gate.admin)) -> Any:
        return await _whole(deps, await deps.commands.change(who, workflow_id, body.name, body.definition))

    @routes.post(
        "/{workflow_id}/activate",
        response_model=WholeWorkflowOut,
        summary="Let new runs start, with the newest version",
    )
    async def activate_workflow(workflow_id: str, who: Principal = Depends(deps.gate.admin)) -> Any:
        return await _whole(deps, await deps.commands.activate(who, workflow_id))

    @routes.post(
        "/{workflow_id}/archive",
        response_model=WholeWorkflowOut,
        summary="Start no new runs; those under way go on",
        description="Campaigns that are scheduled or running keep the version that they started with, and go on too.",
    )
    async def archive_workflow(workflow_id: str, who: Principal = Depends(deps.gate.admin)) -> Any:
        return await _whole(deps, await deps.commands.archive(who, workflow_id))


async def _whole(deps: Deps, workflow: Workflow) -> dict[str, Any]:
    newest = await deps.workflows.version(workflow.tenant_id, workflow.id, workflow.version)
    return {**WorkflowOut.of(workflow), "definition": orjson.loads(newest.definition)}


def _version(version: Version) -> dict[str, Any]:
    return VersionOut.of(version, orjson.loads(version.definition))
