"""Loads what a run needs: the assistant that answers and the business it answers for."""

from __future__ import annotations

from ai_responder.answering import ReplyJob
from ai_responder.domain.assistants import Assistant, default_assistant, default_id
from ai_responder.domain.outcome import ReplyOutcome, failure, unseen
from ai_responder.domain.pictures import is_guesswork
from ai_responder.domain.runs import Claimed
from ai_responder.domain.tokens import ModelCall
from ai_responder.model_reach import ModelReach
from ai_responder.pictures import Pictures
from ai_responder.store import Assistants
from shared.clock import Clock
from shared.errors import NotFound
from shared.events import TenantChanged
from shared.internal.read_models import ReadModel

Tenants = ReadModel[TenantChanged]


class JobLoader:
    def __init__(
        self, assistants: Assistants, tenants: Tenants, reach: ModelReach, pictures: Pictures, clock: Clock
    ) -> None:
        self._pictures = pictures
        self._assistants = assistants
        self._tenants = tenants
        self._reach = reach
        self._clock = clock

    async def job_for(self, claimed: Claimed, calls: list[ModelCall]) -> ReplyJob | ReplyOutcome:
        """The job, which enters its calls into `calls`; or an outcome that says why there is none.

        Raises `Unavailable` if the tenant is unknown here and accounts cannot be asked.
        """
        tenant = await self._tenants.get(claimed.tenant_id)
        if tenant is None or tenant.status != "active":
            return failure("the account is not active")
        if not await self._reach.covers(claimed.request.number):
            return failure("the sandbox's model answers only the sandbox's numbers; set OPENAI_API_KEY for real ones")
        try:
            assistant = await self.assistant(claimed.tenant_id, claimed.assistant_id)
        except NotFound as error:
            return failure(error.detail)
        request = claimed.request
        pictures = await self._pictures.of(claimed.tenant_id, request) if assistant.pictures else ()
        if is_guesswork(request, pictures):
            return unseen(assistant.model)
        return ReplyJob(
            claimed.run.id, assistant, tenant.name, tenant.default_region, request, pictures=pictures, calls=calls
        )

    async def assistant(self, tenant_id: str, assistant_id: str) -> Assistant:
        """Raises `NotFound`, also for an assistant of another tenant."""
        assistant = await self._assistants.get(assistant_id)
        if assistant is None and assistant_id == default_id(tenant_id):
            # tenant.changed has not arrived yet; the first answer need not wait for it.
            return default_assistant(tenant_id, self._clock.now())
        if assistant is None or assistant.tenant_id != tenant_id:
            raise NotFound("not_found", f"there is no assistant {assistant_id}: choose another one")
        return assistant
