"""Asks both versions for their answer to one case. The only effect is the calls to the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ai_responder.answering import Answering, ReplyJob, used
from ai_responder.assistants.domain.assistant import AssistantVersion
from ai_responder.assistants.domain.choice import AssistantChoice
from ai_responder.assistants.store import Assistants
from ai_responder.domain.outside_hours import outside_hours
from ai_responder.domain.tokens import ModelCall
from ai_responder.job_loader import Tenants
from ai_responder.replays.content import digest_of
from ai_responder.replays.domain.case import PastTurn, ReplayAnswer, ReplayCase, replay_answer
from ai_responder.replays.domain.replay import Replay, ReplaySide, run_id
from ai_responder.replays.rating import Rating
from shared.clock import Clock
from shared.errors import NotFound, Refused
from shared.events import ReplyRequested, TenantChanged

ANSWER_WITHIN = timedelta(seconds=75)
NUMBER, CONTACT = "+15550100001", "+15550100000"
"""Of an uploaded case: nothing is sent for a replay."""


@dataclass(frozen=True)
class ReplayAnswers:
    assistants: Assistants
    tenants: Tenants
    answering: Answering
    rating: Rating
    clock: Clock

    async def answered(self, replay: Replay, case: ReplayCase, calls: list[ModelCall]) -> ReplayCase:
        """The case with both answers; every call is entered into `calls` as it begins.

        Raises `ModelAway` and `Unavailable` (try later), `NotFound` and `Refused` (it cannot go on).
        """
        tenant = await self._tenant(replay.tenant_id)
        answers = [await self._answer(replay, side, case, tenant, calls) for side in replay.sides]
        if replay.rubric:
            answers = [await self.rating.rated(replay, case.turn, answer, calls) for answer in answers]
        return case.but(answers=tuple(answers))

    async def version(self, tenant_id: str, assistant_id: str, number: int) -> AssistantVersion:
        """Raises `NotFound`, also for a version that does not exist."""
        assistant = await self.assistants.get(tenant_id, assistant_id)
        return assistant.version_with(await self.assistants.content(assistant, number), number)

    async def _answer(
        self, replay: Replay, side: ReplaySide, case: ReplayCase, tenant: TenantChanged, calls: list[ModelCall]
    ) -> ReplayAnswer:
        version = await self.version(replay.tenant_id, replay.assistant_id, side.version)
        if digest_of(version) != side.digest:
            raise Refused("version_changed", f"version {side.version} was edited while it was being replayed")
        before, now, turn = len(calls), self.clock.now(), case.turn
        choice = AssistantChoice(version, "chosen for a replay")
        request = request_of(replay, case, tenant, now)
        outcome = outside_hours(choice, request, turn.at or now, tenant.timezone) if turn.at else None
        if outcome is None:
            id, region, zone = run_id(replay.id, case.n), tenant.default_region, tenant.timezone
            job = ReplyJob(id, choice, tenant.name, region, request, calls, timezone=zone)
            outcome = await self.answering.answer(job)
        return replay_answer(side.version, outcome, used(calls[before:]), turn, tenant.max_ai_parts)

    async def _tenant(self, tenant_id: str) -> TenantChanged:
        tenant = await self.tenants.get(tenant_id)
        if tenant is None:
            raise NotFound("not_found", "no such tenant")
        if tenant.status != "active":
            raise Refused("tenant_suspended", "the tenant is suspended")
        return tenant


def request_of(replay: Replay, case: ReplayCase, tenant: TenantChanged, now: datetime) -> ReplyRequested:
    turn: PastTurn = case.turn
    return ReplyRequested(
        thread_id=replay.id,
        conversation_id=turn.conversation_id or replay.id,
        turn=case.n + 1,
        number=turn.number or NUMBER,
        contact=turn.contact or CONTACT,
        ai_mode="suggest",
        answer_by=now + ANSWER_WITHIN,
        history=turn.history,
        guide=turn.guide,
        chosen_guide=turn.chosen_guide,
        contact_facts=turn.contact_facts,
        max_parts=tenant.max_ai_parts,
    )
