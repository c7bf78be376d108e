"""Counts the runs of workflows in which something moved, half a second later, and publishes new figures.

Each change of a run files a mark. Marks of one workflow that are found together cause one count and are deleted after
it. A mark filed after the count began stays for the next round, so every change is counted.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict

import structlog

from campaigns.workflows.definitions.domain import StepCount, recount
from campaigns.workflows.definitions.store import Workflows
from campaigns.workflows.runs.store import RunRows
from shared.aggregates import Cause
from shared.clock import Clock
from shared.database.protocol import Collection, In, Range, Sort
from shared.errors import Conflict, ParleyError

log = structlog.get_logger()

EVERY_SECONDS = 0.5
MARKS_AT_ONCE = 1000


class WorkflowFigures:
    def __init__(self, workflows: Workflows, rows: RunRows, stirred: Collection, clock: Clock) -> None:
        self._workflows = workflows
        self._rows = rows
        self._stirred = stirred
        self._clock = clock

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                await self.once()
            except ParleyError as error:
                log.warning("counting_runs_failed", code=error.code)
            await asyncio.sleep(EVERY_SECONDS)

    async def once(self) -> int:
        """Count the workflows with due marks; returns how many marks were read."""
        due = {"due_at": Range(lte=self._clock.now())}
        page = await self._stirred.find(due, sort=Sort("due_at"), limit=MARKS_AT_ONCE)
        marks: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for mark in page.items:
            marks[mark["tenant_id"], mark["workflow_id"]].append(mark["id"])
        for (tenant_id, workflow_id), ids in marks.items():
            try:
                await self._count(tenant_id, workflow_id)
            except Conflict:
                continue  # the marks stay for the next round
            await self._stirred.delete({"id": In(ids)})
        return len(page.items)

    async def _count(self, tenant_id: str, workflow_id: str) -> None:
        """Raises `Conflict` if the workflow changed since this count began: another process may have counted later."""
        known = await self._workflows.aggregates.get(workflow_id)
        if known is None:
            return
        seen, places = known.revision, await self._rows.places(tenant_id, workflow_id)
        counts = tuple(_step_count(place, runs) for place, runs in sorted(places.items()))
        cause = Cause.due(tenant_id, f"count|{workflow_id}|{seen}", workflow_id)
        await self._workflows.aggregates.change(workflow_id, cause, lambda now: recount(now, seen, counts))


def _step_count(place: str, runs: int) -> StepCount:
    state, _, step = place.partition("|")
    return StepCount.read({"step": step, "state": state, "runs": runs})
