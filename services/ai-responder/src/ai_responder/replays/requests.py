"""Requests for replays: begin one, cancel one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ai_responder.assistants.domain.versions import require_active
from ai_responder.replays.answers import ReplayAnswers
from ai_responder.replays.content import digest_of
from ai_responder.replays.domain import replay as decisions
from ai_responder.replays.domain.case import PastTurn
from ai_responder.replays.domain.replay import PastConversations, Replay, ReplaySide
from ai_responder.replays.store import Replays
from shared.aggregates import Cause, Decision
from shared.clock import Clock
from shared.errors import Invalid, TooMany
from shared.http.idempotency import require_same
from shared.service.alarm import Alarm

AT_ONCE = 3
"""Replays of one tenant that are not over."""


@dataclass(frozen=True)
class NewReplay:
    id: str
    tenant_id: str
    assistant_id: str
    version: int
    against: int | None
    """None: the live one."""
    past: PastConversations | None
    turns: Sequence[PastTurn]
    budget_tokens: int
    rubric: str
    requested_by: str
    digest: str


@dataclass(frozen=True)
class ReplayRequests:
    replays: Replays
    answers: ReplayAnswers
    clock: Clock
    alarm: Alarm

    async def begin(self, new: NewReplay, cause: Cause) -> Replay:
        """Raises `NotFound`, `Invalid("same_version")`, `Refused("archived")`, `TooMany`."""
        known = await self.replays.aggregates.get(new.id)
        if known is None:
            known = await self._begin(new, cause)
        require_same(known.request_digest, new.digest)
        return known

    async def cancel(self, tenant_id: str, assistant_id: str, id: str) -> Replay:
        """Cancelling one that is over changes nothing. Raises `NotFound`."""
        await self.replays.get(tenant_id, assistant_id, id)
        now = self.clock.now()
        await self.replays.aggregates.change(
            id, Cause.request(tenant_id), lambda state: decisions.cancel(state, now) if state else None
        )
        return await self.replays.get(tenant_id, assistant_id, id)

    async def _begin(self, new: NewReplay, cause: Cause) -> Replay:
        replay = await self._new(new)
        if await self.replays.count_open(new.tenant_id) >= AT_ONCE:
            raise TooMany("too_many_replays", f"{AT_ONCE} replays are not over yet; wait, or cancel one", 60)
        await self.replays.add_cases(new.tenant_id, new.id, new.turns, 0)
        change = await self.replays.aggregates.change(
            new.id, cause, lambda state: None if state else Decision(replay), publish_later=True
        )
        self.alarm.ring()
        return change.state or replay

    async def _new(self, new: NewReplay) -> Replay:
        assistant = await self.answers.assistants.get(new.tenant_id, new.assistant_id)
        require_active(assistant)
        numbers = (new.version, new.against or assistant.live_version)
        if numbers[0] == numbers[1]:
            raise Invalid("same_version", f"both are version {new.version}; nothing has changed between them")
        first, second = [await self._side(new, number) for number in numbers]
        now = self.clock.now()
        return Replay(
            id=new.id,
            tenant_id=new.tenant_id,
            assistant_id=new.assistant_id,
            sides=(first, second),
            past=new.past,
            state="collecting" if new.past else "running",
            cases=len(new.turns),
            budget_tokens=new.budget_tokens,
            rubric=new.rubric,
            due_at=now,
            requested_by=new.requested_by,
            created_at=now,
            request_digest=new.digest,
        )

    async def _side(self, new: NewReplay, number: int) -> ReplaySide:
        version = await self.answers.version(new.tenant_id, new.assistant_id, number)
        return ReplaySide(version=number, digest=digest_of(version))
