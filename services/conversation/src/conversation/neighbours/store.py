"""The tenants' neighbours: one small aggregate each. They hold no data of customers, except while the broker is away:
what a neighbour reports waits in its outbox then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from conversation.activities.domain.activity import activity_id
from conversation.neighbours.domain.neighbour import MOST_NEIGHBOURS, Neighbour, delete, require_there, too_many
from shared.aggregates import Aggregates, Cause, Decision, Kind, NewEvent
from shared.aggregates.room import NewAggregate, Room
from shared.database.protocol import Page, Sort
from shared.errors import NotFound
from shared.events import ContactActivity

NEIGHBOURS = Kind(
    "neighbours",
    Neighbour,
    fields={"created_at": "datetime", "there": "bool"},
    indexes=(("tenant_id", "there", "created_at"),),
    index=lambda neighbour: {"created_at": neighbour.created_at, "there": neighbour.deleted_at is None},
)


class Neighbours:
    def __init__(self, aggregates: Aggregates[Neighbour]) -> None:
        self._aggregates = aggregates
        self.room = Room(MOST_NEIGHBOURS, too_many)

    async def page(self, tenant_id: str, limit: int, cursor: str | None) -> Page:
        """Documents of those that are not deleted, the oldest first."""
        where = {"tenant_id": tenant_id, "there": True}
        return await self._aggregates.find(where, sort=Sort("created_at"), limit=limit, cursor=cursor)

    def state_of(self, document: dict[str, Any]) -> Neighbour:
        return self._aggregates.state_of(document)

    async def get(self, tenant_id: str, id: str) -> Neighbour:
        """Raises `NotFound`."""
        neighbour = _of(tenant_id, await self._aggregates.get(id))
        require_there(neighbour)
        return neighbour

    async def find(self, id: str) -> Neighbour | None:
        """By the id of an address, which our signature vouches for. None if it was deleted."""
        neighbour = await self._aggregates.get(id)
        return neighbour if neighbour and neighbour.deleted_at is None else None

    async def create(self, new: Neighbour, cause: Cause) -> Neighbour:
        """The neighbour, or the one that the same request created before. Raises `Refused("too_many_neighbours")`."""
        tenant_id, making = new.tenant_id, NewAggregate(self._aggregates, new.id, new, cause)
        await self.room.fill(
            tenant_id, making, partial(self._there, tenant_id), partial(self.delete, tenant_id, new.id, new.created_at)
        )
        return making.state

    async def delete(self, tenant_id: str, id: str, now: datetime) -> None:
        """Raises `NotFound`."""
        await self.change(tenant_id, id, Cause.request(tenant_id), partial(delete, now=now))

    async def change(
        self, tenant_id: str, id: str, cause: Cause, decide: Callable[[Neighbour], Neighbour]
    ) -> Neighbour:
        """Raises `NotFound`. With the cause of a request that was handled before, nothing changes again."""
        change = await self._aggregates.change(
            id, cause, lambda known: Decision(decide(_of(tenant_id, known))), publish_later=True
        )
        return _of(tenant_id, change.state)

    async def report_later(self, neighbour: Neighbour, told: ContactActivity) -> str:
        """Publish this as soon as the broker is back, as the event that `ActivityReports` makes of it: one that went
        out without a confirm counts once. Returns the activity's id. Raises `Unavailable("outbox_full")`."""
        id = activity_id(neighbour.tenant_id, told.channel, told.activity_id)
        event = NewEvent(told, subject=id, key=id, discriminator="")
        cause = Cause(id, neighbour.tenant_id, correlation_id=id)
        await self._aggregates.change(
            neighbour.id, cause, lambda known: Decision(_of(neighbour.tenant_id, known), (event,)), publish_later=True
        )
        return id

    async def _there(self, tenant_id: str) -> int:
        return await self._aggregates.store.count({"tenant_id": tenant_id, "there": True})


def _of(tenant_id: str, neighbour: Neighbour | None) -> Neighbour:
    if neighbour is None or neighbour.tenant_id != tenant_id:
        raise NotFound("not_found", "you have no such neighbour")
    return neighbour
