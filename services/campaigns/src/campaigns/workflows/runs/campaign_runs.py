"""The work between campaigns and their runs: begins those that campaigns ask for, stops and resumes them, and tells
recipients of runs that ended without a text."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from campaigns.campaigns.domain.recipient import Recipient
from campaigns.campaigns.domain.run_orders import RUN_ORDERS, Order
from campaigns.campaigns.store import Campaigns, Recipients
from campaigns.workflows.domain.run import Person, Run
from campaigns.workflows.runs.contacts import ContactCards
from campaigns.workflows.runs.domain.moves import BY_CAMPAIGN
from campaigns.workflows.runs.domain.scene import CampaignStanding
from campaigns.workflows.runs.domain.starting import NewRun, begin
from campaigns.workflows.runs.domain.unsent import skip
from campaigns.workflows.runs.handlers import RunHandlers
from campaigns.workflows.runs.people import People
from shared.aggregates import Cause
from shared.database.protocol import Collection, CollectionSpec, Document
from shared.errors import NotFound, Refused

ORDER_SPEC = CollectionSpec(RUN_ORDERS, {"due_at": "datetime"}, (("due_at",),))
AT_ONCE = 32
ONCE_MORE = timedelta(seconds=5)
"""An order is carried out twice: a decision that had read the campaign before may be saved after the first time."""
START_SPEC = CollectionSpec("run_starts", {"due_at": "datetime"}, (("due_at",),))


@dataclass(frozen=True)
class Standings:
    """Whether the runs of a campaign may send."""

    campaigns: Campaigns

    async def standing(self, tenant_id: str, campaign_id: str) -> CampaignStanding:
        """A deleted campaign counts as cancelled."""
        try:
            campaign = await self.campaigns.get(tenant_id, campaign_id)
        except NotFound:
            return CampaignStanding(feed=0, cancelled=True)
        return CampaignStanding(campaign.feed, campaign.state == "paused", campaign.state == "cancelled")


@dataclass(frozen=True)
class CampaignRuns:
    people: People
    cards: ContactCards
    campaigns: Campaigns
    recipients: Recipients
    starts: Collection
    endings: Collection
    orders: Collection
    handlers: RunHandlers

    async def on_start_due(self, row: Document) -> None:
        """Begin this run; then take the row away. A repeat finds the run begun, and takes the row away."""
        recipient = Recipient.read(row["recipient"])
        new = await self._new_run(row, recipient)
        cause = Cause(f"run_start|{row['id']}", row["tenant_id"], row["id"])
        try:
            await self.people.change(cause, recipient.phone_number, lambda edit: begin(edit, new))
        except Refused as no:
            await self._skip(row["tenant_id"], recipient.id, row["id"], no.code)
        await self.starts.delete({"id": row["id"]})

    async def on_ending_due(self, row: Document) -> None:
        await self._skip(row["tenant_id"], row["recipient_id"], row["id"], row["reason"])
        await self.endings.delete({"id": row["id"]})

    async def on_order_due(self, row: Document) -> None:
        """After a crash it begins anew, which changes nothing for runs that have heard of it."""
        tenant_id, campaign_id = row["tenant_id"], row["campaign_id"]
        async for page in self.handlers.rows.under_way_of_campaign(tenant_id, campaign_id):
            for start in range(0, len(page), AT_ONCE):
                await asyncio.gather(*(self._carry_out(row["order"], run) for run in page[start : start + AT_ONCE]))
        if row["revision"] == 1:
            await self.orders.put({**row, "revision": 2, "due_at": self.people.clock.now() + ONCE_MORE})
        else:
            await self.orders.delete({"id": row["id"]})

    async def _carry_out(self, order: Order, run: Document) -> None:
        if order == "stop":
            await self.handlers.stop(run, BY_CAMPAIGN)
        elif run["held"] is not None:
            await self.handlers.resume(run)

    async def _new_run(self, row: Document, recipient: Recipient) -> NewRun:
        campaign = await self.campaigns.get(row["tenant_id"], row["campaign_id"])
        definition = await self.people.scripts.load(row["tenant_id"], row["workflow_id"], row["version"])
        person = Person(
            phone_number=recipient.phone_number,
            name=recipient.name,
            company=recipient.company,
            fields=recipient.fields,
        )
        run = Run(
            id=row["id"],
            tenant_id=row["tenant_id"],
            workflow_id=row["workflow_id"],
            version=row["version"],
            number=row["number"],
            recipient=person,
            contact=await self.cards.facts_for(definition, row["tenant_id"], person),
            campaign_id=row["campaign_id"],
            recipient_id=recipient.id,
            opening=_literal(recipient.text) if recipient.text else None,
        )
        return NewRun(run=run, started_by="campaign", send_window=campaign.send_window)

    async def _skip(self, tenant_id: str, recipient_id: str, run_id: str, reason: str) -> None:
        cause = Cause.due(tenant_id, f"unsent|{run_id}", run_id)
        await self.recipients.aggregates.change(
            recipient_id, cause, lambda known: skip(known, run_id, reason), publish_later=True
        )


def _literal(text: str) -> str:
    """A text that is rendered already, so that rendering it again changes nothing: a name may hold braces."""
    return text.replace("{", "{{").replace("}", "}}")
