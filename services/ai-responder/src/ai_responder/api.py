"""`/api/assistants`: viewers read, agents try, admins write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends

from ai_responder.assistants.api.assistants import add_assistants
from ai_responder.assistants.api.deps import PREFIX, AssistantDeps
from ai_responder.assistants.api.gate import add_gate
from ai_responder.assistants.api.routes import add_routing
from ai_responder.assistants.api.versions import add_versions
from ai_responder.schemas import TryIn, TryOut
from ai_responder.try_assistant import TrialRequest, TryAssistant
from shared.access.gate import Principal
from shared.events import TranscriptLine
from shared.http.idempotency import RequestKey, digest, request_key
from shared.http.openapi_problems import may_answer


@dataclass(frozen=True)
class Deps(AssistantDeps):
    try_assistant: TryAssistant


def router(deps: Deps) -> APIRouter:
    routes = APIRouter(prefix=PREFIX, tags=["ai-responder"])
    add_routing(routes, deps)  # before a path that any id fits
    add_assistants(routes, deps)
    add_versions(routes, deps)
    add_gate(routes, deps)
    _trying(routes, deps)
    return routes


def _trying(routes: APIRouter, deps: Deps) -> None:
    @routes.post(
        "/{assistant_id}/try",
        response_model=TryOut,
        summary="Try an assistant without a conversation",
        description="Asks the model with the live version or another one, at any hour. Nothing is sent; the tokens are "
        "billed as usage.",
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
            version=body.version,
            digest=digest(body.model_dump()),
        )
        return TryOut.of(await deps.try_assistant.attempt(asked))
