"""Lets the engine decide a run's next move, and turns what the run wants into events for the services around it."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from campaigns.workflows.domain import effects as wanted
from campaigns.workflows.domain.effects import Effect, SendText
from campaigns.workflows.domain.engine import advance
from campaigns.workflows.domain.happenings import Happening, Stopped
from campaigns.workflows.runs.domain.edit import Edit
from campaigns.workflows.runs.domain.participant import Entrant, HoldReason
from shared.events import SmsOutbound, SmsWithdrawn

BY_CAMPAIGN = "campaign_cancelled"


def move(edit: Edit, entrant: Entrant, happening: Happening, hold: HoldReason | None = None) -> Entrant:
    """The run after this happening; its effects are in the edit. Runs of a cancelled campaign stop instead.

    `hold`: a reason to hold its texts that the scene does not know yet.
    """
    scene, run = edit.scene, entrant.run
    campaign = scene.campaign_of(run)
    if campaign and campaign.cancelled:
        happening = Stopped(by=BY_CAMPAIGN)
    hold = hold or scene.hold(run)
    advanced = advance(run, scene.definition_of(run), happening, scene.now, "held" if hold else "open")
    if advanced.run is run and not advanced.effects:
        return entrant
    moved = entrant.but(run=advanced.run)
    for effect in advanced.effects:
        moved = _carry(edit, moved, effect)
    moved = moved.but(held=hold if moved.run.phase == "held" else None)
    edit.put(moved)
    return moved


def _carry(edit: Edit, entrant: Entrant, effect: Effect) -> Entrant:
    match effect:
        case SendText():
            return _send(edit, entrant, effect)
        case wanted.NotSent():
            return entrant.but(reason=effect.reason)
        case wanted.Withdraw():
            return _withdraw(edit, entrant, effect.message_id)
        case wanted.Await():
            return edit.act(entrant, "awaits", until=effect.until)
        case wanted.Release():
            return edit.act(entrant, "released")
        case wanted.Took():
            return edit.act(entrant, "took", message_ids=effect.message_ids)
        case wanted.HandOver():
            return _hand_over(edit, entrant, effect)
        case wanted.SetContactField():
            return edit.act(entrant, "set_field", field=effect.name, value=effect.value[:1000])
        case wanted.Ended():
            return entrant.but(reason=_why_over(entrant, effect))
        case _:
            assert_never(effect)


def _why_over(entrant: Entrant, ended: wanted.Ended) -> str:
    """One that came to its end without any text says why it had none."""
    return entrant.reason if ended.reason == "end" and entrant.reason and not entrant.reached else ended.reason


def _send(edit: Edit, entrant: Entrant, asked: SendText) -> Entrant:
    run, now = entrant.run, edit.scene.now
    entrant = entrant.but(sent=entrant.sent + 1, reached=True)
    campaign = edit.scene.campaign_of(run)
    causes = (run.id, run.workflow_id, *((run.campaign_id,) if run.campaign_id else ()))
    text = SmsOutbound(
        message_id=asked.message_id,
        number=run.number,
        contact=edit.participant.phone_number,
        text=asked.text,
        author="workflow",
        priority=asked.priority,
        causes=causes,
        campaign_id=run.campaign_id,
        feed=campaign.feed if campaign else None,
        stream=run.id,
        seq=entrant.sent,
        respect_quiet_hours=asked.quiet_hours,
        send_window=entrant.send_window if asked.quiet_hours else None,
        expects_reply_until=now + timedelta(seconds=asked.reply_within) if asked.reply_within else None,
        contact_texted_us=run.texted_at is not None,
        contact_name=run.recipient.name[:200] or None,
        contact_company=run.recipient.company[:200] or None,
    )
    edit.publish(entrant, text, asked.message_id)
    return entrant


def _hand_over(edit: Edit, entrant: Entrant, asked: wanted.HandOver) -> Entrant:
    return edit.act(entrant, "hand_over", to=asked.to, note=asked.note[:1000], message_ids=asked.message_ids)


def _withdraw(edit: Edit, entrant: Entrant, message_id: str) -> Entrant:
    number, contact = entrant.run.number, edit.participant.phone_number
    withdrawn = SmsWithdrawn(reason="run_ended", number=number, contact=contact, message_ids=(message_id,))
    edit.publish(entrant, withdrawn, message_id)
    return entrant
