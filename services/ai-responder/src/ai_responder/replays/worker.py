"""Works on replays, one step at a time in a process: a page of turns to collect, or one case to answer.

Customers come first: a step begins only while no run waits for a worker. Tenants take turns, because each step puts its
replay behind those that were due before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog

from ai_responder.answering import used
from ai_responder.domain.tokens import ModelCall
from ai_responder.model import ModelAway
from ai_responder.replays.answers import ReplayAnswers
from ai_responder.replays.domain import replay as decisions
from ai_responder.replays.domain.replay import Replay
from ai_responder.replays.past_turns import PastTurns
from ai_responder.replays.store import Replays
from shared.aggregates import Cause, Decision
from shared.clock import Clock
from shared.database.paging import documents
from shared.database.protocol import Document, Range
from shared.errors import NotFound, Refused, Unavailable
from shared.service.alarm import Alarm
from shared.service.due import DueLoop
from shared.service.holder import Holder

log = structlog.get_logger()

POLL_SECONDS = 30.0
"""A new replay rings. The poll is for those of processes that died."""
LOOK_SECONDS = 0.25
Decide = Callable[[Replay | None], Decision[Replay] | None]


@dataclass(frozen=True)
class ReplayWorker:
    replays: Replays
    turns: PastTurns
    answers: ReplayAnswers
    clock: Clock
    holder: Holder
    alarm: Alarm
    customers_wait: Callable[[], bool]
    """Whether runs of customers wait for a worker of this process."""

    async def run(self) -> None:
        """For ever."""
        await self.take_over()
        await self.loop.run()

    @property
    def loop(self) -> DueLoop:
        store = self.replays.aggregates.store
        return DueLoop(store, self.step, self.clock, at_once=1, poll_seconds=POLL_SECONDS, alarm=self.alarm)

    async def take_over(self) -> None:
        """Steps of a process that is known to have ended need not wait for their lease."""
        claimed = {"due_at": Range(gt=self.clock.now())}
        async for document in documents(self.replays.aggregates, claimed):
            replay = self.replays.aggregates.state_of(document)
            if self.holder.outlived(replay.holder):
                await self._change(replay, "take over", partial(decisions.take_over, seen=replay, now=self.clock.now()))

    async def step(self, document: Document) -> None:
        """The next step of a replay that is due; none while customers wait: the loop comes back."""
        if self.customers_wait():
            await asyncio.sleep(LOOK_SECONDS)
            return
        replay, now = self.replays.aggregates.state_of(document), self.clock.now()
        claimed = await self._change(replay, "claim", partial(decisions.claim, now=now, holder=self.holder.id))
        if claimed is not None:
            calls: list[ModelCall] = []
            await self._change(claimed, "done", await self._worked(claimed, calls))

    async def _worked(self, claimed: Replay, calls: list[ModelCall]) -> Decide:
        """What follows from one step, whatever happened in it."""
        try:
            return await (self._collect(claimed) if claimed.state == "collecting" else self._answer(claimed, calls))
        except (NotFound, Refused) as error:
            return partial(decisions.fail, claimed=claimed, why=error.detail, calls=used(calls), now=self.clock.now())
        except ModelAway as error:
            why = error.reason
        except Unavailable:
            why = "a part of the platform is unavailable"
        except Exception:
            log.exception("replay_step_failed", replay=claimed.id, case=claimed.done)
            why = "an error in the platform; the operator's log has it"
        return partial(decisions.put_off, claimed=claimed, why=why, calls=used(calls), now=self.clock.now())

    async def _collect(self, claimed: Replay) -> Decide:
        past = claimed.past
        if past is None:
            raise NotFound("not_found", "it has no conversations to collect")
        turns, cursor = await self.turns.page(claimed.tenant_id, past, claimed.cursor)
        new = turns[: past.limit - claimed.cases]
        await self.replays.add_cases(claimed.tenant_id, claimed.id, new, claimed.cases)
        return partial(decisions.collected, claimed=claimed, found=len(new), cursor=cursor, now=self.clock.now())

    async def _answer(self, claimed: Replay, calls: list[ModelCall]) -> Decide:
        case = await self.replays.case(claimed.id, claimed.done)
        if case is None:
            return partial(decisions.skipped, claimed=claimed, now=self.clock.now())
        done = await self.answers.answered(claimed, case, calls)
        return partial(decisions.answered, claimed=claimed, case=done, calls=used(calls), now=self.clock.now())

    async def _change(self, replay: Replay, what: str, decide: Decide) -> Replay | None:
        cause = Cause.due(replay.tenant_id, f"replay|{replay.id}|{what}|{replay.claim}", replay.id)
        change = await self.replays.aggregates.change(replay.id, cause, decide)
        if change.state and change.state.due_at:
            self.alarm.ring(change.state.due_at)
        return change.answer
