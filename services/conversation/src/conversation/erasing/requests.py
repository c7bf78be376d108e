"""Begins erasures and says how far they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from conversation.erasing.domain.erasure import Erasure, Wish, begin, erasure_id, note_done
from conversation.people.store import People
from shared.aggregates import Aggregates, Cause, Kind
from shared.database.protocol import Sort
from shared.erasure import ErasureKeys
from shared.errors import NotFound
from shared.events import ContactErasureDone, Event

ERASURES = Kind(
    "contact_erasures",
    Erasure,
    fields={"contact_id": "str", "requested_at": "datetime"},
    indexes=(("tenant_id", "contact_id", "requested_at"),),
    index=lambda erasure: {"contact_id": erasure.contact_id, "requested_at": erasure.requested_at},
)


@dataclass(frozen=True)
class ErasureRequests:
    erasures: Aggregates[Erasure]
    people: People
    keys: ErasureKeys
    now: Callable[[], datetime]

    async def begin(self, tenant_id: str, contact_id: str, by: str) -> Erasure:
        """The contact is gone when this returns; the rest follows. Asked again, the same erasure. Raises `NotFound`."""
        try:
            contact = await self.people.get(tenant_id, contact_id)
        except NotFound:
            if (before := await self._latest(tenant_id, contact_id)) is not None:
                return before
            raise
        wish = Wish(by, self.now(), self.keys.sealed(await self.keys.made_for(tenant_id)))
        id = erasure_id(contact)
        cause = Cause.request(tenant_id, f"erase|{id}", correlation_id=id)
        change = await self.erasures.change(id, cause, lambda known: begin(known, contact, wish), publish_later=True)
        await self.people.erase_documents(contact)
        return change.state or await self.get(tenant_id, id)

    async def get(self, tenant_id: str, id: str) -> Erasure:
        """Raises `NotFound`."""
        erasure = await self.erasures.get(id)
        if erasure is None or erasure.tenant_id != tenant_id:
            raise NotFound("not_found", "no erasure has this id")
        return erasure

    async def on_contact_erasure_done(self, event: Event[ContactErasureDone]) -> None:
        done = event.data
        await self.erasures.change(
            done.erasure_id, Cause.of(event), lambda known: note_done(known, done.service, event.time)
        )

    async def _latest(self, tenant_id: str, contact_id: str) -> Erasure | None:
        where = {"tenant_id": tenant_id, "contact_id": contact_id}
        page = await self.erasures.find(where, sort=Sort("requested_at", descending=True), limit=1)
        return self.erasures.state_of(page.items[0]) if page.items else None
