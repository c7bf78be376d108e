"""`GET /api/contacts/{id}/export`. For administrators: it is everything at once."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from conversation.api.examples import CONVERSATION, MESSAGE
from conversation.exporting.export import PersonExport
from conversation.resources import Resources
from shared.access.gate import Access, Principal
from shared.http.openapi_problems import may_answer

EXAMPLE: dict[str, Any] = {
    "exported_at": "2026-03-11T09:00:00Z",
    "contact": {"id": "cct_d1dac27a64025a05bebe65923a78a590", "phone_numbers": ["+13125550124"]},
    "consent_entries": [],
    "conversations": [CONVERSATION],
    "messages": [MESSAGE],
    "activities": [],
    "timeline": [],
    "sender_messages": [],
    "campaigns_recipients": [],
    "campaigns_runs": [],
    "campaigns_rejected_rows": [],
    "ai_responder_replay_cases": [],
    "accounts_usage": [],
}
ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Everything that is kept of this person. A list for each kind; new kinds may come.",
        "content": {"application/json": {"schema": {"type": "object"}, "example": EXAMPLE}},
    }
}


def export_router(export: PersonExport, resources: Resources, gate: Access) -> APIRouter:
    router = APIRouter(prefix="/api/contacts", tags=["conversation"])

    @router.get("/{contact_id}/export", response_class=StreamingResponse, responses=ANSWER | may_answer(503))
    async def export_contact(contact_id: str, who: Principal = Depends(gate.admin)) -> StreamingResponse:
        """Everything that is kept of this person, from every service, as one JSON document. If a service does not
        answer, nothing is exported, and the error names it (`export_incomplete`)."""
        pieces = await export.of(who.tenant_id, contact_id, resources.clock.now())
        headers = {"Content-Disposition": f'attachment; filename="contact-{contact_id}.json"'}
        return StreamingResponse(pieces, media_type="application/json", headers=headers)

    return router
