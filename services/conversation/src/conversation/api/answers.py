"""For sender: how the assistant came to an answer, beside how its message was sent."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from conversation.domain.thread.wire import why_wire
from conversation.store import Messages
from shared.errors import NotFound
from shared.internal.access import internal_only
from shared.keyring import Keyring


def answers_page(messages: Messages, keyring: Keyring) -> APIRouter:
    routes = APIRouter(
        prefix="/internal/conversation/answers",
        dependencies=[Depends(internal_only(keyring))],
        include_in_schema=False,
    )

    @routes.get("/{message_id}")
    async def answer(message_id: str, tenant_id: str) -> dict[str, Any]:
        message = await messages.get(tenant_id, message_id)
        if message is None or message.why is None:
            raise NotFound("not_found", "the assistant did not write this message")
        return why_wire(message.why, with_texts=True) or {}

    return routes
