"""Collects what one decision does to a person's runs: new state, events and records, all saved together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from campaigns.workflows.runs.domain.participant import MOST_FAILED, Entrant, Participant
from campaigns.workflows.runs.domain.records import records_of
from campaigns.workflows.runs.domain.scene import Scene
from shared.aggregates import Decision, NewEvent, NewRecord
from shared.events import EventData, WorkflowActed, thread_id
from shared.events.campaigns import RunAction


class Edit:
    def __init__(self, participant: Participant, scene: Scene) -> None:
        self.participant = participant
        self.scene = scene
        self._before = participant
        self._ended: list[Entrant] = []
        self._events: list[NewEvent] = []

    def put(self, entrant: Entrant) -> None:
        """Keep this state of the run. One that is over leaves the document, and its row stays; one that failed is kept,
        so that a person may move it on."""
        others = [one for one in self.participant.runs if one.id != entrant.id]
        if entrant.run.is_over and entrant.run.state != "failed":
            self._ended.append(entrant)
            kept = others
        else:
            kept = list(_without_old_failures([*others, entrant]))
        self.participant = self.participant.but(runs=tuple(kept))

    def publish(self, entrant: Entrant, data: EventData, discriminator: str) -> None:
        thread = thread_id(self.scene.tenant_id, entrant.run.number, self.participant.phone_number)
        self._events.append(NewEvent(data, subject=entrant.id, key=thread, discriminator=discriminator))

    def act(self, entrant: Entrant, action: RunAction, **what: Any) -> Entrant:
        """Tell conversation what the run does there; returns the run with the revision of this act."""
        entrant = entrant.but(acts=entrant.acts + 1)
        number, contact = entrant.run.number, self.participant.phone_number
        acted = WorkflowActed(
            run_id=entrant.id,
            workflow_id=entrant.run.workflow_id,
            thread_id=thread_id(self.scene.tenant_id, number, contact),
            number=number,
            contact=contact,
            revision=entrant.acts,
            at=self.scene.now,
            action=action,
            **what,
        )
        self.publish(entrant, acted, f"{entrant.id}|{entrant.acts}")
        return entrant

    def decision(self, answer: object = None) -> Decision[Participant] | None:
        if self.participant == self._before and not self._ended and not self._events:
            return None
        state = self.participant.but(revision=self._before.revision + 1)
        return Decision(state, events=tuple(self._events), records=tuple(self._records()), answer=answer)

    def _records(self) -> Iterable[NewRecord]:
        before = {entrant.id: entrant for entrant in self._before.runs}
        for entrant in (*self.participant.runs, *self._ended):
            if before.get(entrant.id) != entrant:
                yield from records_of(entrant, self._before.revision + 1, self.scene.now)


def _without_old_failures(runs: list[Entrant]) -> Iterable[Entrant]:
    failed = [entrant.id for entrant in runs if not entrant.active]
    gone = set(failed[:-MOST_FAILED])
    return (entrant for entrant in runs if entrant.id not in gone)
