"""Deletes what campaigns that ended long ago keep of people: words, names and the columns of their files.

Numbers, states and figures stay, as reports are made of them. Page by page; after a crash the next round finds the
campaign again, because it is marked last.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.recipient import Recipient
from campaigns.campaigns.looks import Looks
from campaigns.campaigns.store import found_by
from shared.aggregates import Cause, Decision
from shared.database.paging import pages
from shared.database.protocol import Document, Range, Sort

PAGE = 100


def forgotten(known: Recipient | None) -> Decision[Recipient] | None:
    if known is None or not (known.text or known.name or known.company or known.fields):
        return None
    return Decision(known.but(text=None, name="", company="", fields=()))


@dataclass(frozen=True)
class CampaignRetention:
    looks: Looks

    async def words(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        """Of campaigns that ended before this moment; yields how many recipients each page had."""
        where = {"tenant_id": tenant_id, "words_at": Range(lt=before)}
        store = self.looks.campaigns.aggregates.store
        async for page in pages(store, where, Sort("words_at"), size=PAGE):
            for document in page:
                campaign = self.looks.campaigns.aggregates.state_of(document)
                async for count in self._of(campaign):
                    yield count

    async def _of(self, campaign: Campaign) -> AsyncGenerator[int]:
        recipients, (where, sort) = self.looks.recipients.aggregates, found_by(campaign, None)
        async for page in pages(recipients.store, where, sort, size=PAGE):
            await asyncio.gather(*(self._forget(campaign, document) for document in page))
            yield len(page)
        now = self.looks.clock.now()
        cause = Cause.due(campaign.tenant_id, f"forgotten|{campaign.id}", campaign.id)
        await self.looks.campaigns.change(
            campaign.tenant_id, campaign.id, cause, lambda known: Decision(known.but(forgotten_at=now))
        )

    async def _forget(self, campaign: Campaign, document: Document) -> None:
        recipients = self.looks.recipients.aggregates
        recipients.have_read(document)
        cause = Cause.due(campaign.tenant_id, f"forget|{document['id']}", campaign.id)
        await recipients.change(document["id"], cause, forgotten)
