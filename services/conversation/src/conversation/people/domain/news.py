"""A contact as other services hear of it."""

from __future__ import annotations

from conversation.domain.contact_fields import pairs_of
from conversation.people.domain.contact import Contact
from shared.events import ContactChanged


def changed_event(contact: Contact, id: str | None = None) -> ContactChanged:
    """Under its own id, or under another that leads to it."""
    return ContactChanged(
        contact_id=id or contact.id,
        revision=contact.shown + contact.leads.get(id or contact.id, 0),
        phone_numbers=contact.phone_numbers,
        name=contact.name,
        company=contact.company,
        timezone=contact.timezone,
        fields=tuple(pairs_of(contact.fields)),
        labels=contact.labels,
        tenant_id=contact.tenant_id,
    )
