"""Finds the assistant that answers a request: the first of those that may who is still there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ai_responder.assistants.domain.assistant import Assistant, default_id
from ai_responder.assistants.domain.choice import (
    AssistantChoice,
    Candidate,
    after,
    by_default,
    named,
    routed,
    said_in,
)
from ai_responder.assistants.domain.routes import Arrival
from ai_responder.assistants.store import Assistants
from shared.events import ReplyRequested


class Choosing:
    def __init__(self, assistants: Assistants) -> None:
        self._assistants = assistants

    async def choose(self, tenant_id: str, timezone: str, request: ReplyRequested, at: datetime) -> AssistantChoice:
        """One read where the request names an assistant or no route matches, one more for each that is looked at."""
        gone: list[Candidate] = []
        if choice := await self._first(tenant_id, named(request), gone):
            return choice
        default = await self._assistants.get(tenant_id, default_id(tenant_id))
        if default.routes:
            arrival = Arrival(request.number, said_in(request), at, timezone)
            if choice := await self._first(tenant_id, routed(default.routes, arrival), gone, default):
                return choice
        return AssistantChoice.of(default.live_now, after(by_default(default.id), gone))

    async def _first(
        self,
        tenant_id: str,
        candidates: Sequence[Candidate],
        gone: list[Candidate],
        known: Assistant | None = None,
    ) -> AssistantChoice | None:
        """Those who are not there any more are added to `gone`."""
        for candidate in candidates:
            is_known = known is not None and known.id == candidate.assistant_id
            found = known if is_known else await self._assistants.find(tenant_id, candidate.assistant_id)
            if found and not found.archived_at:
                return AssistantChoice.of(found.live_now, after(candidate, gone))
            gone.append(candidate)
        return None
