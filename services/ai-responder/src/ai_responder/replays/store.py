"""Replays and their cases."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta
from typing import Any

from ai_responder.replays.domain.case import CASES, PastTurn, ReplayCase, case_document, case_id
from ai_responder.replays.domain.replay import Replay
from shared.aggregates import Aggregates, Kind
from shared.clock import Clock
from shared.database.paging import delete_if, pages
from shared.database.protocol import Collection, CollectionSpec, Document, In, Page, Range, Sort
from shared.erasure import ErasedPerson
from shared.errors import NotFound
from shared.internal.kept import KeptIn, Rows, of_tenant

REPLAYS = Kind(
    "replays",
    Replay,
    fields={"assistant_id": "str", "created_at": "datetime", "due_at": "datetime"},
    indexes=(("tenant_id", "assistant_id", "created_at"), ("due_at",), ("tenant_id", "due_at"), ("created_at",)),
    index=lambda replay: {
        "assistant_id": replay.assistant_id,
        "created_at": replay.created_at,
        "due_at": replay.due_at,
    },
)
CASE_SPEC = CollectionSpec(
    CASES,
    {"tenant_id": "str", "replay_id": "str", "contact": "str", "at": "datetime"},
    (("tenant_id", "replay_id"), ("tenant_id", "contact"), ("tenant_id", "at")),
)
KEPT = timedelta(days=30)


class Replays:
    def __init__(self, aggregates: Aggregates[Replay], cases: Collection, clock: Clock) -> None:
        self.aggregates = aggregates
        self._cases = cases
        self._clock = clock

    async def get(self, tenant_id: str, assistant_id: str, id: str) -> Replay:
        """Raises `NotFound`, also for one of another tenant or assistant."""
        replay = await self.aggregates.get(id)
        if replay is None or (replay.tenant_id, replay.assistant_id) != (tenant_id, assistant_id):
            raise NotFound("not_found", "this assistant has no such replay")
        return replay

    async def page(self, tenant_id: str, assistant_id: str, limit: int, cursor: str | None) -> Page:
        """Documents, the newest first."""
        where = {"tenant_id": tenant_id, "assistant_id": assistant_id}
        newest = Sort("created_at", descending=True)
        return await self.aggregates.find(where, sort=newest, limit=limit, cursor=cursor)

    async def latest(self, tenant_id: str, assistant_id: str) -> list[Replay]:
        page = await self.page(tenant_id, assistant_id, 50, None)
        return [self.aggregates.state_of(document) for document in page.items]

    async def count_open(self, tenant_id: str) -> int:
        return await self.aggregates.store.count({"tenant_id": tenant_id, "due_at": Range(gte=self._since())})

    async def add_cases(self, tenant_id: str, replay_id: str, turns: Sequence[PastTurn], first: int) -> None:
        """Under ids by their number: repeating it adds nothing."""
        cases = [ReplayCase(replay_id=replay_id, n=n, turn=turn) for n, turn in enumerate(turns, start=first)]
        await self._cases.insert_many([case_document(tenant_id, case) for case in cases])

    async def case(self, replay_id: str, n: int) -> ReplayCase | None:
        """None: it was erased, or the retention period has deleted it."""
        document = await self._cases.get(case_id(replay_id, n))
        return ReplayCase.read(document["case"]) if document else None

    async def cases(self, replay: Replay, limit: int, cursor: str | None) -> tuple[list[ReplayCase], str | None]:
        where = {"tenant_id": replay.tenant_id, "replay_id": replay.id}
        page = await self._cases.find(where, limit=limit, cursor=cursor)
        return [ReplayCase.read(document["case"]) for document in page.items], page.next_cursor

    async def erase(self, person: ErasedPerson) -> int:
        """Delete every case of this person, and uploaded ones that name them."""
        numbers, erased = list(person.phone_numbers), 0
        if numbers:
            erased = await self._cases.delete({"tenant_id": person.tenant_id, "contact": In(numbers)})
        uploaded = {"tenant_id": person.tenant_id, "contact": None}
        return erased + await delete_if(self._cases, uploaded, Sort(), lambda row: person.is_among(row["case"]))

    @property
    def kept_cases(self) -> Rows:
        """For an export: a person's turns, and uploaded cases that name them."""
        return Rows(self._cases, of_tenant, Sort("at"), _kept)

    async def forget(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        """Delete cases with texts from before this moment."""
        async for page in pages(self._cases, {"tenant_id": tenant_id, "at": Range(lt=before)}, Sort("at")):
            yield await self._cases.delete({"id": In([one["id"] for one in page])})

    async def forget_old(self) -> int:
        """Delete replays of more than 30 days ago with their cases."""
        page = await self.aggregates.find({"created_at": Range(lt=self._clock.now() - KEPT)}, sort=Sort("created_at"))
        for document in page.items:
            await self._cases.delete({"tenant_id": document["tenant_id"], "replay_id": document["id"]})
            await self.aggregates.store.delete({"id": document["id"]})
        return len(page.items)

    def _since(self) -> datetime:
        return self._clock.now() - KEPT


def _kept(document: Document, asked: KeptIn) -> dict[str, Any] | None:
    is_theirs = document["contact"] in asked.phone_numbers
    if is_theirs or (document["contact"] is None and asked.mentions.is_among(document["case"])):
        return document["case"]
    return None
