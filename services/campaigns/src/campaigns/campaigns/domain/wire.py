"""A campaign as the HTTP API and `campaign.updated` send it."""

from __future__ import annotations

from typing import Any

import msgspec

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.forecasts.domain.forecast import forecast_wire
from shared.aggregates import Decision, Gather, NewEvent
from shared.aggregates.decision import NewRecord
from shared.events import CampaignUpdated

UPDATES_SECONDS = 0.5
"""Of one campaign at most one update in so long, with the newest figures."""
_SHOWN = (
    "id", "name", "state", "text", "from_numbers", "workflow_id", "workflow_version", "send_window", "starts_at",
    "local_time", "started_at", "finished_at", "holds", "created_at", "revision",
)  # fmt: skip


def campaign_wire(campaign: Campaign) -> dict[str, Any]:
    shown: dict[str, Any] = {name: _jsonable(getattr(campaign, name)) for name in _SHOWN}
    figures = campaign.figures
    return shown | {
        "counts": {"total": figures.counts.total, **figures.counts.jsonable()},
        "replied": figures.replied,
        "opted_out": figures.opted_out,
        "unresolved": figures.unresolved,
        "forecast": _jsonable(forecast_wire(campaign.forecast)) if campaign.forecast else None,
    }


def decided(
    before: Campaign | None, after: Campaign, *more: NewEvent, records: tuple[NewRecord, ...] = ()
) -> Decision[Campaign]:
    """The decision with a new revision and an update, if anything that is shown has changed."""
    if before is not None and campaign_wire(before) == campaign_wire(after):
        return Decision(after, events=more, records=records)
    changed = after.but(revision=before.revision + 1) if before else after
    data = CampaignUpdated(campaign_id=changed.id, revision=changed.revision, campaign=campaign_wire(changed))
    gather = Gather(changed.id, UPDATES_SECONDS, first_at_once=True)
    updated = NewEvent(data, subject=changed.id, key=changed.id, gather=gather)
    return Decision(changed, events=(*more, updated), records=records)


def _jsonable(value: Any) -> Any:
    """Times as text, values as JSON has them."""
    return msgspec.to_builtins(value)
