"""Trying an assistant: the same way as a customer's turn goes, without any conversation. Only the tokens are real."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from ai_responder.answering import Answering, Job, used
from ai_responder.domain.outcome import failure
from ai_responder.domain.tokens import Spender, usage_events
from ai_responder.domain.trials import Trial
from ai_responder.job_loader import Desk, Tenants
from ai_responder.model import ModelAway
from ai_responder.store import Trials, forget_old_trials
from shared.aggregates import Cause, Decision
from shared.clock import Clock
from shared.errors import NotFound, ParleyError, Refused, TooMany
from shared.events import ReplyRequested, TranscriptLine
from shared.http.idempotency import require_same
from shared.key_locks import KeyLocks

log = structlog.get_logger()

LONGEST_SECONDS = 45
FORGET_EVERY_SECONDS = 3600.0
AT_ONCE = 3
"""Trials of one tenant under way in one process: they share the model with customers."""
_NOBODY, _NUMBER = "+15550100000", "+15550100001"
"""Stand-ins for the customer's number and ours: nothing is ever sent for a trial."""


@dataclass(frozen=True)
class Wish:
    """What is to be tried. `run_id` is new, or derived from the request's idempotency key."""

    run_id: str
    tenant_id: str
    assistant_id: str
    lines: Sequence[TranscriptLine]
    guide: str
    digest: str


class Trying:
    def __init__(self, trials: Trials, desk: Desk, tenants: Tenants, answering: Answering, clock: Clock) -> None:
        self._trials = trials
        self._desk = desk
        self._tenants = tenants
        self._answering = answering
        self._clock = clock
        self._under_way: Counter[str] = Counter()
        self._one_each = KeyLocks()

    async def attempt(self, wish: Wish) -> Trial:
        """What the assistant says; asked twice at once for the same, the model is asked once.

        Raises `NotFound`, `Refused` or `TooMany`.
        """
        async with self._one_each.hold(wish.run_id):
            return await self._attempt(wish)

    async def _attempt(self, wish: Wish) -> Trial:
        known = await self._trials.get(wish.run_id)
        if known:
            require_same(known.request_digest, wish.digest)
            return known
        if self._under_way[wish.tenant_id] >= AT_ONCE:
            raise TooMany("too_many_trials", f"{AT_ONCE} trials are under way; wait for one to end", 2)
        self._under_way[wish.tenant_id] += 1
        try:
            return await self._run(wish)
        finally:
            self._under_way[wish.tenant_id] -= 1
            self._under_way += Counter()  # forget tenants at 0

    async def forget_old(self) -> None:
        """For ever: trials of more than 30 days ago go."""
        while True:
            try:
                await forget_old_trials(self._trials, self._clock.now())
            except ParleyError as error:
                log.warning("forgetting_failed", code=error.code)
            await asyncio.sleep(FORGET_EVERY_SECONDS)

    async def _run(self, wish: Wish) -> Trial:
        job = await self._job(wish)
        try:
            outcome = await self._answering.answer(job)
        except ModelAway as error:
            outcome = failure(f"{error.reason}; try again in a moment")
        trial = Trial(
            id=wish.run_id,
            tenant_id=wish.tenant_id,
            assistant_id=wish.assistant_id,
            outcome=outcome,
            calls=tuple(used(job.calls)),
            tried_at=self._clock.now(),
            request_digest=wish.digest,
        )
        kept = await self._keep(trial)
        require_same(kept.request_digest, wish.digest)
        return kept

    async def _keep(self, trial: Trial) -> Trial:
        """What is kept from now on. Another process may have been faster: its answer stands, our tokens are booked."""
        spender = Spender(trial.id, trial.tenant_id, trial.assistant_id)

        def decide(known: Trial | None) -> Decision[Trial]:
            kept = known.also_used(trial.calls) if known else trial
            return Decision(kept, events=usage_events(spender, kept.times_asked, trial.calls, trial.tried_at))

        cause = Cause.request(trial.tenant_id, correlation_id=trial.id)
        change = await self._trials.change(trial.id, cause, decide, publish_later=True)
        return change.state or trial

    async def _job(self, wish: Wish) -> Job:
        assistant = await self._desk.assistant(wish.tenant_id, wish.assistant_id)
        tenant = await self._tenants.get(wish.tenant_id)
        if tenant is None:
            raise NotFound("not_found", "no such tenant")
        if tenant.status != "active":
            raise Refused("tenant_suspended", "this tenant is suspended: no model is asked; ask the operator")
        request = ReplyRequested(
            thread_id=wish.run_id,
            conversation_id=wish.run_id,
            turn=1,
            number=_NUMBER,
            contact=_NOBODY,
            ai_mode="suggest",
            answer_by=self._clock.now() + timedelta(seconds=LONGEST_SECONDS),
            history=tuple(wish.lines),
            guide=wish.guide,
            max_parts=tenant.max_ai_parts,
        )
        return Job(wish.run_id, assistant, tenant.name, tenant.default_region, request)
