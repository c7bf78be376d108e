"""An import and its campaign: drafts and paused campaigns take rows, and do not start while an import adds them."""

from __future__ import annotations

from campaigns.campaigns.domain.campaign import TAKES_RECIPIENTS, Campaign
from shared.aggregates import Decision
from shared.errors import Refused


def must_take_recipients(campaign: Campaign) -> None:
    if campaign.state not in TAKES_RECIPIENTS:
        raise Refused(
            "campaign_takes_no_recipients",
            f"The campaign is {campaign.state}; recipients join drafts and paused campaigns.",
        )


def begin_import(campaign: Campaign, import_id: str) -> Decision[Campaign] | None:
    must_take_recipients(campaign)
    if import_id in campaign.importing:
        return None
    return Decision(campaign.but(importing=(*campaign.importing, import_id)))


def end_import(campaign: Campaign, import_id: str) -> Decision[Campaign] | None:
    if import_id not in campaign.importing:
        return None
    return Decision(campaign.but(importing=tuple(one for one in campaign.importing if one != import_id)))
