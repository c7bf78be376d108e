"""What a look at a campaign changes in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.campaigns.domain.campaign import Campaign, Figures
from campaigns.campaigns.domain.lifecycle import COPYING
from campaigns.campaigns.domain.look import LATER, Plan, held
from campaigns.campaigns.domain.stages import Stages
from campaigns.campaigns.domain.wire import decided
from shared.aggregates import Decision
from shared.errors import Conflict

LEASE = timedelta(seconds=10)
"""Other processes leave a campaign alone so long after one began to feed it. Two at once do no harm, as every recipient
is handed over by its own save; they would only do the work twice."""


@dataclass(frozen=True)
class Seen:
    """What was counted when the campaign had this revision."""

    revision: int
    stages: Stages
    replied: int
    opted_out: int
    now: datetime

    @property
    def figures(self) -> Figures:
        counts, unresolved = self.stages.counts, self.stages.unresolved
        return Figures(counts=counts, replied=self.replied, opted_out=self.opted_out, unresolved=unresolved)


def record(campaign: Campaign, seen: Seen) -> Decision[Campaign] | None:
    """Keep and publish what was counted, and finish what is done.

    Raises `Conflict` if the campaign changed since the count: another's count may be newer.
    """
    if campaign.revision != seen.revision:
        raise Conflict("conflict", "the campaign changed since this count began; count again")
    after = _counted(campaign, seen)
    return None if after == campaign else decided(campaign, after)


def carry_on(campaign: Campaign, seen: Seen, plan: Plan) -> Decision[Campaign] | None:
    """A running campaign was looked at: it has finished, or the next feed begins, or it is looked at again later.

    If it changed since the count, the next look says whether it has finished.
    """
    if campaign.state != "running":
        return None
    after = _counted(campaign, seen) if campaign.revision == seen.revision else campaign
    if after.state == "running":
        after = after.but(holds=held(campaign.holds, plan.holds, seen.now), due_at=plan.next_at)
    if after.state == "running" and plan.feeds:
        after = after.but(feed=campaign.feed + 1, due_at=seen.now + LEASE)
    return decided(campaign, after)


def fed(campaign: Campaign, feed: int, again_at: datetime) -> Decision[Campaign] | None:
    """The feed of this number is handed over."""
    if campaign.state != "running" or campaign.feed != feed:
        return None
    return Decision(campaign.but(due_at=again_at))


def tidied(campaign: Campaign, now: datetime, *, done: bool) -> Decision[Campaign] | None:
    """A cancelled or deleted campaign was cleaned up; if not wholly, once more later."""
    if campaign.state not in ("cancelled", "deleted"):
        return None
    return Decision(campaign.but(due_at=None if done else now + LATER))


def retried(campaign: Campaign, asked_at: datetime, now: datetime) -> Decision[Campaign] | None:
    """All failed recipients that were meant wait again."""
    if campaign.retry is None or campaign.retry.at != asked_at:
        return None
    return Decision(campaign.but(retry=None, due_at=now))


def copied(campaign: Campaign) -> Decision[Campaign]:
    """The recipients of the campaign it is a copy of have joined."""
    rest = tuple(each for each in campaign.importing if each != COPYING)
    return Decision(campaign.but(copies=None, importing=rest, due_at=None))


def _counted(campaign: Campaign, seen: Seen) -> Campaign:
    after, done = campaign.but(figures=seen.figures), seen.stages.all_is_done
    if campaign.state == "running" and done and campaign.retry is None:
        return after.but(state="finished", finished_at=seen.now, holds=(), due_at=None)
    if campaign.state == "finished" and not done:  # a text came back, or somebody joined at the moment of the start
        return after.but(state="running", finished_at=None, due_at=seen.now)
    if campaign.state == "cancelled" and not done and campaign.due_at is None:
        return after.but(due_at=seen.now)
    return after
