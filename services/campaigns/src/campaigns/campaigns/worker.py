"""Looks after campaigns when they are due: begins scheduled ones, feeds running ones, tidies up cancelled ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.handing_over import try_again
from campaigns.campaigns.domain.lifecycle import begin
from campaigns.campaigns.domain.progress import CANCELLED, skipped
from campaigns.campaigns.domain.recipient import Recipient, RecipientState, row_of
from campaigns.campaigns.domain.recording import copied, retried, tidied
from campaigns.campaigns.feeding import AT_ONCE, Feeder
from campaigns.campaigns.looks import Looks
from campaigns.campaigns.store import PAGE, found_by
from shared.aggregates import Cause, Decision
from shared.database.paging import pages
from shared.database.protocol import Document

Decide = Callable[[Recipient | None], Decision[Recipient] | None]


@dataclass(frozen=True)
class CampaignWorker:
    looks: Looks
    feeder: Feeder

    async def work(self, document: Document) -> None:
        """One look at one campaign. It always moves the time of the next one."""
        campaign = self.looks.campaigns.aggregates.state_of(document)
        if campaign.state == "scheduled":
            await self._change(campaign, "begin", lambda known: begin(known, self.looks.clock.now()))
        elif campaign.state == "running" and campaign.retry:
            await self._retry(campaign)
        elif campaign.state == "running":
            await self.feeder.look(campaign)
        elif campaign.state == "cancelled":
            await self._skip_the_rest(campaign)
        elif campaign.state == "deleted":
            await self.looks.recipients.remove_all(campaign)
            await self._tidied(campaign, done=True)
        elif campaign.copies:
            await self._copy(campaign, campaign.copies)
        else:
            await self._change(campaign, "rest", lambda known: Decision(known.but(due_at=None)))

    async def _copy(self, campaign: Campaign, source_id: str) -> None:
        """Adding the same recipient twice adds nothing, so a crash only begins it anew."""
        store = self.looks.recipients
        source = await self.looks.campaigns.aggregates.get(source_id)
        if source and source.tenant_id == campaign.tenant_id:
            where, sort = found_by(source, None)
            async for page in pages(store.aggregates.store, where, sort, size=PAGE):
                await store.add(campaign, [row_of(store.aggregates.state_of(document)) for document in page])
        await self._change(campaign, "copied", copied)

    async def _retry(self, campaign: Campaign) -> None:
        asked = campaign.retry
        if asked is None:
            return
        async for chunk in self._in_state(campaign, "failed"):
            await self._each(campaign, chunk, lambda known: try_again(known, asked.at, asked.reasons))
        now = self.looks.clock.now()
        await self._change(campaign, "retried", lambda known: retried(known, asked.at, now))

    async def _skip_the_rest(self, campaign: Campaign) -> None:
        """Those that were not handed over, and runs that have sent nothing. What is queued is withdrawn by sender, and
        its reports say how each ended."""
        for state in ("pending", "queued"):
            async for chunk in self._in_state(campaign, state):
                await self._each(campaign, chunk, lambda known: skipped(known, CANCELLED))
        stages = (await self.looks.seen(campaign)).stages
        await self.looks.refresh(campaign.tenant_id, campaign.id)
        await self._tidied(campaign, done=stages.all_is_done)

    async def _in_state(self, campaign: Campaign, state: RecipientState) -> AsyncIterator[list[Document]]:
        where, sort = found_by(campaign, state)
        async for page in pages(self.looks.recipients.aggregates.store, where, sort, size=AT_ONCE):
            yield page

    async def _each(self, campaign: Campaign, chunk: list[Document], decide: Decide) -> None:
        recipients = self.looks.recipients.aggregates

        async def one(document: Document) -> None:
            recipients.have_read(document)
            cause = Cause.due(campaign.tenant_id, f"tidy|{document['id']}|{document['version']}", campaign.id)
            await recipients.change(document["id"], cause, decide)

        await asyncio.gather(*map(one, chunk))

    async def _tidied(self, campaign: Campaign, *, done: bool) -> None:
        now = self.looks.clock.now()
        cause = Cause.due(campaign.tenant_id, f"tidied|{campaign.id}", campaign.id)

        def decide(known: Campaign | None) -> Decision[Campaign] | None:
            return tidied(known, now, done=done) if known else None

        await self.looks.campaigns.aggregates.change(campaign.id, cause, decide)

    async def _change(
        self, campaign: Campaign, what: str, decide: Callable[[Campaign], Decision[Campaign] | None]
    ) -> None:
        cause = Cause.due(campaign.tenant_id, f"{what}|{campaign.id}|{campaign.revision}", campaign.id)
        await self.looks.campaigns.change(campaign.tenant_id, campaign.id, cause, decide)
