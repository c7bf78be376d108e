"""Whether a recipient is texted when its turn has come, and with what words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaigns.campaigns.domain.recipient import Recipient
from campaigns.counting.domain.contact import Contact
from campaigns.forecasts.domain.frequency import FREQUENCY_CAP, is_capped
from campaigns.texts.domain.template import Template
from campaigns.texts.domain.variables import variables_of
from shared.blank_text import is_blank
from shared.events import TenantChanged, standing_opt_outs

OPTED_OUT, MISSING_VARIABLE, EMPTY = "opted_out", "missing_variable", "empty"


@dataclass(frozen=True)
class Verdict:
    """`skip`: why it is not texted; empty: it is, with `text`."""

    skip: str = ""
    text: str = ""


def screen(
    recipient: Recipient, contact: Contact | None, template: Template | None, tenant: TenantChanged, now: datetime
) -> Verdict:
    """`template` is None where the workflow does all sending. Sender looks at the consent once more before it sends."""
    if contact and standing_opt_outs(contact.consent):
        return Verdict(OPTED_OUT)
    if contact and is_capped(contact.texts, tenant.campaign_frequency, recipient.campaign_id, now):
        return Verdict(FREQUENCY_CAP)
    if template is None:
        return Verdict()
    rendered = template.render(variables_of(recipient))
    if rendered.missing:
        return Verdict(MISSING_VARIABLE)
    return Verdict(EMPTY) if is_blank(rendered.text) else Verdict(text=rendered.text)
