"""One claimed run in a worker's hands, from the question to the record. The model is called outside any save.

A beat every two seconds says that the worker lives and hears whether the run is still its own. If it is not (a newer
turn, a lease that ran out), the call is stopped; the tokens known of are booked all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
import tenacity

from ai_responder.answering import Answering, used
from ai_responder.domain import runs
from ai_responder.domain.outcome import Outcome
from ai_responder.domain.runs import Claimed, Setback, Thread
from ai_responder.domain.tokens import Call
from ai_responder.job_loader import Desk
from ai_responder.model import ModelAway
from ai_responder.store import Threads
from shared.aggregates import Decision
from shared.clock import Clock
from shared.errors import Conflict, ParleyError, Unavailable

log = structlog.get_logger()

BEAT_SECONDS = 2.0
RECORD_FOR_SECONDS = 60.0
"""How long an answer is held on to while our own database is away."""

Decide = Callable[[Thread | None], Decision[Thread] | None]


class Shift:
    def __init__(self, claimed: Claimed, desk: Desk, answering: Answering, threads: Threads, clock: Clock) -> None:
        self.claimed = claimed
        self._desk = desk
        self._answering = answering
        self._threads = threads
        self._clock = clock
        self._calls: list[Call] = []
        self._asking = asyncio.create_task(self._ask())

    def stop_asking(self) -> None:
        """A newer turn has come: nobody wants this answer any more."""
        self._asking.cancel()

    async def work(self) -> None:
        """See the run through. If told to stop, gives it back for others to take at once."""
        beating = asyncio.create_task(self._keep_alive())
        try:
            await asyncio.wait({self._asking})
            await self._settle()
        except asyncio.CancelledError:
            self._asking.cancel()
            await asyncio.shield(self._put_off(Setback(reason="the worker was stopped", counts=0)))
            raise
        finally:
            beating.cancel()

    async def _ask(self) -> Outcome:
        job = await self._desk.job_for(self.claimed, self._calls)
        return job if isinstance(job, Outcome) else await self._answering.answer(job)

    async def _settle(self) -> None:
        if self._asking.cancelled():
            await self._put_off(Setback(reason="superseded", counts=0))
            return
        error = self._asking.exception()
        if error is None:
            await self._record(self._asking.result())
        elif isinstance(error, ModelAway):
            log.info("model_away", run=self.claimed.run.id, reason=error.reason, after=error.after)
            await self._put_off(Setback(reason=error.reason, after_seconds=error.after))
        elif isinstance(error, Unavailable):
            log.info("run_waits", run=self.claimed.run.id, code=error.code)
            await self._put_off(Setback(reason="a part of the platform was away", after_seconds=error.after))
        else:
            log.error("answering_failed", run=self.claimed.run.id, exc_info=error)
            await self._put_off(Setback(reason="our own mistake; it has been logged"))

    async def _record(self, outcome: Outcome) -> None:
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

    async def _keep_alive(self) -> None:
        while not self._asking.done():
            await asyncio.wait({self._asking}, timeout=BEAT_SECONDS)
            if self._asking.done():
                return
            try:
                if not await self._beat():
                    self._asking.cancel()
            except ParleyError as error:
                log.warning("beat_failed", run=self.claimed.run.id, code=error.code)

    async def _beat(self) -> bool:
        """False if the run is not ours any more."""
        cause = self.claimed.due("beat")
        changed = await self._threads.change(
            self.claimed.thread_id, cause, lambda thread: runs.beat(thread, self.claimed)
        )
        return changed.fresh
