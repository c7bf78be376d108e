"""One function per event. Each changes the contact that the event is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from campaigns.counting.domain import contact
from campaigns.counting.domain.contact import Contact, contact_id
from campaigns.counting.store import Contacts
from shared.aggregates import Cause, Decision
from shared.clock import Clock
from shared.events import ConsentChanged, ContactTexted, Event, EventData, SmsInbound, SmsStatus

Note = Callable[[Contact, datetime], Decision[Contact] | None]


async def on_sms_status(event: Event[SmsStatus], contacts: Contacts, clock: Clock) -> None:
    if event.data.campaign_id is None:
        return  # a workflow's text without a campaign, or from the queue of an earlier version
    await _note(
        event, event.data.contact, contacts, clock, lambda known, now: contact.note_status(known, event.data, now)
    )


async def on_contact_texted(event: Event[ContactTexted], contacts: Contacts, clock: Clock) -> None:
    await _note(
        event, event.data.contact, contacts, clock, lambda known, now: contact.note_answer(known, event.data, now)
    )


async def on_sms_inbound(event: Event[SmsInbound], contacts: Contacts, clock: Clock) -> None:
    """From the queue of an earlier version. It may repeat a `contact.texted`, which changes nothing."""
    await _note(
        event, event.data.contact, contacts, clock, lambda known, now: contact.note_answer(known, event.data, now)
    )


async def on_consent_changed(event: Event[ConsentChanged], contacts: Contacts, clock: Clock) -> None:
    await _note(
        event, event.data.contact, contacts, clock, lambda known, now: contact.note_consent(known, event.data, now)
    )


async def _note(event: Event[EventData], phone_number: str, contacts: Contacts, clock: Clock, note: Note) -> None:
    id, now = contact_id(event.tenant_id, phone_number), clock.now()
    new = Contact(id=id, tenant_id=event.tenant_id, phone_number=phone_number)
    await contacts.change(id, Cause.of(event), lambda known: note(known or new, now))
