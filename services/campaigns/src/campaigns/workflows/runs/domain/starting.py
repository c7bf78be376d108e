"""Begins a run for one person: by a campaign, a keyword, a new conversation or a program."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from campaigns.workflows.domain.happenings import Started
from campaigns.workflows.domain.run import Run
from campaigns.workflows.runs.domain.edit import Edit
from campaigns.workflows.runs.domain.moves import move
from campaigns.workflows.runs.domain.participant import MOST_RUNS, Entrant, Participant
from shared.errors import Refused
from shared.events import SendWindow

StartedBy = Literal["campaign", "keyword", "new_conversation", "api"]
ALREADY_RUNNING, TOO_MANY_RUNS = "already_running", "too_many_runs"


@dataclass(frozen=True)
class NewRun:
    run: Run
    """As it is before its first step."""
    started_by: StartedBy
    started: Started = field(default_factory=Started)
    takes_text: bool = False
    """The text that started it is a keyword, so the assistant need not answer it."""
    send_window: SendWindow | None = None
    request_digest: str | None = None


def objection(participant: Participant, workflow_id: str) -> Refused | None:
    """Why no further run of this workflow may begin for this person."""
    under_way = participant.active
    if twin := next((entrant for entrant in under_way if entrant.run.workflow_id == workflow_id), None):
        return Refused(ALREADY_RUNNING, f"This workflow is running for this person already: {twin.id}.")
    if len(under_way) >= MOST_RUNS:
        return Refused(TOO_MANY_RUNS, f"One person has at most {MOST_RUNS} runs under way.")
    return None


def begin(edit: Edit, new: NewRun) -> None:
    """Raises `Refused`."""
    if (no := objection(edit.participant, new.run.workflow_id)) is not None:
        raise no
    entrant = Entrant(
        run=new.run, send_window=new.send_window, started_by=new.started_by, request_digest=new.request_digest
    )
    if new.takes_text and new.started.message_id:
        entrant = edit.act(entrant, "took", message_ids=(new.started.message_id,))
    move(edit, entrant, new.started)
