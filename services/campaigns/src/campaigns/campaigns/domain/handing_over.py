"""A recipient is handed over: to the sender with its text, or to a run of the campaign's workflow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.campaigns.domain.campaign import Campaign
from campaigns.campaigns.domain.recipient import Recipient, message_id, run_id
from shared.aggregates import Decision, NewEvent, NewRecord
from shared.aggregates.stored import stored
from shared.events import SmsOutbound, thread_id

RUN_STARTS = "run_starts"
"""Runs to begin: a record of the same save costs nothing, and the runner finds it by its time."""


@dataclass(frozen=True)
class HandOver:
    """What one recipient is handed over with."""

    feed: int
    number: str
    """Ours, from which it is texted."""
    text: str
    """Rendered; empty: the workflow does all sending."""
    expires_at: datetime | None
    now: datetime


def hand_over(known: Recipient | None, campaign: Campaign, how: HandOver) -> Decision[Recipient] | None:
    """Once per attempt, in any process and however often it is decided: the ids derive from recipient and attempt."""
    if known is None or not known.is_ready:
        return None
    attempt = known.attempt + 1
    handed = known.but(
        attempt=attempt, feed=how.feed, number=how.number, text=how.text or None, revision=known.revision + 1,
        changed_at=how.now,
    )  # fmt: skip
    if campaign.workflow_id:
        return _to_a_run(handed, campaign, how)
    queued = handed.but(
        state="queued", reason="", message_id=message_id(known.id, attempt), message_revision=0, queued_at=how.now
    )
    return Decision(queued, events=(_text(queued, campaign, how),))


def _to_a_run(handed: Recipient, campaign: Campaign, how: HandOver) -> Decision[Recipient]:
    """It counts as queued only if its run begins with the campaign's text; else the run's first SMS says so."""
    begun = handed.but(run_id=run_id(handed.id, handed.attempt))
    if how.text:
        begun = begun.but(state="queued", reason="", queued_at=how.now)
    return Decision(begun, records=(NewRecord(RUN_STARTS, _run_start(begun, campaign, how)),))


def _run_start(begun: Recipient, campaign: Campaign, how: HandOver) -> dict[str, Any]:
    return {
        "id": begun.run_id,
        "revision": 1,
        "tenant_id": begun.tenant_id,
        "campaign_id": campaign.id,
        "recipient_id": begun.id,
        "workflow_id": campaign.workflow_id,
        "version": campaign.workflow_version,
        "feed": how.feed,
        "number": how.number,
        "due_at": how.now,
        "recipient": stored(begun),
    }


def _text(queued: Recipient, campaign: Campaign, how: HandOver) -> NewEvent:
    thread = thread_id(queued.tenant_id, how.number, queued.phone_number)
    data = SmsOutbound(
        message_id=queued.message_id or "",
        number=how.number,
        contact=queued.phone_number,
        text=how.text,
        author="campaign",
        priority="bulk",
        expires_at=how.expires_at,
        causes=(campaign.id,),
        campaign_id=campaign.id,
        feed=how.feed,
        respect_quiet_hours=True,
        send_window=campaign.send_window,
        contact_name=queued.name or None,
        contact_company=queued.company or None,
    )
    return NewEvent(data, subject=data.message_id, key=thread, discriminator=data.message_id)


def try_again(known: Recipient | None, failed_before: datetime, reasons: tuple[str, ...]) -> Decision[Recipient] | None:
    """A failed recipient waits to be texted once more."""
    if known is None or known.state != "failed" or (reasons and known.reason not in reasons):
        return None
    if known.changed_at and known.changed_at > failed_before:
        return None
    past = (*known.past_message_ids, known.message_id) if known.message_id else known.past_message_ids
    fresh = known.but(
        state="pending", reason="", run_id=None, message_id=None, message_revision=0, past_message_ids=past[-20:],
        text=None, parts=None, cost=None, queued_at=None, sent_at=None, delivered_at=None,
        revision=known.revision + 1,
    )  # fmt: skip
    return Decision(fresh)
