"""An import and its campaign: drafts and paused campaigns take rows, and do not start while an import adds them."""

from __future__ import annotations

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.lifecycle import must_take_recipients
from shared.aggregates import Decision


def begin_import(campaign: Campaign, import_id: str) -> Decision[Campaign] | None:
    must_take_recipients(campaign)
    if import_id in campaign.importing:
        return None
    return Decision(campaign.but(importing=(*campaign.importing, import_id)))


def end_import(campaign: Campaign, import_id: str) -> Decision[Campaign] | None:
    if import_id not in campaign.importing:
        return None
    return Decision(campaign.but(importing=tuple(one for one in campaign.importing if one != import_id)))
