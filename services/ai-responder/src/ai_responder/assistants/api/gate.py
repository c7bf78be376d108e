"""The gate of an assistant: what a replay must have shown before its draft may be published. Off by default."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from ai_responder.assistants.api.deps import AssistantDeps
from ai_responder.assistants.api.schemas import AssistantOut, GatePatch
from ai_responder.assistants.domain.assistant import Assistant
from ai_responder.assistants.domain.gate import Gate
from shared.access.gate import Principal
from shared.aggregates import Cause, Decision

_PATH = "/{assistant_id}/gate"


def add_gate(routes: APIRouter, deps: AssistantDeps) -> None:
    async def save(who: Principal, assistant_id: str, gate: dict[str, Any] | None) -> AssistantOut:
        def decide(known: Assistant) -> Decision[Assistant]:
            present = (known.gate or Gate()).plain()
            return Decision(known.but(gate=None if gate is None else Gate.read({**present, **gate})))

        return AssistantOut.of(
            await deps.assistants.change(who.tenant_id, assistant_id, Cause.request(who.tenant_id), decide)
        )

    @routes.patch(_PATH, response_model=AssistantOut, summary="Let a replay decide whether a draft may be published")
    async def set_gate(assistant_id: str, body: GatePatch, who: Principal = Depends(deps.gate.admin)) -> Any:
        """From now on `POST …/publish` needs a finished replay of the draft that passes. Fields that are left out stay
        as they are."""
        return await save(who, assistant_id, body.model_dump(include=body.model_fields_set))

    @routes.delete(_PATH, status_code=204, summary="Remove an assistant's gate")
    async def remove_gate(assistant_id: str, who: Principal = Depends(deps.gate.admin)) -> None:
        await save(who, assistant_id, None)
