"""Tells other services of changed contacts: by `contact.changed`, and by pages that they may ask for."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from conversation.labels.names import LabelNames
from conversation.people.domain.contact import Contact
from conversation.people.domain.news import changed_event
from conversation.people.store import People, contact_of
from shared.broker.protocol import Broker, Message
from shared.clock import Clock
from shared.database.protocol import HasTerms
from shared.errors import NotFound
from shared.events import Event, event_id
from shared.http.paging import listing
from shared.internal.access import internal_only
from shared.keyring import Keyring


class ContactNews:
    def __init__(self, broker: Broker, clock: Clock, source: str) -> None:
        self._broker = broker
        self._clock = clock
        self._source = source

    async def publish(self, contact: Contact, id: str) -> None:
        """Under one of the ids that lead to it. Returns with the broker's confirm. A repeat for the same revision is
        the same event."""
        tenant_id, data = contact.tenant_id, changed_event(contact, id)
        cause = f"contact|{data.contact_id}|{data.revision}"
        event = Event(
            id=event_id(tenant_id, self._source, cause, data.TYPE, ""),
            source=self._source,
            subject=data.contact_id,
            time=self._clock.now(),
            tenant_id=tenant_id,
            partition_key=data.contact_id,
            data=data,
        )
        await self._broker.publish(
            Message(data.routing_key(self._source), event.encode(), event.id, tenant_id, data.contact_id)
        )


def contact_pages(service: str, people: People, labels: LabelNames, keyring: Keyring) -> APIRouter:
    """`GET /internal/<service>/contacts?tenant_id=&label=` and `…/{contact_id}`: rows in the shape of the event."""
    router = APIRouter(
        prefix=f"/internal/{service}/contacts",
        dependencies=[Depends(internal_only(keyring))],
        include_in_schema=False,
    )

    @router.get("")
    async def page(
        tenant_id: str = "", label: str = "", limit: int = Query(default=500, ge=1, le=1000), cursor: str = ""
    ) -> dict[str, Any]:
        where: dict[str, Any] = {"tenant_id": tenant_id} if tenant_id else {}
        name = await labels.name_of(tenant_id, label) if label else ""
        where |= {"label_terms": HasTerms([name.casefold()])} if name else {"stands_for": None}
        found = await people.records.find(where, limit=limit, cursor=cursor)
        return listing([changed_event(contact_of(document)).jsonable() for document in found.items], found.next_cursor)

    @router.get("/{contact_id}")
    async def one(contact_id: str) -> dict[str, Any]:
        """Also under an id that leads to it, which the row carries then."""
        contact = await people.answering(contact_id)
        if contact is None or contact_id not in contact.leads:
            raise NotFound("not_found", f"no contact {contact_id}")
        return changed_event(contact, contact_id).jsonable()

    return router
