"""Trying an assistant: as a customer's turn goes, but without a conversation. Only the tokens are real."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ai_responder.answering import Answering, ReplyJob, used
from ai_responder.assistants.domain.choice import AssistantChoice
from ai_responder.assistants.domain.versions import require_active
from ai_responder.assistants.store import Assistants
from ai_responder.domain.outcome import failure
from ai_responder.domain.tokens import Spender, usage_events
from ai_responder.domain.trials import Trial
from ai_responder.job_loader import Tenants
from ai_responder.model import ModelAway
from ai_responder.store import Trials, forget_old_trials
from shared.aggregates import Cause, Decision
from shared.clock import Clock
from shared.errors import NotFound, Refused, TooMany
from shared.events import ReplyRequested, TranscriptLine
from shared.http.idempotency import require_same
from shared.key_locks import KeyLocks

LONGEST_SECONDS = 45
AT_ONCE = 3
"""Trials of one tenant under way in one process: they share the model with customers."""
_CONTACT, _NUMBER = "+15550100000", "+15550100001"
"""Placeholders for the customer's number and ours: nothing is sent for a trial."""


@dataclass(frozen=True)
class TrialRequest:
    """A request to try an assistant. `run_id` is new, or derived from the request's idempotency key."""

    run_id: str
    tenant_id: str
    assistant_id: str
    lines: Sequence[TranscriptLine]
    guide: str
    version: int | None
    """None: the live one."""
    digest: str


class TryAssistant:
    def __init__(
        self, trials: Trials, assistants: Assistants, tenants: Tenants, answering: Answering, clock: Clock
    ) -> None:
        self._trials = trials
        self._assistants = assistants
        self._tenants = tenants
        self._answering = answering
        self._clock = clock
        self._under_way: Counter[str] = Counter()
        self._one_each = KeyLocks()

    async def attempt(self, asked: TrialRequest) -> Trial:
        """The assistant's answer. The same request twice at once asks the model once.

        Raises `NotFound`, `Refused` or `TooMany`.
        """
        async with self._one_each.hold(asked.run_id):
            return await self._attempt(asked)

    async def _attempt(self, asked: TrialRequest) -> Trial:
        known = await self._trials.get(asked.run_id)
        if known:
            require_same(known.request_digest, asked.digest)
            return known
        if self._under_way[asked.tenant_id] >= AT_ONCE:
            raise TooMany("too_many_trials", f"{AT_ONCE} trials of this tenant are under way; retry shortly", 2)
        self._under_way[asked.tenant_id] += 1
        try:
            return await self._run(asked)
        finally:
            self._under_way[asked.tenant_id] -= 1
            self._under_way += Counter()  # forget tenants at 0

    async def forget_old(self) -> int:
        """Delete the trials of more than 30 days ago; how many there were."""
        return await forget_old_trials(self._trials, self._clock.now())

    async def _run(self, asked: TrialRequest) -> Trial:
        job = await self._job(asked)
        try:
            outcome = await self._answering.answer(job)
        except ModelAway as error:
            outcome = failure(f"{error.reason}; try again in a moment")
        trial = Trial(
            id=asked.run_id,
            tenant_id=asked.tenant_id,
            assistant_id=asked.assistant_id,
            outcome=outcome,
            calls=tuple(used(job.calls)),
            tried_at=self._clock.now(),
            request_digest=asked.digest,
        )
        kept = await self._keep(trial)
        require_same(kept.request_digest, asked.digest)
        return kept

    async def _keep(self, trial: Trial) -> Trial:
        """Store the trial. If another process was faster, its answer stands and our tokens are booked too."""
        spender = Spender(trial.id, trial.tenant_id, trial.assistant_id)

        def decide(known: Trial | None) -> Decision[Trial]:
            kept = known.also_used(trial.calls) if known else trial
            return Decision(kept, events=usage_events(spender, kept.times_asked, trial.calls, trial.tried_at))

        cause = Cause.request(trial.tenant_id, correlation_id=trial.id)
        change = await self._trials.change(trial.id, cause, decide, publish_later=True)
        return change.state or trial

    async def _job(self, asked: TrialRequest) -> ReplyJob:
        choice = await self._choice(asked)
        tenant = await self._tenants.get(asked.tenant_id)
        if tenant is None:
            raise NotFound("not_found", "no such tenant")
        if tenant.status != "active":
            raise Refused("tenant_suspended", "this tenant is suspended and cannot try assistants; ask the operator")
        request = ReplyRequested(
            thread_id=asked.run_id,
            conversation_id=asked.run_id,
            turn=1,
            number=_NUMBER,
            contact=_CONTACT,
            ai_mode="suggest",
            answer_by=self._clock.now() + timedelta(seconds=LONGEST_SECONDS),
            history=tuple(asked.lines),
            guide=asked.guide,
            max_parts=tenant.max_ai_parts,
        )
        return ReplyJob(asked.run_id, choice, tenant.name, tenant.default_region, request, timezone=tenant.timezone)

    async def _choice(self, asked: TrialRequest) -> AssistantChoice:
        """Raises `NotFound`, `Refused("archived")`."""
        assistant = await self._assistants.get(asked.tenant_id, asked.assistant_id)
        require_active(assistant)
        number = asked.version or assistant.live_version
        content = await self._assistants.content(assistant, number)
        return AssistantChoice(assistant.version_with(content, number), "chosen by the person who tries it")
