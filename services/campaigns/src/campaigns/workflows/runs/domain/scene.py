"""What a decision about one person's runs needs besides them. Loaded before it, and again if it lacked something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from campaigns.workflows.domain.definition import Definition
from campaigns.workflows.domain.run import Run
from campaigns.workflows.runs.domain.participant import HoldReason

VersionKey = tuple[str, int]
"""Workflow id and version."""


class Lacking(Exception):
    """A run's workflow version or campaign is not in the scene."""

    def __init__(self, run: Run) -> None:
        self.run = run
        super().__init__(run.id)


@dataclass(frozen=True)
class CampaignStanding:
    """Of a campaign, as it was right before the decision."""

    feed: int
    paused: bool = False
    cancelled: bool = False


@dataclass(frozen=True)
class Scene:
    tenant_id: str
    now: datetime
    quiet_seconds: float
    """Texts within this time of each other are one reply."""
    suspended: bool = False
    definitions: Mapping[VersionKey, Definition] = field(default_factory=dict[VersionKey, Definition])
    campaigns: Mapping[str, CampaignStanding] = field(default_factory=dict[str, CampaignStanding])

    def definition_of(self, run: Run) -> Definition:
        """Raises `Lacking`."""
        found = self.definitions.get((run.workflow_id, run.version))
        if found is None:
            raise Lacking(run)
        return found

    def campaign_of(self, run: Run) -> CampaignStanding | None:
        """None: no campaign started it. Raises `Lacking`."""
        if run.campaign_id is None:
            return None
        found = self.campaigns.get(run.campaign_id)
        if found is None:
            raise Lacking(run)
        return found

    def hold(self, run: Run) -> HoldReason | None:
        """Why its texts may not be handed over now. Sender itself holds back for caps and quiet hours."""
        if self.suspended:
            return "tenant_suspended"
        campaign = self.campaign_of(run)
        return "campaign_paused" if campaign and campaign.paused else None
