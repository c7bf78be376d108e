"""Takes carried-out effects out of the documents that no later save has emptied: together, where several wait."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import structlog

from shared.aggregates.done import Done, Place, together
from shared.aggregates.gathering import waits_since
from shared.aggregates.recent import Recent
from shared.database.protocol import Collection, Document
from shared.errors import Conflict, ParleyError

log = structlog.get_logger()


@dataclass(frozen=True)
class _Clearance:
    """The newest document of an aggregate that is known here, and the same without what is done."""

    place: Place
    current: Document
    cleared: Document
    state: Any
    """What `recent` held beside it; None: it held nothing."""


class Clearing:
    """Who puts a document here has entered its place in `done`; it is left when the document is cleared."""

    def __init__(self, done: Done, recent: Recent) -> None:
        self._done = done
        self._recent = recent
        self._waiting: dict[Place, tuple[Collection, Document]] = {}

    def put(self, place: Place, store: Collection, document: Document) -> None:
        if place not in self._waiting:
            self._done.enter(place)  # what was done is remembered until it is taken out
        self._waiting[place] = (store, document)

    def newer(self, place: Place, store: Collection, document: Document) -> None:
        """This version of a document was saved here, if it is one of those that wait."""
        if place in self._waiting:
            self._waiting[place] = (store, document)

    def saved(self, place: Place, document: Document) -> None:
        """A save that took out all that was done leaves nothing to clear: a write would find the document changed."""
        if place in self._waiting and not any(entry["id"] in self._done.of(place) for entry in document["outbox"]):
            del self._waiting[place]
            self._done.leave(place)

    async def clear(self) -> None:
        """Take out of all that wait what this process has carried out."""
        waiting, self._waiting = self._waiting, {}
        by_store: defaultdict[str, list[tuple[Place, Document]]] = defaultdict(list)
        for place, (_, document) in waiting.items():
            by_store[place[0]].append((place, document))
        stores = {place[0]: store for place, (store, _) in waiting.items()}
        await together([self._clear(stores[name], some) for name, some in by_store.items()])

    async def _clear(self, store: Collection, waiting: list[tuple[Place, Document]]) -> None:
        try:
            wanted = [found for place, document in waiting if (found := self._newest(place, document))]
            won = await self._replaced(store, wanted)
            lost = [each.place for each, ours in zip(wanted, won, strict=True) if not ours]
            await together([self._clear_again(store, place) for place in lost])
        except ParleyError as error:
            log.warning("clear_failed", collection=store.spec.name, documents=len(waiting), code=error.code)
        finally:
            for place, _ in waiting:
                self._done.leave(place)

    def _newest(self, place: Place, document: Document) -> _Clearance | None:
        """Taken out of `recent` meanwhile: a decision that started from there would lose its save to this one."""
        recent = self._recent.take(place)
        current = recent[0] if recent and recent[0]["version"] > document["version"] else document
        state = recent[1] if recent and recent[0]["version"] == current["version"] else None
        clearance = self._clearance(place, current, state)
        if clearance is None and recent:
            self._recent.keep(place, *recent)
        return clearance

    def _clearance(self, place: Place, current: Document, state: Any = None) -> _Clearance | None:
        """None: nothing that this process has done is in it."""
        done = self._done.of(place)
        outbox = [entry for entry in current["outbox"] if entry["id"] not in done]
        if len(outbox) == len(current["outbox"]):
            return None
        since, version = waits_since(outbox, current["outbox_at"]), current["version"] + 1
        return _Clearance(place, current, {**current, "outbox": outbox, "outbox_at": since, "version": version}, state)

    async def _replaced(self, store: Collection, wanted: list[_Clearance]) -> list[bool]:
        changes = [(each.cleared, each.current["version"]) for each in wanted]
        try:
            won = await store.replace_many(changes) if wanted[1:] else [await store.replace(*each) for each in changes]
        except Conflict:  # later writes hide who won: each is read again
            won = [False] * len(wanted)
        for each, ours in zip(wanted, won, strict=True):
            if ours and each.state is not None:
                self._recent.keep(each.place, each.cleared, each.state)
        return won

    async def _clear_again(self, store: Collection, place: Place) -> None:
        """A racing save came first: look at what it left, until nothing is left or ours is the one."""
        while (current := await store.get(place[1])) is not None:
            wanted = self._clearance(place, current)
            if wanted is None or await store.replace(wanted.cleared, wanted.current["version"]):
                return
