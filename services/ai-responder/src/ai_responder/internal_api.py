"""What other services ask: whether a tenant has this assistant."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from ai_responder.job_loader import Desk
from shared.internal.access import internal_only
from shared.keyring import Keyring


def internal_router(desk: Desk, keyring: Keyring) -> APIRouter:
    routes = APIRouter(
        prefix="/internal/ai-responder/assistants",
        dependencies=[Depends(internal_only(keyring))],
        include_in_schema=False,
    )

    @routes.get("/{assistant_id}")
    async def assistant(assistant_id: str, tenant_id: str) -> dict[str, str]:
        """The tenant's default one is there before it was ever saved."""
        return {"id": (await desk.assistant(tenant_id, assistant_id)).id}

    return routes
