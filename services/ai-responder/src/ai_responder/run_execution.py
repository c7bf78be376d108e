"""Executes one claimed run, from the question to the record. The model is called outside any save.

A beat every two seconds keeps the claim alive and shows whether the run still belongs to this worker. If it does not (a
newer turn, an expired lease), the call is stopped; the tokens known so far are booked all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog
import tenacity

from ai_responder.answering import Answering, used
from ai_responder.domain import runs
from ai_responder.domain.outcome import ReplyOutcome
from ai_responder.domain.runs import Claimed, Setback, Thread
from ai_responder.domain.tokens import ModelCall
from ai_responder.job_loader import JobLoader
from ai_responder.model import ModelAway
from ai_responder.store import Threads
from shared.aggregates import Decision
from shared.clock import Clock
from shared.errors import Conflict, ParleyError, Unavailable

log = structlog.get_logger()

BEAT_SECONDS = 2.0
RECORD_FOR_SECONDS = 60.0
"""An answer is kept this long while our own database is unavailable."""

Decide = Callable[[Thread | None], Decision[Thread] | None]


class RunExecution:
    def __init__(
        self, claimed: Claimed, loader: JobLoader, answering: Answering, threads: Threads, clock: Clock
    ) -> None:
        self.claimed = claimed
        self._loader = loader
        self._answering = answering
        self._threads = threads
        self._clock = clock
        self._calls: list[ModelCall] = []
        self._asking: asyncio.Task[ReplyOutcome] | None = None

    def stop_asking(self) -> None:
        """A newer turn has come, so this answer is not wanted any more."""
        if self._asking:
            self._asking.cancel()

    async def work(self) -> None:
        """Ask the model and record the outcome. If cancelled, gives the run back for other workers to take at once."""
        self._asking = asking = asyncio.create_task(self._ask())
        beating = asyncio.create_task(self._keep_alive(asking))
        try:
            await asyncio.wait({asking})
            await self._settle(asking)
        except asyncio.CancelledError:
            asking.cancel()
            await asyncio.shield(self.give_back())
            raise
        finally:
            beating.cancel()

    async def give_back(self) -> None:
        """For other workers to take at once."""
        await self._put_off(Setback(reason="the worker was stopped", counts=0))

    async def _ask(self) -> ReplyOutcome:
        job = await self._loader.job_for(self.claimed, self._calls)
        if isinstance(job, ReplyOutcome):
            return job
        self.claimed = replace(self.claimed, chosen=job.assistant.id)
        return await self._answering.answer(job)

    async def _settle(self, asking: asyncio.Task[ReplyOutcome]) -> None:
        if asking.cancelled():
            await self._put_off(Setback(reason="superseded", counts=0))
            return
        error = asking.exception()
        if error is None:
            await self._record(asking.result())
        elif isinstance(error, ModelAway):
            log.info("model_away", run=self.claimed.run.id, reason=error.reason, after=error.after)
            await self._put_off(Setback(reason=error.reason, after_seconds=error.after))
        elif isinstance(error, Unavailable):
            log.info("run_waits", run=self.claimed.run.id, code=error.code)
            await self._put_off(Setback(reason="a part of the platform was unavailable", after_seconds=error.after))
        else:
            log.error("answering_failed", run=self.claimed.run.id, exc_info=error)
            await self._put_off(Setback(reason="an error in the platform; the operator's log has it"))

    async def _record(self, outcome: ReplyOutcome) -> None:
        now, calls = self._clock.now(), used(self._calls)
        await self._save(lambda thread: runs.record(thread, self.claimed, outcome, calls, now))
        log.debug("run_done", run=self.claimed.run.id, outcome=outcome.kind, calls=len(self._calls))

    async def _put_off(self, why: Setback) -> None:
        now, calls = self._clock.now(), used(self._calls)
        await self._save(lambda thread: runs.put_off(thread, self.claimed, why, calls, now))

    async def _save(self, decide: Decide) -> None:
        async for attempt in tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type((Unavailable, Conflict)),
            stop=tenacity.stop_after_delay(RECORD_FOR_SECONDS),
            wait=tenacity.wait_fixed(0.5),
            reraise=True,
        ):
            with attempt:
                await self._threads.change(self.claimed.thread_id, self.claimed.cause, decide)

    async def _keep_alive(self, asking: asyncio.Task[ReplyOutcome]) -> None:
        while not asking.done():
            await asyncio.wait({asking}, timeout=BEAT_SECONDS)
            if asking.done():
                return
            try:
                if not await self._beat():
                    asking.cancel()
            except ParleyError as error:
                log.warning("beat_failed", run=self.claimed.run.id, code=error.code)

    async def _beat(self) -> bool:
        """False if another worker or a newer turn has the run now."""
        cause = self.claimed.due("beat")
        changed = await self._threads.change(
            self.claimed.thread_id, cause, lambda thread: runs.beat(thread, self.claimed)
        )
        return changed.fresh
