"""What the runs of a campaign's workflow must hear of: that it goes on, or was cancelled."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from campaigns.campaigns.domain.campaign import Campaign
from shared.aggregates import NewRecord

RUN_ORDERS = "run_orders"
Order = Literal["resume", "stop"]


def run_orders(campaign: Campaign, order: Order, now: datetime) -> tuple[NewRecord, ...]:
    """A record of the same save, which the runner finds by its time."""
    if campaign.workflow_id is None:
        return ()
    row = {
        "id": f"{campaign.id}|{order}|{campaign.revision}",
        "revision": 1,
        "tenant_id": campaign.tenant_id,
        "campaign_id": campaign.id,
        "order": order,
        "due_at": now,
    }
    return (NewRecord(RUN_ORDERS, row),)
