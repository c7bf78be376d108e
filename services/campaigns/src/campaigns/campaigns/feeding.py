"""Hands the recipients of running campaigns over, in numbered feeds, never more than a minute's worth of the numbers'
pace at a time.

Every recipient is handed over by a save of its own, so a crash at any point, or two processes at once, cost work and
never a second text. A look hands over a bounded page and then makes room for the next campaign, so that campaigns and
tenants share fairly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.handing_over import HandOver, hand_over
from campaigns.campaigns.domain.look import SOON, OpenClock, Plan, plan
from campaigns.campaigns.domain.pool import Pool, pool_of
from campaigns.campaigns.domain.progress import skipped
from campaigns.campaigns.domain.recipient import Recipient
from campaigns.campaigns.domain.recording import carry_on, fed
from campaigns.campaigns.domain.screening import screen
from campaigns.campaigns.looks import Looks
from campaigns.campaigns.store import BY_ROW
from campaigns.copies import Copies
from campaigns.counting.domain.contact import Contact
from campaigns.forecasts.known_contacts import KnownContacts
from shared.aggregates import Cause, Decision
from shared.database.protocol import Document, Page
from shared.events import TenantChanged
from shared.sms_parts import measure
from shared.text_templates.template import Template, parse

PER_LOOK = 1000
"""Recipients at most; then it is another campaign's turn."""
PAGE = 250
AT_ONCE = 64
"""Saves side by side: one commit and one round trip serve many."""


@dataclass(frozen=True)
class Feed:
    """One numbered feed of one campaign, and what each of its recipients is handed over with."""

    campaign: Campaign
    tenant: TenantChanged
    pool: Pool
    template: Template | None


@dataclass(frozen=True)
class Feeder:
    looks: Looks
    contacts: KnownContacts
    copies: Copies

    async def look(self, campaign: Campaign) -> None:
        """Decide what may leave now, and hand it over."""
        seen = await self.looks.seen(campaign)
        tenant = await self.copies.tenants.get(campaign.tenant_id)
        pool = await self.pool(campaign)
        template = parse(campaign.text) if campaign.text else None
        parts = measure(template.filled()).parts if template else 1
        planned = plan(campaign, seen.stages, tenant, pool, seen.now, parts=parts)
        change = await self.looks.campaigns.change(
            campaign.tenant_id, campaign.id, self._cause(campaign, "look"), lambda known: carry_on(known, seen, planned)
        )
        now = change.state
        if now is None or tenant is None or not change.fresh or now.state != "running" or now.feed == campaign.feed:
            return
        handed = await self._feed(Feed(now, tenant, pool, template), planned)
        again_at = self.looks.clock.now() + (SOON if handed < PER_LOOK else SOON / 10)
        await self.looks.campaigns.change(
            now.tenant_id, now.id, self._cause(now, "fed"), lambda known: fed(known, now.feed, again_at)
        )

    async def pool(self, campaign: Campaign) -> Pool:
        if not campaign.from_numbers:
            return pool_of(await self.copies.numbers.of_tenant(campaign.tenant_id), campaign.tenant_id)
        found = [await self.copies.numbers.get(number) for number in campaign.from_numbers]
        return pool_of([number for number in found if number], campaign.tenant_id)

    async def _feed(self, feed: Feed, planned: Plan) -> int:
        """How many were looked at."""
        done, most = 0, min(planned.room, PER_LOOK)
        for clock in planned.feed:
            cursor: str | None = None
            while done < most:
                page = await self._waiting(feed.campaign, clock, min(PAGE, most - done), cursor)
                if page.items and not await self._is_wanted(feed.campaign):
                    return done
                await self._hand_over_page(feed, clock, page.items)
                done, cursor = done + len(page.items), page.next_cursor
                if cursor is None:
                    break
        return done

    async def _waiting(self, campaign: Campaign, clock: OpenClock, limit: int, cursor: str | None) -> Page:
        where = {"tenant_id": campaign.tenant_id, "campaign_id": campaign.id, "stage": f"pending|{clock.clock}"}
        return await self.looks.recipients.aggregates.find(where, BY_ROW, limit, cursor)

    async def _is_wanted(self, campaign: Campaign) -> bool:
        """Paused or cancelled meanwhile: sender would only withdraw what follows."""
        known = await self.looks.campaigns.aggregates.get(campaign.id)
        return known is not None and known.state == "running" and known.feed == campaign.feed

    async def _hand_over_page(self, feed: Feed, clock: OpenClock, page: Sequence[Document]) -> None:
        numbers = [document["state"]["phone_number"] for document in page]
        contacts = await self.contacts.of(feed.campaign.tenant_id, numbers)
        for start in range(0, len(page), AT_ONCE):
            results = await asyncio.gather(
                *(self._one(feed, clock, document, contacts) for document in page[start : start + AT_ONCE]),
                return_exceptions=True,
            )
            for result in results:  # all have ended before the first failure is raised
                if isinstance(result, BaseException):
                    raise result

    async def _one(self, feed: Feed, clock: OpenClock, document: Document, contacts: dict[str, Contact]) -> None:
        recipients, now = self.looks.recipients.aggregates, self.looks.clock.now()
        recipient = recipients.state_of(document)
        contact = contacts.get(recipient.phone_number)
        verdict = screen(recipient, contact, feed.template, feed.tenant, now)
        number = feed.pool.number_for(recipient.id, contact)
        how = HandOver(feed.campaign.feed, number, verdict.text, clock.closes, now)

        def decide(known: Recipient | None) -> Decision[Recipient] | None:
            return skipped(known, verdict.skip) if verdict.skip else hand_over(known, feed.campaign, how)

        recipients.have_read(document)
        cause = Cause.due(recipient.tenant_id, f"hand over|{recipient.id}|{recipient.attempt}", feed.campaign.id)
        await recipients.change(recipient.id, cause, decide)

    def _cause(self, campaign: Campaign, what: str) -> Cause:
        return Cause.due(campaign.tenant_id, f"{what}|{campaign.id}|{campaign.revision}|{campaign.feed}", campaign.id)
