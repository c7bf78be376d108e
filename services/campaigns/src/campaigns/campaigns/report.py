"""The outcome of a campaign, set against its forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.recording import Seen
from campaigns.campaigns.left_after_pause import LeftAfterPause
from campaigns.campaigns.looks import Looks
from campaigns.forecasts.domain.differences import Outcome, at_forecast_prices, differences
from campaigns.forecasts.domain.forecast import forecast_wire
from shared.events import Money


@dataclass(frozen=True)
class Reports:
    looks: Looks
    left: LeftAfterPause

    async def report(self, campaign: Campaign) -> dict[str, Any]:
        seen = await self.looks.seen(campaign)
        outcome = await self._outcome(campaign, seen)
        return {
            "forecast": forecast_wire(campaign.forecast) if campaign.forecast else None,
            "outcome": _wire(campaign, outcome, seen),
            "differences": differences(campaign.forecast, outcome) if campaign.forecast else None,
            "left_after_pause": [row async for row in self.left.of(campaign)],
        }

    async def _outcome(self, campaign: Campaign, seen: Seen) -> Outcome:
        costs = await self.looks.recipients.costs(campaign)
        [cost] = [Money(nano=nano, currency=name) for name, nano in costs.items()] if len(costs) == 1 else [None]
        counts = seen.stages.counts
        return Outcome(
            recipients=counts.total,
            sent=counts.sent + counts.delivered + counts.failed,
            skipped=tuple(sorted(seen.stages.skipped_for.items())),
            parts=await self.looks.recipients.parts_sent(campaign),
            cost=cost,
            finished_at=campaign.finished_at,
            opted_out=seen.opted_out,
        )


def _wire(campaign: Campaign, outcome: Outcome, seen: Seen) -> dict[str, Any]:
    shown = outcome.jsonable()
    priced = at_forecast_prices(campaign.forecast, outcome.parts) if campaign.forecast else None
    return shown | {
        "at_forecast_prices": priced.plain() if priced else None,
        "skipped": dict(outcome.skipped),
        "failed": dict(seen.stages.failed_for),
        "replied": seen.replied,
    }
