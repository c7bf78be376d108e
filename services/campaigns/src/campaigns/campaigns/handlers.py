"""`sms.status` of a campaign's text: the recipient follows its message, and the contact learns what may be answered.

These are two aggregates and two saves. The recipient alone writes its state. The contact decides which campaign a
reply or an opt-out counts for, because that depends on all campaigns' texts to the person. The second save happens
only where it can change something there: when the text leaves for the first time or turns out not to have arrived,
and, for tenants with a frequency cap, at every report. It comes after the first, and a repeated event does it again,
so a crash between the two loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.campaigns.domain.progress import follow
from campaigns.campaigns.domain.recipient import Recipient, recipient_id
from campaigns.campaigns.left_after_pause import LeftAfterPause
from campaigns.campaigns.store import Campaigns, Recipients
from campaigns.copies import Copies
from campaigns.counting.domain.contact import LEFT
from campaigns.counting.handlers import ContactHandlers
from campaigns.counting.marks import Marks
from campaigns.erasing.aliases import Aliases
from shared.aggregates import Cause, Change, Decision
from shared.events import Event, SmsStatus


@dataclass(frozen=True)
class CampaignHandlers:
    campaigns: Campaigns
    recipients: Recipients
    contacts: ContactHandlers
    marks: Marks
    copies: Copies
    left: LeftAfterPause
    aliases: Aliases

    async def on_sms_status(self, event: Event[SmsStatus]) -> None:
        status = event.data
        if status.campaign_id is None:
            return  # a workflow's text without a campaign, or from the queue of an earlier version
        standing = await self.campaigns.standing(event.tenant_id, status.campaign_id)
        if standing is None:
            await self.contacts.on_sms_status(event)
            return
        change = await self._follow(event, status.campaign_id, cancelled=standing.state == "cancelled")
        if status.too_late and change.state and change.state.message_id == status.message_id:
            await self.left.note(change.state, status.message_id)
        if await self._concerns_contact(event, change):
            await self.contacts.on_sms_status(event)
        await self.marks.note(event.tenant_id, status.campaign_id)

    async def _follow(self, event: Event[SmsStatus], campaign_id: str, *, cancelled: bool) -> Change[Recipient]:
        def decide(known: Recipient | None) -> Decision[Recipient] | None:
            ours = known is not None and known.tenant_id == event.tenant_id
            return follow(known, event.data, cancelled=cancelled) if known and ours else None

        contact = event.data.contact
        id = await self.aliases.id_of(contact, recipient_id(campaign_id, contact))
        return await self.recipients.aggregates.change(id, Cause.of(event), decide)

    async def _concerns_contact(self, event: Event[SmsStatus], change: Change[Recipient]) -> bool:
        if event.data.status in LEFT and (change.answer or not change.fresh):
            return True
        tenant = await self.copies.tenants.get(event.tenant_id)
        return tenant is not None and tenant.campaign_frequency is not None
