"""An erased person in what ai-responder keeps: requests under way end unanswered, trials that name the person go."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from ai_responder.domain import runs
from ai_responder.domain.runs import Thread
from ai_responder.replays.store import Replays
from ai_responder.store import Threads, Trials
from shared.aggregates import Cause
from shared.database.paging import delete_if, pages
from shared.database.protocol import Range, Sort, Where
from shared.erasure import ErasedPerson
from shared.service.erasing import Step

AT_ANY_TIME = Range(gte=datetime(2000, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class AnswersErasure:
    runs: Threads
    tried: Trials
    replays: Replays

    @property
    def steps(self) -> dict[str, Step]:
        return {"threads": self.threads, "trials": self.trials, "replay_cases": self.replay_cases}

    async def replay_cases(self, person: ErasedPerson) -> int:
        return await self.replays.erase(person)

    async def threads(self, person: ErasedPerson) -> int:
        """A request lies here for minutes at most; conversation refuses what would still be answered."""
        erased = 0
        async for thread in self._with_a_request(person.tenant_id):
            cause = Cause.due(person.tenant_id, f"erase|{person.erasure_id}|{thread.id}", person.erasure_id)
            change = await self.runs.change(thread.id, cause, lambda known: runs.erase(known, person.phone_numbers))
            erased += change.fresh
        return erased

    async def trials(self, person: ErasedPerson) -> int:
        where = {"tenant_id": person.tenant_id}
        return await delete_if(self.tried.store, where, Sort(), lambda row: person.is_among(row["state"]))

    async def _with_a_request(self, tenant_id: str) -> AsyncIterator[Thread]:
        waiting: tuple[tuple[Where, Sort], ...] = (
            ({"tenant_id": tenant_id, "due_at": AT_ANY_TIME}, Sort("due_at")),
            ({"tenant_id": tenant_id, "running": True}, Sort()),
        )
        for where, sort in waiting:
            async for page in pages(self.runs.store, where, sort):
                for document in page:
                    yield self.runs.state_of(document)
