"""`POST /api/neighbours/hooks/{token}`: where neighbours post, without credentials of ours."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from conversation.neighbours import examples
from conversation.neighbours.addresses import HOOKS
from conversation.neighbours.reception import HookReception
from conversation.neighbours.schemas import HookOut
from shared.http.openapi_problems import may_answer


def hooks_router(reception: HookReception) -> APIRouter:
    router = APIRouter(prefix=HOOKS, tags=["conversation"])

    @router.post(
        "/{token}",
        response_model=HookOut,
        response_model_exclude_none=True,
        summary="Webhooks of a neighbour",
        openapi_extra=examples.HOOK,
        responses=may_answer(400, 401, 404, 413, 422, 503),
    )
    async def take_webhook(token: str, request: Request) -> dict[str, Any]:
        """For Chatwoot, Postmark, SendGrid and Mailgun, at the address that the neighbour was given.

        200 also for what is left out (`ignored`, with the reason): sending it again would change nothing. A repeat
        counts once."""
        return await reception.take(token, request)

    return router
