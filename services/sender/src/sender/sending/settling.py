"""Looks after unknown outcomes, apart from what is sent.

The loops of both priorities see to them too, in the order in which things became due. Behind a backlog (a campaign on a
machine that cannot keep up) that would be too late: a repeat with the same key and the search for evidence must
happen within 15 minutes, or a person has to decide.
"""

from __future__ import annotations

from collections.abc import Mapping

from sender.sending.worker import SendWorker
from sender.store import Lanes
from shared.database.protocol import Document
from shared.events import Priority


class Settler:
    def __init__(self, lanes: Lanes, workers: Mapping[Priority, SendWorker]) -> None:
        self._lanes = lanes
        self._workers = workers

    async def work(self, document: Document) -> None:
        """One step for each outcome of this lane that is unknown. Nothing is done where the loop of that priority is
        at work on it already."""
        lane = self._lanes.state_of(document)
        for priority, worker in self._workers.items():
            flight = lane.flight(priority)
            if flight and flight.status == "unknown":
                await worker.work(document)
