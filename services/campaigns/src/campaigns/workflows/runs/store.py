"""How people's runs and the rows of runs are kept."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime
from typing import Any

import orjson

from campaigns.workflows.runs.domain.participant import Participant
from campaigns.workflows.runs.domain.records import ENDINGS, RUNS, STIRRED
from shared.aggregates import Aggregates, Kind
from shared.database.paging import pages
from shared.database.protocol import Collection, CollectionSpec, Document, In, Page, Range, Sort
from shared.errors import NotFound

PARTICIPANTS = Kind(
    "participants",
    Participant,
    fields={"due_at": "datetime"},
    indexes=(("due_at",),),
    index=lambda participant: {"due_at": participant.due_at},
)
Participants = Aggregates[Participant]
RUN_SPEC = CollectionSpec(
    RUNS,
    {
        "tenant_id": "str",
        "workflow_id": "str",
        "campaign_id": "str",
        "state": "str",
        "place": "str",
        "held": "str",
        "started_at": "datetime",
        "ended_at": "datetime",
    },
    (
        ("tenant_id", "workflow_id", "started_at"),
        ("tenant_id", "workflow_id", "state", "started_at"),
        ("tenant_id", "workflow_id", "place"),
        ("tenant_id", "campaign_id", "state"),
        ("tenant_id", "held"),
        ("tenant_id", "ended_at"),
    ),
)
STIRRED_SPEC = CollectionSpec(STIRRED, {"due_at": "datetime"}, (("due_at",),))
ENDING_SPEC = CollectionSpec(ENDINGS, {"due_at": "datetime"}, (("due_at",),))
UNDER_WAY = ("waiting", "running")
PAGE = 500


class RunRows:
    """The filed rows: what lists, counts and other parts of the service find runs by."""

    def __init__(self, rows: Collection) -> None:
        self.collection = rows

    async def get(self, tenant_id: str, run_id: str) -> Document:
        """Raises `NotFound`."""
        row = await self.collection.get(run_id)
        if row is None or row["tenant_id"] != tenant_id:
            raise NotFound("not_found", "There is no such run.")
        return row

    async def page(self, where: dict[str, Any], limit: int, cursor: str | None) -> Page:
        """Newest first."""
        return await self.collection.find(where, sort=Sort("started_at", descending=True), limit=limit, cursor=cursor)

    async def places(self, tenant_id: str, workflow_id: str) -> dict[str, int]:
        """Runs by `place`."""
        return await self.collection.count_by({"tenant_id": tenant_id, "workflow_id": workflow_id}, "place")

    def under_way_of_campaign(self, tenant_id: str, campaign_id: str) -> AsyncIterator[list[Document]]:
        where = {"tenant_id": tenant_id, "campaign_id": campaign_id, "state": In(UNDER_WAY)}
        return pages(self.collection, where, size=PAGE)

    def held_of_tenant(self, tenant_id: str, reason: str) -> AsyncIterator[list[Document]]:
        return pages(self.collection, {"tenant_id": tenant_id, "held": reason}, size=PAGE)

    async def forget(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        """Runs that ended before this moment, page by page."""
        while True:
            where = {"tenant_id": tenant_id, "ended_at": Range(lt=before)}
            page = await self.collection.find(where, sort=Sort("ended_at"), limit=PAGE)
            if not page.items:
                return
            yield await self.collection.delete({"id": In([row["id"] for row in page.items])})


def wire_of(row: Document) -> dict[str, Any]:
    """The run as the API shows it."""
    return orjson.loads(row["run"])
