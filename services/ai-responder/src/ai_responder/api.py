"""`/api/assistants`: viewers read, agents try, admins write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Query

from ai_responder.domain.assistants import Assistant, default_assistant, default_id, revise
from ai_responder.job_loader import JobLoader
from ai_responder.schemas import (
    AssistantIn,
    AssistantOut,
    AssistantPatch,
    TryIn,
    TryOut,
)
from ai_responder.store import Assistants
from ai_responder.try_assistant import TrialRequest, TryAssistant
from shared.access.gate import Access, Principal
from shared.aggregates import Cause, Decision
from shared.clock import Clock
from shared.database.protocol import Sort
from shared.errors import NotFound
from shared.events import TranscriptLine
from shared.http.idempotency import RequestKey, digest, request_key, require_same
from shared.http.openapi_problems import may_answer
from shared.http.paging import MAX_LIMIT, Listing, listing

PREFIX = "/api/assistants"


@dataclass(frozen=True)
class Deps:
    gate: Access
    assistants: Assistants
    loader: JobLoader
    try_assistant: TryAssistant
    clock: Clock


def router(deps: Deps) -> APIRouter:
    routes = APIRouter(prefix=PREFIX, tags=["ai-responder"])
    _reading(routes, deps)
    _writing(routes, deps)
    _trying(routes, deps)
    return routes


def _reading(routes: APIRouter, deps: Deps) -> None:
    @routes.get("", response_model=Listing[AssistantOut], summary="List assistants, oldest first")
    async def list_assistants(
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str = "",
        who: Principal = Depends(deps.gate.viewer),
    ) -> Any:
        await _ensure_default(deps, who.tenant_id)
        page = await deps.assistants.find(
            {"tenant_id": who.tenant_id}, sort=Sort("created_at"), limit=limit, cursor=cursor or None
        )
        items = [AssistantOut.of(deps.assistants.state_of(document)) for document in page.items]
        return listing(items, page.next_cursor)

    @routes.get("/{assistant_id}", response_model=AssistantOut, summary="Get an assistant")
    async def get_assistant(assistant_id: str, who: Principal = Depends(deps.gate.viewer)) -> Any:
        return AssistantOut.of(await deps.loader.assistant(who.tenant_id, assistant_id))


def _writing(routes: APIRouter, deps: Deps) -> None:
    @routes.post("", response_model=AssistantOut, status_code=201, summary="Create an assistant")
    async def create_assistant(
        body: AssistantIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(deps.gate.admin),
    ) -> Any:
        assistant_id = key.id_for("ast", who.tenant_id, PREFIX)
        now = deps.clock.now()
        new = Assistant(
            id=assistant_id,
            tenant_id=who.tenant_id,
            **body.model_dump(),
            created_at=now,
            updated_at=now,
            request_digest=digest(body.model_dump()),
        )
        change = await deps.assistants.change(
            assistant_id,
            key.cause(who.tenant_id, PREFIX, assistant_id),
            lambda known: None if known else Decision(new),
            publish_later=True,
        )
        made = change.state or new
        require_same(made.request_digest, digest(body.model_dump()))
        return AssistantOut.of(made)

    @routes.patch("/{assistant_id}", response_model=AssistantOut, summary="Change an assistant")
    async def change_assistant(
        assistant_id: str, body: AssistantPatch, who: Principal = Depends(deps.gate.admin)
    ) -> Any:
        now = deps.clock.now()

        def decide(known: Assistant | None) -> Decision[Assistant]:
            if known is None and assistant_id == default_id(who.tenant_id):
                known = default_assistant(who.tenant_id, now)
            if known is None or known.tenant_id != who.tenant_id:
                raise NotFound("not_found", f"there is no assistant {assistant_id}")
            return Decision(revise(known, body.changes(), body.revision, now))

        change = await deps.assistants.change(assistant_id, Cause.request(who.tenant_id), decide, publish_later=True)
        return AssistantOut.of(_there(change.state))


def _trying(routes: APIRouter, deps: Deps) -> None:
    @routes.post(
        "/{assistant_id}/try",
        response_model=TryOut,
        summary="Try an assistant without a conversation",
        description="Asks the model with the assistant's settings. Nothing is sent; the tokens are billed as usage.",
        responses=may_answer(429),
    )
    async def try_assistant(
        assistant_id: str,
        body: TryIn,
        key: RequestKey = Depends(request_key),
        who: Principal = Depends(deps.gate.agent),
    ) -> Any:
        now = deps.clock.now()
        route = f"{PREFIX}/{assistant_id}/try"
        asked = TrialRequest(
            run_id=key.id_for("run", who.tenant_id, route),
            tenant_id=who.tenant_id,
            assistant_id=assistant_id,
            lines=[TranscriptLine(author=message.author, text=message.text, at=now) for message in body.messages],
            guide=body.guide,
            digest=digest(body.model_dump()),
        )
        return TryOut.of(await deps.try_assistant.attempt(asked))


async def _ensure_default(deps: Deps, tenant_id: str) -> None:
    """Create the default assistant if `tenant.changed` has not arrived yet, so that the list shows it."""
    id, now = default_id(tenant_id), deps.clock.now()
    if await deps.assistants.get(id) is None:
        cause = Cause.due(tenant_id, f"default assistant|{tenant_id}", tenant_id)
        await deps.assistants.change(
            id, cause, lambda known: None if known else Decision(default_assistant(tenant_id, now))
        )


def _there(assistant: Assistant | None) -> Assistant:
    if assistant is None:
        raise NotFound("not_found", "there is no such assistant")
    return assistant
