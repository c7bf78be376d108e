"""The tenants' guides: one aggregate each, remembered for a moment for requests of answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from conversation.domain.judgement.autopilot import Autopilot
from conversation.guides.domain.guide import MOST_GUIDES, Guide, delete, require_there, revise
from shared.aggregates import Aggregates, Cause, Decision, Kind
from shared.aggregates.room import NewAggregate, Room
from shared.clock import Clock
from shared.database.protocol import Page, Sort
from shared.errors import NotFound, Refused

GUIDES = Kind(
    "guides",
    Guide,
    fields={"applies": "bool", "priority": "int", "created_at": "datetime", "there": "bool"},
    indexes=(("tenant_id", "applies", "priority"), ("tenant_id", "there", "created_at")),
    index=lambda guide: {
        "applies": guide.applies,
        "priority": guide.priority,
        "created_at": guide.created_at,
        "there": guide.deleted_at is None,
    },
)
REMEMBERED_SECONDS = 1.0
_REMEMBERED_TENANTS = 1_000


class Guides:
    def __init__(self, aggregates: Aggregates[Guide], clock: Clock) -> None:
        self._aggregates = aggregates
        self._clock = clock
        self.room = Room(MOST_GUIDES, _too_many)
        self._remembered: dict[str, tuple[float, tuple[Guide, ...]]] = {}

    async def of_tenant(self, tenant_id: str) -> tuple[Guide, ...]:
        """Those that apply. A change by another process shows after a second, one by this process at once."""
        since, guides = self._remembered.get(tenant_id, (0.0, ()))
        now = self._clock.monotonic()
        if tenant_id in self._remembered and now - since < REMEMBERED_SECONDS:
            return guides
        where = {"tenant_id": tenant_id, "applies": True}
        page = await self._aggregates.find(where, sort=Sort("priority", descending=True), limit=MOST_GUIDES)
        guides = tuple(self._aggregates.state_of(document) for document in page.items)
        if len(self._remembered) >= _REMEMBERED_TENANTS:
            self._remembered.clear()
        self._remembered[tenant_id] = (now, guides)
        return guides

    async def page(self, tenant_id: str, limit: int, cursor: str | None) -> Page:
        """Documents of those that are not deleted, the oldest first."""
        where = {"tenant_id": tenant_id, "there": True}
        return await self._aggregates.find(where, sort=Sort("created_at"), limit=limit, cursor=cursor)

    def state_of(self, document: dict[str, Any]) -> Guide:
        return self._aggregates.state_of(document)

    async def get(self, tenant_id: str, id: str) -> Guide:
        """Raises `NotFound`."""
        guide = _of(tenant_id, await self._aggregates.get(id))
        require_there(guide)
        return guide

    async def autopilot_of(self, tenant_id: str, id: str) -> Autopilot | None:
        """The guide's setting; None if the tenant has no such guide any more."""
        guide = await self._aggregates.get(id)
        return guide.autopilot if guide and guide.tenant_id == tenant_id and guide.deleted_at is None else None

    async def create(self, new: Guide, cause: Cause) -> Guide:
        """The guide, or the one that the same request created before. Raises `Refused("too_many_guides")`."""
        tenant_id, making = new.tenant_id, NewAggregate(self._aggregates, new.id, new, cause)
        await self.room.fill(
            tenant_id, making, partial(self._there, tenant_id), partial(self.delete, tenant_id, new.id)
        )
        self._remembered.pop(tenant_id, None)
        return making.state

    async def revise(self, tenant_id: str, id: str, changes: dict[str, Any], expected: int | None) -> Guide:
        """Raises `NotFound`, `Refused("conflict")`."""
        now = self._clock.now()
        return await self._change(tenant_id, id, lambda guide: revise(guide, changes, expected, now))

    async def delete(self, tenant_id: str, id: str) -> None:
        """Raises `NotFound`."""
        now: datetime = self._clock.now()
        await self._change(tenant_id, id, lambda guide: delete(guide, now))

    async def _there(self, tenant_id: str) -> int:
        return await self._aggregates.store.count({"tenant_id": tenant_id, "there": True})

    async def _change(self, tenant_id: str, id: str, decide: Callable[[Guide], Guide]) -> Guide:
        change = await self._aggregates.change(
            id, Cause.request(tenant_id), lambda known: Decision(decide(_of(tenant_id, known))), publish_later=True
        )
        self._remembered.pop(tenant_id, None)
        return _of(tenant_id, change.state)


def _of(tenant_id: str, guide: Guide | None) -> Guide:
    if guide is None or guide.tenant_id != tenant_id:
        raise NotFound("not_found", "you have no such guide")
    return guide


def _too_many(most: int) -> Refused:
    return Refused("too_many_guides", f"you have {most} guides; delete one first")
