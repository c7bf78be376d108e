"""Loads what a run needs: the assistant that answers and the business it answers for."""

from __future__ import annotations

from dataclasses import replace

from ai_responder.answering import ReplyJob
from ai_responder.assistants.choosing import Choosing
from ai_responder.domain.outcome import ReplyOutcome, failure, unseen
from ai_responder.domain.outside_hours import outside_hours
from ai_responder.domain.pictures import is_guesswork
from ai_responder.domain.runs import Claimed
from ai_responder.domain.tokens import ModelCall
from ai_responder.domain.why import why_of
from ai_responder.model_reach import ModelReach
from ai_responder.pictures import Pictures
from shared.clock import Clock
from shared.events import TenantChanged
from shared.internal.read_models import ReadModel

Tenants = ReadModel[TenantChanged]


class JobLoader:
    def __init__(
        self, choosing: Choosing, tenants: Tenants, reach: ModelReach, pictures: Pictures, clock: Clock
    ) -> None:
        self._choosing = choosing
        self._pictures = pictures
        self._tenants = tenants
        self._reach = reach
        self._clock = clock

    async def job_for(self, claimed: Claimed, calls: list[ModelCall]) -> ReplyJob | ReplyOutcome:
        """The job, which enters its calls into `calls`; or an outcome for which no model is asked.

        Raises `Unavailable` if the tenant is unknown here and accounts cannot be asked.
        """
        tenant, request, now = await self._tenants.get(claimed.tenant_id), claimed.request, self._clock.now()
        if tenant is None or tenant.status != "active":
            return failure("the account is not active")
        if not await self._reach.covers(request.number):
            return failure("the sandbox's model answers only the sandbox's numbers; set OPENAI_API_KEY for real ones")
        choice = await self._choosing.choose(claimed.tenant_id, tenant.timezone, request, now)
        if closed := outside_hours(choice, request, now, tenant.timezone):
            return closed
        pictures = await self._pictures.of(claimed.tenant_id, request) if choice.assistant.pictures else ()
        if is_guesswork(request, pictures):
            return unseen().but(why=why_of(choice, request, (), ()))
        job = ReplyJob(claimed.run.id, choice, tenant.name, tenant.default_region, request, calls)
        return replace(job, pictures=pictures, timezone=tenant.timezone)
