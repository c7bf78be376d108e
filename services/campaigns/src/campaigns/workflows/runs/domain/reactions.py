"""What an event, a person or the clock does to the runs of one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from campaigns.workflows.domain.happenings import (
    ContactChanged,
    Due,
    MovedOn,
    OptedOut,
    Replied,
    Resumed,
    Stopped,
    TextSettled,
)
from campaigns.workflows.domain.run import ContactFacts
from campaigns.workflows.domain.sends import WITHDRAWN_BY_PAUSE
from campaigns.workflows.domain.waits import takes_reply
from campaigns.workflows.runs.domain.edit import Edit
from campaigns.workflows.runs.domain.moves import move
from campaigns.workflows.runs.domain.participant import Entrant, Participant
from campaigns.workflows.runs.domain.starting import NewRun, begin, objection
from shared.errors import Refused
from shared.events import FINAL_UNSENT, ConsentChanged, ContactTexted, SmsStatus

TENANT_SUSPENDED = "tenant_inactive"
"""Sender's reason for refusing the texts of a suspended tenant. The run waits as the tenant does, and sends later."""
LEFT = frozenset({"accepted", "sent", "delivered", "undelivered", "unconfirmed"})
"""The carrier took it."""


def on_status(edit: Edit, status: SmsStatus) -> None:
    """Sender reported on a text of one of the runs."""
    entrant = edit.participant.find(status.stream or "")
    if entrant is None or not entrant.active or status.status not in LEFT | FINAL_UNSENT:
        return
    if status.status == "refused" and status.reason == TENANT_SUSPENDED:
        withdrawn = _settled(status).but(status="withdrawn", reason=WITHDRAWN_BY_PAUSE)
        move(edit, entrant, withdrawn, hold="tenant_suspended")
    else:
        move(edit, entrant, _settled(status))


def on_text(edit: Edit, text: ContactTexted, triggered: Sequence[NewRun]) -> None:
    """The person wrote. The run that asked last on this number takes it; else it may start runs by a keyword.

    A text that comes while a question is on its way is kept by that run until it is known whether it answers it.
    """
    here = [entrant for entrant in edit.participant.active if entrant.run.number == text.number]
    taker = _taker(here, text, triggered)
    for entrant in here:
        heard = Replied(
            message_id=text.message_id,
            text=text.text,
            effective_at=text.effective_at,
            quiet_seconds=edit.scene.quiet_seconds,
            mine=entrant is taker,
        )
        move(edit, entrant, heard)
    if taker is None:
        begin_all(edit, triggered)


def _taker(here: Sequence[Entrant], text: ContactTexted, triggered: Sequence[NewRun]) -> Entrant | None:
    may = [entrant.run for entrant in here if not _welcomes(entrant, text)]
    asked = takes_reply(may, text.effective_at, text.message_id)
    if asked is not None:
        return next(entrant for entrant in here if entrant.run is asked)
    if triggered:
        return None
    return next((entrant for entrant in reversed(here) if entrant.run.phase == "sending"), None)


def _welcomes(entrant: Entrant, text: ContactTexted) -> bool:
    """This very text opened the conversation that started the run. It may be a keyword, too, and either of the two
    events may come first."""
    return entrant.started_by == "new_conversation" and entrant.run.taken[:1] == (text.message_id,)


def on_opt_out(edit: Edit, change: ConsentChanged) -> None:
    """STOP ends every run of the person, whichever number it was sent to."""
    _each(edit, lambda entrant: move(edit, entrant, OptedOut(effective_at=change.effective_at)))


def on_card(edit: Edit, facts: ContactFacts) -> None:
    _each(edit, lambda entrant: move(edit, entrant, ContactChanged(contact=facts)))


def on_due(edit: Edit) -> None:
    """The time of the run that has waited longest has come. One run at a time: each is a link of its own chain."""
    entrant = first_due(edit.participant, edit.scene.now)
    if entrant is not None:
        move(edit, entrant, Due())


def first_due(participant: Participant, now: datetime) -> Entrant | None:
    waiting = [(entrant.due_at, entrant) for entrant in participant.runs]
    due = [(moment, entrant) for moment, entrant in waiting if moment is not None and moment <= now]
    return min(due, key=lambda one: one[0])[1] if due else None


def resume_one(edit: Edit, run_id: str) -> None:
    """A held run sends if it may now; one of a cancelled campaign stops."""
    if (entrant := edit.participant.find(run_id)) is not None and entrant.active:
        move(edit, entrant, Resumed())


def stop_one(edit: Edit, run_id: str, by: str) -> None:
    if (entrant := edit.participant.find(run_id)) is not None and entrant.active:
        move(edit, entrant, Stopped(by=by))


def move_on(edit: Edit, run_id: str, by: str) -> None:
    """Past the step where it stands or failed. Raises `Refused`."""
    entrant = edit.participant.find(run_id)
    if entrant is None:
        raise Refused("run_is_over", "This run is over; start a new one.")
    if not entrant.active and (no := objection(edit.participant, entrant.run.workflow_id)):
        raise no
    if move(edit, entrant, MovedOn(by=by)) is entrant:
        raise Refused("nothing_to_skip", "This run cannot be moved on from where it stands.")


def _settled(status: SmsStatus) -> TextSettled:
    accepted = status.status in LEFT
    return TextSettled(
        message_id=status.message_id,
        accepted=accepted,
        at=_left_at(status) if accepted else status.changed_at,
        status=status.status,
        reason=status.reason,
        revision=status.revision,
    )


def _left_at(status: SmsStatus) -> datetime:
    """Before any answer to it: after a crash the carrier's acceptance may become known long after it, and after the
    answer."""
    return min(moment for moment in (status.tried_at, status.sent_at, status.changed_at) if moment)


def _each(edit: Edit, act: Callable[[Entrant], object]) -> None:
    for entrant in edit.participant.active:
        act(entrant)


def begin_all(edit: Edit, triggered: Sequence[NewRun]) -> None:
    """A workflow that runs for this person already is not started again."""
    for new in triggered:
        if objection(edit.participant, new.run.workflow_id) is None:
            begin(edit, new)
