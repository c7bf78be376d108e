"""`DELETE /api/contacts/{id}` and how far an erasure is. For administrators: it cannot be undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from conversation.erasing.domain.erasure import wire_of
from conversation.erasing.requests import ErasureRequests
from shared.access.gate import Access, Principal
from shared.http.openapi_examples import with_example

EXAMPLE: dict[str, Any] = {
    "id": "era_5b1f0c0e9d4f5d0c8a8f2f4f6f1d2c3b",
    "contact_id": "cct_0d6f5a4b3c2d5e1f8a9b7c6d5e4f3a2b",
    "state": "running",
    "requested_at": "2026-03-01T12:00:00Z",
    "completed_at": None,
    "services": [{"service": "sender", "done_at": None}],
}


class ServiceErasureOut(BaseModel):
    service: str
    done_at: datetime | None
    """When it had erased what it kept; null: not yet."""


class ErasureOut(BaseModel):
    """A person is being forgotten everywhere."""

    model_config = with_example(EXAMPLE)

    id: str
    contact_id: str
    state: Literal["running", "done"]
    requested_at: datetime
    completed_at: datetime | None
    services: list[ServiceErasureOut]


def erasing_router(requests: ErasureRequests, gate: Access) -> APIRouter:
    router = APIRouter(prefix="/api/contacts", tags=["conversation"])

    @router.delete("/{contact_id}", status_code=202, response_model=ErasureOut)
    async def erase_contact(contact_id: str, who: Principal = Depends(gate.admin)) -> dict[str, Any]:
        """Erase this person everywhere: numbers, names, words, media. It cannot be undone. A STOP and the bill stay,
        under a hash. The contact is gone with this answer; the rest follows within a minute. Asked again, the answer
        is the same erasure."""
        return wire_of(await requests.begin(who.tenant_id, contact_id, who.label))

    @router.get("/erasures/{erasure_id}", response_model=ErasureOut)
    async def get_erasure(erasure_id: str, who: Principal = Depends(gate.admin)) -> dict[str, Any]:
        """How far an erasure is, by service."""
        return wire_of(await requests.get(who.tenant_id, erasure_id))

    return router
