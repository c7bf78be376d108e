"""The gate of an assistant: what a replay must have shown before its draft may be published. Off by default."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from ai_responder.assistants.api import examples
from ai_responder.assistants.api.deps import AssistantDeps
from ai_responder.assistants.domain.gate import Gate
from shared.access.gate import Principal
from shared.aggregates import Cause, Decision
from shared.errors import NotFound
from shared.http.openapi_examples import with_example

_PATH = "/{assistant_id}/gate"


class GateIn(BaseModel):
    model_config = ConfigDict(extra="forbid") | with_example(examples.GATE)

    replay_similarity: float | None = Field(
        default=None, ge=0, le=1, description="The least mean likeness of its answers to what people sent."
    )
    hand_over_rise: float | None = Field(
        default=None, ge=0, le=1, description="The most by which its share of hand-overs may be above the live one's."
    )
    cases: int = Field(default=20, ge=1, le=500, description="The fewest turns that the replay must have.")


class GateOut(GateIn):
    pass


def add_gate(routes: APIRouter, deps: AssistantDeps) -> None:
    async def save(who: Principal, assistant_id: str, gate: Gate | None) -> None:
        cause = Cause.request(who.tenant_id)
        await deps.assistants.change(who.tenant_id, assistant_id, cause, lambda known: Decision(known.but(gate=gate)))

    @routes.get(_PATH, response_model=GateOut, summary="Get an assistant's gate")
    async def get_gate(assistant_id: str, who: Principal = Depends(deps.gate.viewer)) -> Any:
        """404 if it has none: every draft may be published."""
        gate = (await deps.assistants.get(who.tenant_id, assistant_id)).gate
        if gate is None:
            raise NotFound("no_gate", "this assistant has no gate: every draft may be published")
        return GateOut(**gate.plain())

    @routes.put(_PATH, response_model=GateOut, summary="Let a replay decide whether a draft may be published")
    async def set_gate(assistant_id: str, body: GateIn, who: Principal = Depends(deps.gate.admin)) -> Any:
        """From now on `POST …/publish` needs a finished replay of the draft that passes."""
        gate = Gate.read(body.model_dump())
        await save(who, assistant_id, gate)
        return GateOut(**gate.plain())

    @routes.delete(_PATH, status_code=204, summary="Remove an assistant's gate")
    async def remove_gate(assistant_id: str, who: Principal = Depends(deps.gate.admin)) -> None:
        await save(who, assistant_id, None)
