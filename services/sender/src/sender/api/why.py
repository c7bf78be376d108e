"""`GET /api/messages/{id}/why`: what led to a message, and how the assistant came to its text."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from sender.api.schemas import WhyOut
from sender.store import Messages
from shared.access.gate import Access, Principal
from shared.errors import NotFound, Unavailable
from shared.internal.client import InternalClient

_MAY_BE_ANSWERS = ("assistant", "agent")
"""Authors: a person who approves a draft sends the assistant's text."""


def why_router(messages: Messages, gate: Access, internal: InternalClient) -> APIRouter:
    routes = APIRouter(prefix="/api/messages", tags=["sender"])

    @routes.get("/{message_id}/why", summary="Why a message was or was not sent", response_model=WhyOut)
    async def why(message_id: str, who: Principal = Depends(gate.viewer)) -> WhyOut:
        message = await messages.get(who.tenant_id, message_id)
        if message is None:
            raise NotFound("not_found", "no such message")
        is_answer = message.order.author in _MAY_BE_ANSWERS
        return WhyOut.of(message, await _answer(internal, who.tenant_id, message_id) if is_answer else None)

    return routes


async def _answer(internal: InternalClient, tenant_id: str, message_id: str) -> dict[str, Any] | None:
    """Conversation keeps it beside the text. Without conversation the rest is still shown."""
    try:
        return await internal.get("conversation", "answers", message_id, tenant_id=tenant_id)
    except (NotFound, Unavailable):
        return None
