"""Events of campaigns: how a campaign now stands."""

from __future__ import annotations

from typing import Any, ClassVar

from shared.events.envelope import EventData
from shared.values import Int64


class CampaignUpdated(EventData):
    """How a campaign now stands, its counts included. Applied only if `revision` is newer."""

    TYPE: ClassVar[str] = "campaign.updated"

    campaign_id: str
    revision: Int64
    campaign: dict[str, Any]
    """The wire shape of the HTTP API, counts included."""
