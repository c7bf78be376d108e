"""Collections of threads and trials, and the queries on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from ai_responder.domain.runs import Run, Thread
from ai_responder.domain.trials import Trial
from shared.aggregates import Aggregates, Kind
from shared.database.paging import documents
from shared.database.protocol import Range, Sort

THREADS = Kind(
    "threads",
    Thread,
    fields={"due_at": "datetime", "running": "bool"},
    indexes=(("tenant_id", "due_at"), ("due_at",), ("running",)),
    index=lambda thread: {"due_at": thread.run.due_at, "running": True if thread.run.state == "running" else None},
)
TRIALS = Kind(
    "trials",
    Trial,
    fields={"tried_at": "datetime"},
    indexes=(("tried_at",),),
    index=lambda trial: {"tried_at": trial.tried_at},
)
TRIALS_KEPT = timedelta(days=30)

Threads = Aggregates[Thread]
Trials = Aggregates[Trial]


async def tenants_with_due_runs(threads: Threads, before: datetime) -> list[str]:
    counts: dict[Any, int] = await threads.store.count_by({"due_at": Range(lte=before)}, "tenant_id")
    return list(counts)


async def due_threads(threads: Threads, tenant_id: str, before: datetime, limit: int) -> list[str]:
    """The tenant's threads with a run to claim, the longest waiting first."""
    page = await threads.find({"tenant_id": tenant_id, "due_at": Range(lte=before)}, sort=Sort("due_at"), limit=limit)
    return [document["id"] for document in page.items]


async def running_runs(threads: Threads) -> AsyncIterator[tuple[str, str, Run]]:
    """Every claimed run of any worker: thread id, tenant id, run."""
    async for document in documents(threads, {"running": True}):
        yield document["id"], document["tenant_id"], threads.state_of(document).run


async def forget_old_trials(trials: Trials, now: datetime) -> int:
    return await trials.store.delete({"tried_at": Range(lt=now - TRIALS_KEPT)})
