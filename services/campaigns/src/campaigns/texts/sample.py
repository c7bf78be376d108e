"""Sends a campaign's text to one's own number: a real text, counted and billed, but of no recipient."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.pool import pool_of
from campaigns.campaigns.store import BY_ROW, Campaigns, Recipients
from campaigns.copies import Copies
from campaigns.forecasts.known_contacts import KnownContacts
from campaigns.texts.domain.row import MISSING_VARIABLE, RowText, text_with
from shared.access.principal import Principal
from shared.aggregates import Aggregates, Decision, Kind, NewEvent
from shared.clock import Clock
from shared.errors import Invalid, Refused
from shared.events import SmsOutbound, thread_id
from shared.events.kinds import Encoding
from shared.http.idempotency import RequestKey, digest, require_same
from shared.phone import to_e164
from shared.text_templates.template import parse
from shared.text_templates.variables import variables_of
from shared.values import Moment, Value

ROUTE = "campaign_test"


class SampleText(Value):
    """A test text; its id is the message's. Kept to answer a repeated request: no words, and no number."""

    id: str
    tenant_id: str
    campaign_id: str
    number: str
    """Ours."""
    parts: int
    encoding: Encoding
    body_digest: str
    created_at: Moment


SAMPLES = Kind("sample_texts", SampleText)


@dataclass(frozen=True)
class Samples:
    campaigns: Campaigns
    recipients: Recipients
    contacts: KnownContacts
    copies: Copies
    texts: Aggregates[SampleText]
    clock: Clock

    async def send(self, who: Principal, campaign_id: str, phone_number: str, key: RequestKey) -> SampleText:
        """Raises `NotFound`, `Invalid` (number, text), `Refused("nothing_to_send"|"no_numbers"|"tenant_inactive")`."""
        campaign = await self.campaigns.get(who.tenant_id, campaign_id)
        contact = to_e164(phone_number, await self._region(who.tenant_id))
        row = await self._text(campaign)
        id = key.id_for("msg", who.tenant_id, ROUTE)
        sample = SampleText(
            id=id,
            tenant_id=who.tenant_id,
            campaign_id=campaign.id,
            number=await self._number(campaign, id, contact),
            parts=row.measured.parts,
            encoding=row.measured.encoding,
            body_digest=digest([campaign.id, contact]),
            created_at=self.clock.now(),
        )
        order = _order(sample, contact, row.text, who)
        cause = key.cause(who.tenant_id, ROUTE, id)
        change = await self.texts.change(id, cause, lambda known: None if known else Decision(sample, events=(order,)))
        made = change.state or sample
        require_same(made.body_digest, sample.body_digest)
        return made

    async def _region(self, tenant_id: str) -> str:
        tenant = await self.copies.tenants.get(tenant_id)
        if tenant is None or tenant.status != "active":
            raise Refused("tenant_inactive", "This tenant is suspended; nothing is sent for it.")
        return tenant.default_region

    async def _text(self, campaign: Campaign) -> RowText:
        """With the values of the first recipient. A variable without one shows its name: only its writer sees it."""
        if not campaign.text:
            raise Refused("nothing_to_send", "This campaign has no text of its own; its workflow sends all texts.")
        where = {"tenant_id": campaign.tenant_id, "campaign_id": campaign.id}
        page = await self.recipients.aggregates.find(where, sort=BY_ROW, limit=1)
        first = [self.recipients.aggregates.state_of(document) for document in page.items]
        row = text_with(parse(campaign.text), variables_of(first[0]) if first else {})
        if problem := next((each for each in row.problems if each.code != MISSING_VARIABLE), None):
            raise Invalid(problem.code, problem.detail)
        return row

    async def _number(self, campaign: Campaign, id: str, contact: str) -> str:
        numbers = await self.copies.numbers.chosen(campaign.tenant_id, campaign.from_numbers)
        pool = pool_of(numbers, campaign.tenant_id)
        if not pool.numbers:
            raise Refused("no_numbers", "This campaign has no active number to send from.")
        known = await self.contacts.of(campaign.tenant_id, [contact])
        return pool.number_for(id, known.get(contact))


def _order(sample: SampleText, contact: str, text: str, who: Principal) -> NewEvent:
    """Without the campaign's id, so that neither counts nor recipients know of it."""
    data = SmsOutbound(
        message_id=sample.id,
        number=sample.number,
        contact=contact,
        text=text,
        author="api",
        user_id=who.user_id,
        causes=(sample.campaign_id,),
    )
    thread = thread_id(sample.tenant_id, sample.number, contact)
    return NewEvent(data, subject=sample.id, key=thread, discriminator=sample.id)
