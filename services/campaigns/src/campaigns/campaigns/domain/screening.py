"""Whether a recipient is texted when its turn has come, and with what words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaigns.campaigns.domain.recipient import Recipient
from campaigns.counting.domain.contact import Contact
from campaigns.forecasts.domain.frequency import FREQUENCY_CAP, is_capped
from campaigns.texts.domain.row import text_for
from shared.events import TenantChanged, standing_opt_outs
from shared.phone import country_of, is_pseudonym
from shared.sms_parts import Measured
from shared.text_templates.template import Template

OPTED_OUT, FOREIGN_REGION, ERASED = "opted_out", "foreign_region", "erased"


@dataclass(frozen=True)
class Verdict:
    """`skip`: why it is not texted; empty: it is, with `text`, unless the workflow does all sending."""

    skip: str = ""
    text: str = ""
    measured: Measured | None = None


def screen(
    recipient: Recipient, contact: Contact | None, template: Template | None, tenant: TenantChanged, now: datetime
) -> Verdict:
    """The same for forecasts and for sending. `template` is None where the workflow does all sending.

    Sender looks at the consent once more before it sends.
    """
    if is_pseudonym(recipient.phone_number):
        return Verdict(ERASED)
    if contact and standing_opt_outs(contact.consent):
        return Verdict(OPTED_OUT)
    if contact and is_capped(contact.texts, tenant.campaign_frequency, recipient.campaign_id, now):
        return Verdict(FREQUENCY_CAP)
    if tenant.allowed_regions and country_of(recipient.phone_number) not in tenant.allowed_regions:
        return Verdict(FOREIGN_REGION)
    if template is None:
        return Verdict()
    row = text_for(template, recipient)
    return Verdict(row.skip_reason) if row.skip_reason else Verdict(text=row.text, measured=row.measured)
