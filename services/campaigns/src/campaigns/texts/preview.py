"""A campaign's text as its first recipients would read it, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.recipient import Recipient
from campaigns.campaigns.store import BY_ROW, Campaigns, Recipients
from campaigns.texts.domain.gsm_wording import Wording, gsm_wording
from campaigns.texts.domain.reminders import Reminder, reminders_for
from campaigns.texts.domain.row import RowText, text_for
from shared.events import TenantChanged
from shared.internal.read_models import ReadModel
from shared.text_templates.template import Template, parse
from shared.text_templates.variables import STANDARD, variables_of

LOOKED_AT = 500
"""Recipients among which a preview finds the costliest text; a forecast looks at all of them."""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    phone_number: str
    row: RowText


@dataclass(frozen=True, slots=True)
class UsedVariable:
    """`known`: one of the recipients looked at has a value for it, or it is one that every recipient may have."""

    name: str
    default: str | None
    known: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """`costliest`: of the `looked_at` first recipients."""

    items: tuple[PreviewRow, ...]
    looked_at: int
    costliest: PreviewRow | None
    variables: tuple[UsedVariable, ...]
    wording: Wording | None
    reminders: tuple[Reminder, ...]


NOTHING = Preview(items=(), looked_at=0, costliest=None, variables=(), wording=None, reminders=())


@dataclass(frozen=True)
class Previews:
    campaigns: Campaigns
    recipients: Recipients
    tenants: ReadModel[TenantChanged]

    async def of(self, tenant_id: str, campaign_id: str, limit: int, text: str | None = None) -> Preview:
        """`text`: one that is being written; None: the campaign's own. Without either, a campaign with a workflow has
        no text of its own to preview: the workflow sends all of them.

        Raises `NotFound`, and `Invalid("invalid_text")` with the position of the mistake.
        """
        campaign = await self.campaigns.get(tenant_id, campaign_id)
        if campaign.workflow_id and not (campaign.text if text is None else text):
            return NOTHING
        tenant = await self.tenants.get(tenant_id)
        template = parse(campaign.text or "" if text is None else text)
        recipients = await self._first(campaign, max(limit, LOOKED_AT))
        return preview(template, recipients, limit, tenant.name if tenant else "")

    async def _first(self, campaign: Campaign, limit: int) -> list[Recipient]:
        where = {"tenant_id": campaign.tenant_id, "campaign_id": campaign.id}
        page = await self.recipients.aggregates.find(where, sort=BY_ROW, limit=limit)
        return [self.recipients.aggregates.state_of(document) for document in page.items]


def preview(template: Template, recipients: Sequence[Recipient], limit: int, tenant_name: str) -> Preview:
    rows = [PreviewRow(recipient.phone_number, text_for(template, recipient)) for recipient in recipients]
    words = template.filled()
    return Preview(
        items=tuple(rows[:limit]),
        looked_at=len(rows),
        costliest=max(rows, key=lambda row: (row.row.measured.parts, row.row.measured.units), default=None),
        variables=_variables(template, recipients),
        wording=gsm_wording(template),
        reminders=reminders_for(words, tenant_name) if template.pieces else (),
    )


def _variables(template: Template, recipients: Sequence[Recipient]) -> tuple[UsedVariable, ...]:
    known = set(STANDARD).union(*(variables_of(recipient) for recipient in recipients))
    return tuple(UsedVariable(each.name, each.default, each.name in known) for each in template.variables)
