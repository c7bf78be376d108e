"""One function per event. Each changes the contact that the event is about, and marks that contact's campaigns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from campaigns.counting.domain import contact
from campaigns.counting.domain.contact import Contact, contact_id
from campaigns.counting.marks import Marks
from campaigns.counting.store import Contacts
from campaigns.erasing.aliases import Aliases
from shared.aggregates import Cause, Decision
from shared.events import ConsentChanged, ContactTexted, Event, EventData, SmsInbound, SmsStatus

Note = Callable[[Contact], Decision[Contact] | None]


@dataclass(frozen=True)
class ContactHandlers:
    contacts: Contacts
    marks: Marks
    aliases: Aliases

    async def on_sms_status(self, event: Event[SmsStatus]) -> None:
        if event.data.campaign_id is None:
            return  # a workflow's text without a campaign, or from the queue of an earlier version
        await self._note(event, event.data.contact, lambda known: contact.note_status(known, event.data))

    async def on_contact_texted(self, event: Event[ContactTexted]) -> None:
        await self._note(event, event.data.contact, lambda known: contact.note_answer(known, event.data))

    async def on_sms_inbound(self, event: Event[SmsInbound]) -> None:
        """From the queue of an earlier version. It may repeat a `contact.texted`, which changes nothing."""
        await self._note(event, event.data.contact, lambda known: contact.note_answer(known, event.data))

    async def on_consent_changed(self, event: Event[ConsentChanged]) -> None:
        await self._note(event, event.data.contact, lambda known: contact.note_consent(known, event.data))

    async def _note(self, event: Event[EventData], phone_number: str, note: Note) -> None:
        id = await self.aliases.id_of(phone_number, contact_id(event.tenant_id, phone_number))
        new = Contact(id=id, tenant_id=event.tenant_id, phone_number=phone_number)
        change = await self.contacts.change(id, Cause.of(event), lambda known: note(known or new))
        # Also on a repeat: the process may have ended between the save and the mark.
        for campaign_id in {text.campaign_id for text in change.state.texts} if change.state else ():
            await self.marks.note(event.tenant_id, campaign_id)
