"""For other services: whether a tenant has this assistant."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from ai_responder.assistants.store import Assistants
from shared.errors import NotFound
from shared.internal.access import internal_only
from shared.keyring import Keyring


def internal_router(assistants: Assistants, keyring: Keyring) -> APIRouter:
    routes = APIRouter(
        prefix="/internal/ai-responder/assistants",
        dependencies=[Depends(internal_only(keyring))],
        include_in_schema=False,
    )

    @routes.get("/{assistant_id}")
    async def assistant(assistant_id: str, tenant_id: str) -> dict[str, str]:
        """The default assistant counts as existing before it was first saved, a deleted one does not."""
        known = await assistants.get(tenant_id, assistant_id)
        if known.archived_at:
            raise NotFound("not_found", "this assistant was deleted")
        return {"id": known.id}

    return routes
