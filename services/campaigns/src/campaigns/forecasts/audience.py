"""Recipients that come from no file: contacts with a label, or the recipients of an earlier campaign.

Adding is repeatable: the same number is one recipient, so a request that broke off can be sent again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.clocks import read_clock
from campaigns.campaigns.domain.lifecycle import must_take_recipients
from campaigns.campaigns.domain.recipient import NewRecipient, Recipient, RecipientState
from campaigns.campaigns.store import Campaigns, Recipients
from shared.events import ContactChanged
from shared.internal.client import InternalClient

BATCH = 500


@dataclass
class Added:
    """`found` = `accepted` + `already_in_campaign` + `without_number`."""

    found: int = 0
    accepted: int = 0
    already_in_campaign: int = 0
    without_number: int = 0


@dataclass(frozen=True)
class Audience:
    campaigns: Campaigns
    recipients: Recipients
    internal: InternalClient

    async def from_contacts(self, tenant_id: str, campaign_id: str, label: str) -> Added:
        """Everybody whose contact has this label, by the contact's primary number.

        Raises `NotFound`, `Refused("campaign_takes_no_recipients")`, and `Unavailable` while conversation is away.
        """
        return await self._add(tenant_id, campaign_id, self._labelled(tenant_id, label))

    async def from_campaign(
        self, tenant_id: str, campaign_id: str, source_id: str, states: Sequence[RecipientState]
    ) -> Added:
        """The recipients that another campaign has in one of these states. Raises as above."""
        source = await self.campaigns.get(tenant_id, source_id)
        return await self._add(tenant_id, campaign_id, self._of_campaign(source, states))

    async def _add(self, tenant_id: str, campaign_id: str, batches: AsyncIterator[list[NewRecipient | None]]) -> Added:
        added = Added()
        await self._open(tenant_id, campaign_id)
        async for batch in batches:
            campaign = await self._open(tenant_id, campaign_id)
            rows = [row for row in batch if row]
            new = sum(await self.recipients.add(campaign, rows))
            added.found += len(batch)
            added.accepted += new
            added.already_in_campaign += len(rows) - new
            added.without_number += len(batch) - len(rows)
        return added

    async def _open(self, tenant_id: str, campaign_id: str) -> Campaign:
        """The campaign, before each batch anew: it may be started meanwhile."""
        campaign = await self.campaigns.get(tenant_id, campaign_id)
        must_take_recipients(campaign)
        return campaign

    async def _labelled(self, tenant_id: str, label: str) -> AsyncIterator[list[NewRecipient | None]]:
        cursor = ""
        while True:
            page = await self.internal.get(
                "conversation", "contacts", tenant_id=tenant_id, label=label, limit=str(BATCH), cursor=cursor
            )
            yield [of_contact(ContactChanged.read(row)) for row in page["items"]]
            cursor = page["next_cursor"] or ""
            if not cursor:
                return

    async def _of_campaign(
        self, source: Campaign, states: Sequence[RecipientState]
    ) -> AsyncIterator[list[NewRecipient | None]]:
        batch: list[NewRecipient | None] = []
        for state in dict.fromkeys(states):
            async for recipient in self.recipients.each(source, state=state):
                batch.append(of_recipient(recipient))
                if len(batch) == BATCH:
                    yield batch
                    batch = []
        if batch:
            yield batch


def of_contact(contact: ContactChanged) -> NewRecipient | None:
    """None: the contact has no phone number."""
    if not contact.phone_numbers:
        return None
    return NewRecipient(
        phone_number=contact.phone_numbers[0],
        name=contact.name or "",
        company=contact.company or "",
        fields=contact.fields,
        timezone=contact.timezone,
    )


def of_recipient(recipient: Recipient) -> NewRecipient:
    own = read_clock(recipient.clock).own if recipient.clock else ""
    return NewRecipient(
        phone_number=recipient.phone_number,
        name=recipient.name,
        company=recipient.company,
        fields=recipient.fields,
        timezone=own or None,
    )
