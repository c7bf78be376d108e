"""Remembers, for this process, which documents hold effects back, and rings when the first of them is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.aggregates.done import Place
from shared.clock import Clock
from shared.database.protocol import Collection, Document


@dataclass
class Held:
    """The newest document of an aggregate that this process knows, and the moment its first held effect is due."""

    store: Collection
    document: Document
    due: datetime
    timer: asyncio.TimerHandle


class Holding:
    def __init__(self, clock: Clock, ring: Callable[[Place], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._held: dict[Place, Held] = {}

    def __contains__(self, place: Place) -> bool:
        return place in self._held

    def keep(self, place: Place, store: Collection, document: Document, due: datetime) -> None:
        """Wait for this document's held effects, unless a newer one of the aggregate is known."""
        known = self._held.get(place)
        if known is not None:
            if not self.is_older(place, document):
                return
            known.timer.cancel()
        wait = max(0.0, (due - self._clock.now()).total_seconds())
        timer = asyncio.get_running_loop().call_later(wait, self._ring, place)
        self._held[place] = Held(store, document, due, timer)

    def is_older(self, place: Place, document: Document) -> bool:
        """Whether this document is newer than the one that is kept."""
        known = self._held.get(place)
        return known is not None and known.document["version"] < document["version"]

    def take(self, place: Place) -> Held | None:
        held = self._held.pop(place, None)
        if held is not None:
            held.timer.cancel()
        return held

    def places(self) -> list[Place]:
        return list(self._held)
