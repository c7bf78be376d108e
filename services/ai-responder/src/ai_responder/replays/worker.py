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
from ai_responder.replays.domain.case import ReplayCase
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
        if claimed is None:
            return
        if claimed.state == "collecting":
            await self._collect(claimed)
        else:
            await self._answer(claimed)

    async def _collect(self, claimed: Replay) -> None:
        past = claimed.past
        if past is None:
            return
        turns, cursor = await self.turns.page(claimed.tenant_id, past, claimed.cursor)
        new = turns[: past.limit - claimed.cases]
        await self.replays.add_cases(claimed.tenant_id, claimed.id, new, claimed.cases)
        now = self.clock.now()
        await self._change(
            claimed, "collected", lambda state: decisions.collected(state, claimed, len(new), cursor, now)
        )

    async def _answer(self, claimed: Replay) -> None:
        case, calls = await self.replays.case(claimed.id, claimed.done), list[ModelCall]()
        if case is None:
            await self._change(claimed, "skipped", lambda state: decisions.skipped(state, claimed, self.clock.now()))
            return
        decide = await self._outcome(claimed, case, calls)
        await self._change(claimed, "answered", decide)

    async def _outcome(self, claimed: Replay, case: ReplayCase, calls: list[ModelCall]) -> Decide:
        try:
            done = await self.answers.answered(claimed, case, calls)
        except (ModelAway, Unavailable) as error:
            why = error.reason if isinstance(error, ModelAway) else "a part of the platform is unavailable"
            now = self.clock.now()
            return lambda state: decisions.put_off(state, claimed, why, used(calls), now)
        except (NotFound, Refused) as error:
            why, now = error.detail, self.clock.now()
            return lambda state: decisions.fail(state, claimed, why, used(calls), now)
        now = self.clock.now()
        return lambda state: decisions.answered(state, claimed, done, used(calls), now)

    async def _change(self, replay: Replay, what: str, decide: Decide) -> Replay | None:
        cause = Cause.due(replay.tenant_id, f"replay|{replay.id}|{what}|{replay.claim}", replay.id)
        change = await self.replays.aggregates.change(replay.id, cause, decide)
        if change.state and change.state.due_at:
            self.alarm.ring(change.state.due_at)
        return change.answer
