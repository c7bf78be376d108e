"""draft → scheduled → running ⇄ paused → finished | cancelled: what a person may ask for, and when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from campaigns.campaigns.domain.campaign import TAKES_RECIPIENTS, Campaign, CampaignState, Figures, Retry
from campaigns.campaigns.domain.run_orders import run_orders
from campaigns.campaigns.domain.wire import decided
from shared.aggregates import Decision, NewEvent
from shared.errors import Invalid, Refused
from shared.events import SmsWithdrawn

WITHDRAWN = "campaign_withdrawn"
REQUESTS_KEPT = 50
COPYING = "copy"
"""Stands among the running imports while recipients of another campaign are copied."""


@dataclass(frozen=True)
class Asked:
    """A request under a caller's idempotency key; without a key it can have no repeat."""

    key: str | None
    body: str
    """A digest of what was asked."""


def once(
    campaign: Campaign, asked: Asked, decide: Callable[[Campaign], Decision[Campaign] | None]
) -> Decision[Campaign] | None:
    """Decide unless this very request was decided before. Raises `Invalid` for another body under the same key."""
    known = dict(campaign.requests)
    if asked.key and asked.key in known:
        if known[asked.key] != asked.body:
            detail = "this Idempotency-Key was used with another body; use a new key"
            raise Invalid("idempotency_key_reused", detail)
        return None
    decision = decide(campaign)
    if decision is None or not asked.key:
        return decision
    requests = (*campaign.requests, (asked.key, asked.body))[-REQUESTS_KEPT:]
    return replace(decision, state=decision.state.but(requests=requests))


@dataclass(frozen=True)
class Start:
    """What starting needs to know."""

    now: datetime
    figures: Figures
    """Its recipients, counted now: nobody joins or leaves while it runs."""
    workflow_version: int | None = None
    at: datetime | None = None
    local_time: str | None = None
    """With `at`, the first moment at which it is that time for one of the recipients."""


def edit(campaign: Campaign, changes: dict[str, Any]) -> Decision[Campaign] | None:
    """Raises `Refused("not_a_draft")`: only the name may change later."""
    if set(changes) - {"name"}:
        require(campaign, "draft", code="not_a_draft", detail="Only a draft can be changed; copy it to change it.")
    after = campaign.but(**changes)
    if after == campaign:
        return None
    forecast = campaign.forecast if set(changes) <= {"name"} else None  # of what was written before
    return decided(campaign, after.but(forecast=forecast))


def delete(campaign: Campaign, now: datetime) -> Decision[Campaign]:
    require(campaign, "draft", code="not_a_draft", detail="Only a draft can be deleted; cancel the campaign instead.")
    _require_no_import(campaign)
    emptied = campaign.but(state="deleted", name="", text=None, from_numbers=(), importing=(), due_at=now)
    return Decision(emptied.but(revision=campaign.revision + 1))


def start(campaign: Campaign, how: Start) -> Decision[Campaign]:
    """Begins now, or is scheduled for its moment."""
    require(campaign, "draft", code="not_a_draft", detail=f"This campaign is {campaign.state}; only a draft starts.")
    _require_no_import(campaign)
    if not how.figures.counts.total:
        raise Refused("no_recipients", "This campaign has no recipients; add some first.")
    if not campaign.text and not campaign.workflow_id:
        raise Refused("nothing_to_send", "This campaign has neither a text nor a workflow.")
    asked = campaign.but(
        asked_at=how.now, starts_at=how.at or how.now, local_time=how.local_time, due_at=how.at or how.now,
        workflow_version=how.workflow_version, figures=how.figures,
    )  # fmt: skip
    if how.at and how.at > how.now:
        return decided(campaign, asked.but(state="scheduled"))
    return decided(campaign, _begun(asked, how.now))


def begin(campaign: Campaign, now: datetime) -> Decision[Campaign] | None:
    """Its moment has come."""
    if campaign.state != "scheduled" or (campaign.starts_at and campaign.starts_at > now):
        return None
    return decided(campaign, _begun(campaign, now))


