"""One request to erase a person, and which services have done it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conversation.people.domain.contact import Contact
from shared.aggregates import Decision, NewEvent
from shared.events import ContactErased
from shared.events.catalogue import EVERY_HTTP_SERVICE
from shared.ids import derived_id
from shared.values import Moment, Value


class Erasure(Value):
    id: str
    tenant_id: str
    contact_id: str
    requested_at: Moment
    requested_by: str
    """A user or an API key of the tenant."""
    done: tuple[tuple[str, Moment], ...] = ()
    """Services, and when each had erased what it kept."""

    @property
    def missing(self) -> tuple[str, ...]:
        done = {service for service, _ in self.done}
        return tuple(service for service in EVERY_HTTP_SERVICE if service not in done)

    @property
    def completed_at(self) -> datetime | None:
        return None if self.missing else max(at for _, at in self.done)


@dataclass(frozen=True)
class Wish:
    """Who asks, when, and the tenant's key for what stays (sealed)."""

    by: str
    at: datetime
    key: str


def erasure_id(contact: Contact) -> str:
    """Two requests at once are one erasure. Somebody who comes back later is another contact under the same id."""
    since = contact.created_at.isoformat() if contact.created_at else ""
    return derived_id("era", contact.tenant_id, contact.id, since)


def begin(known: Erasure | None, contact: Contact, wish: Wish) -> Decision[Erasure] | None:
    if known is not None:
        return None
    id = erasure_id(contact)
    erasure = Erasure(
        id=id, tenant_id=contact.tenant_id, contact_id=contact.id, requested_at=wish.at, requested_by=wish.by
    )
    event = ContactErased(
        erasure_id=id,
        contact_id=contact.id,
        phone_numbers=contact.phone_numbers,
        emails=contact.emails,
        external_ids=contact.external_ids,
        other_ids=tuple(other for other in contact.ids if other != contact.id),
        at=wish.at,
        key=wish.key,
    )
    return Decision(erasure, events=(NewEvent(event, contact.id, contact.id),))


def note_done(known: Erasure | None, service: str, at: datetime) -> Decision[Erasure] | None:
    if known is None or service not in known.missing:
        return None
    return Decision(known.but(done=(*known.done, (service, at))))


def wire_of(erasure: Erasure) -> dict[str, Any]:
    """As the API shows it."""
    return {
        "id": erasure.id,
        "contact_id": erasure.contact_id,
        "state": "running" if erasure.missing else "done",
        "requested_at": erasure.requested_at,
        "completed_at": erasure.completed_at,
        "services": [
            {"service": service, "done_at": dict(erasure.done).get(service)} for service in EVERY_HTTP_SERVICE
        ],
    }
