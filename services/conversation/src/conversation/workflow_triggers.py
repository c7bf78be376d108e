"""Which keywords and events start workflows of each tenant: a copy of what campaigns owns, held in memory.

Asked for each inbound text, so it must cost none of them a read. An event reaches one instance; the others look for
changes every second, so they decide for so long by what was true before.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta

import structlog

from conversation.domain.workflows.triggers import NO_TRIGGERS, Triggers
from shared.clock import Clock
from shared.consent import keyword_form
from shared.database.paging import documents
from shared.database.protocol import CollectionSpec, Database, Document, Range, Sort
from shared.errors import ParleyError
from shared.events import Event, WorkflowUpdated
from shared.internal.client import InternalClient

log = structlog.get_logger()

SPEC = CollectionSpec("workflow_triggers", {"changed_at": "datetime"}, (("changed_at",),))
REFRESH_SECONDS = 1.0
OVERLAP = timedelta(seconds=10)
"""More than clocks of instances may differ, which is 2 s."""
_STARTED_BY_TEXTS = ("keyword", "new_conversation")


class WorkflowTriggers:
    def __init__(self, database: Database, clock: Clock, internal: InternalClient) -> None:
        self._rows = database.collection(SPEC)
        self._clock = clock
        self._internal = internal
        self._known: defaultdict[str, dict[str, Document]] = defaultdict(dict)
        """By tenant and workflow."""
        self._triggers: dict[str, Triggers] = {}
        self._read_to: datetime | None = None

    async def on_event(self, event: Event[WorkflowUpdated]) -> None:
        await self._keep(event.data)

    async def fill(self) -> None:
        """Read all that campaigns has. A database that was emptied knows them again by this."""
        async for row in self._internal.rows("campaigns", "workflows"):
            await self._keep(WorkflowUpdated.read(row))

    async def _keep(self, data: WorkflowUpdated) -> None:
        """Without a trigger it says nothing new."""
        trigger = data.trigger
        if trigger is None:
            return
        row = {
            "id": data.workflow_id,
            "revision": data.revision,
            "tenant_id": data.tenant_id,
            "type": trigger.type if trigger.active and trigger.type in _STARTED_BY_TEXTS else None,
            "keywords": [form for word in trigger.keywords if (form := keyword_form(word))],
            "changed_at": self._clock.now(),
        }
        if await self._rows.put(row):
            self._note(row)

    async def of_tenant(self, tenant_id: str) -> Triggers:
        if self._read_to is None:
            await self.once()
        return self._triggers.get(tenant_id, NO_TRIGGERS)

    async def once(self) -> None:
        """Read what has changed since the last time; at first all."""
        now, since = self._clock.now(), self._read_to
        where = {"changed_at": Range(gte=since - OVERLAP)} if since else {}
        async for row in documents(self._rows, where, Sort("changed_at") if since else Sort()):
            self._note(row)
        self._read_to = now

    async def run(self) -> None:
        """For ever; what fails is tried again. Texts do not wait for the first fill: events bring what changes."""
        filled = False
        while True:
            try:
                await self.once()
                if not filled:
                    await self.fill()
                    filled = True
            except ParleyError as error:
                log.info("triggers_not_read", code=error.code, detail=error.operator_detail)
            await asyncio.sleep(REFRESH_SECONDS)

    def _note(self, row: Document) -> None:
        known = self._known[row["tenant_id"]]
        present = known.get(row["id"])
        if present is None or present["revision"] < row["revision"]:
            known[row["id"]] = row
            self._triggers[row["tenant_id"]] = _triggers_of(list(known.values()))


def _triggers_of(rows: list[Document]) -> Triggers:
    keywords = frozenset(word for row in rows if row["type"] == "keyword" for word in row["keywords"])
    return Triggers(keywords, any(row["type"] == "new_conversation" for row in rows))