def unschedule(campaign: Campaign) -> Decision[Campaign]:
    require(campaign, "scheduled", code="not_scheduled", detail="This campaign is not scheduled.")
    return decided(campaign, campaign.but(state="draft", starts_at=None, local_time=None, asked_at=None, due_at=None))


def pause(campaign: Campaign) -> Decision[Campaign] | None:
    """None if it is paused already: then only the sender has to be asked again."""
    if campaign.state == "paused":
        return None
    require(campaign, "running", code="not_running", detail=f"This campaign is {campaign.state}, so it cannot pause.")
    return decided(campaign, campaign.but(state="paused", holds=(), due_at=None), withdrawal(campaign))


def resume(campaign: Campaign, figures: Figures, now: datetime) -> Decision[Campaign]:
    """What follows carries a new feed, as all earlier ones are withdrawn."""
    require(campaign, "paused", code="not_paused", detail=f"This campaign is {campaign.state}, so it cannot resume.")
    _require_no_import(campaign)
    after = campaign.but(state="running", feed=campaign.feed + 1, figures=figures, due_at=now)
    return decided(campaign, after, records=run_orders(campaign, "resume", now))


def cancel(campaign: Campaign, now: datetime) -> Decision[Campaign] | None:
    """Nothing of it is sent any more. None if it is cancelled already."""
    if campaign.state == "cancelled":
        return None
    require(
        campaign, "scheduled", "running", "paused", code="not_under_way",
        detail=f"This campaign is {campaign.state}, so there is nothing to cancel.",
    )  # fmt: skip
    after = campaign.but(state="cancelled", finished_at=now, holds=(), retry=None, due_at=now)
    stop_runs = run_orders(campaign, "stop", now)
    return decided(campaign, after, withdrawal(campaign, for_ever=True), records=stop_runs)


def retry(campaign: Campaign, reasons: tuple[str, ...], now: datetime) -> Decision[Campaign]:
    require(
        campaign, "running", "paused", "finished", code="not_started",
        detail=f"This campaign is {campaign.state}; failed recipients of a started one can be texted once more.",
    )  # fmt: skip
    asked = campaign.but(retry=_with(campaign.retry, reasons, now), due_at=now)
    if campaign.state == "finished":
        asked = asked.but(state="running", finished_at=None)
    return decided(campaign, asked if asked.state == "running" else asked.but(due_at=None))


def _with(known: Retry | None, reasons: tuple[str, ...], now: datetime) -> Retry:
    """Also what an earlier request asked for, if it was not carried out yet."""
    if known is None:
        return Retry(reasons=reasons, at=now)
    both = tuple(sorted({*known.reasons, *reasons})) if known.reasons and reasons else ()
    return Retry(reasons=both, at=now)


def require(campaign: Campaign, *states: CampaignState, code: str, detail: str) -> None:
    if campaign.state not in states:
        raise Refused(code, detail)


def must_take_recipients(campaign: Campaign) -> None:
    """Raises `Refused("campaign_takes_no_recipients")`."""
    if campaign.state not in TAKES_RECIPIENTS:
        raise Refused(
            "campaign_takes_no_recipients",
            f"The campaign is {campaign.state}; recipients join drafts and paused campaigns.",
        )


def withdrawal(campaign: Campaign, *, for_ever: bool = False) -> NewEvent:
    """Sender hears of it by this event too, should the call of the moment fail."""
    up_to = None if for_ever else campaign.feed
    data = SmsWithdrawn(reason=WITHDRAWN, campaign_id=campaign.id, up_to_feed=up_to)
    return NewEvent(data, subject=campaign.id, key=campaign.id, discriminator=f"feed {up_to}")


def _begun(campaign: Campaign, now: datetime) -> Campaign:
    return campaign.but(state="running", started_at=campaign.started_at or now, due_at=now)


def _require_no_import(campaign: Campaign) -> None:
    if campaign.importing:
        raise Refused("import_running", "An import is adding recipients; wait until it is done, or cancel it.")
