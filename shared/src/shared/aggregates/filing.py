"""Files the records of a decision: those that go to one collection together, in one round trip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol, cast

from shared.aggregates.done import Done, Place, together
from shared.aggregates.gathering import OutboxEntry
from shared.aggregates.outbox import record_of
from shared.database.protocol import Collection, CollectionSpec, Database, Document


class Files(Protocol):
    """Where records of one name go. Called again after a crash, so doing it twice must be harmless."""

    async def put(self, document: Document, /) -> bool: ...


class Filing:
    def __init__(self, database: Database, done: Done) -> None:
        self.places: dict[str, Files] = {}
        self._database = database
        self._done = done
        self._apart: set[str] = set()

    def into(self, spec: CollectionSpec) -> Collection:
        collection = self.places[spec.name] = self._database.collection(spec)
        return collection

    def through(self, name: str, files: Files) -> None:
        self.places[name] = files
        self._apart.add(name)

    def is_apart(self, entry: OutboxEntry) -> bool:
        """Whether it is a record that no joint save can take along."""
        return "record" in entry and record_of(entry)[0] in self._apart

    async def file(self, place: Place, entries: Sequence[OutboxEntry]) -> None:
        """The records of one document's outbox. One that cannot be stored holds up none of the others."""
        by_name: defaultdict[str, list[OutboxEntry]] = defaultdict(list)
        for entry in entries:
            by_name[record_of(entry)[0]].append(entry)
        await together([one for name, some in by_name.items() for one in self._of_one_name(place, name, some)])

    def _of_one_name(self, place: Place, name: str, entries: list[OutboxEntry]) -> list[Coroutine[Any, Any, None]]:
        async def put(some: list[OutboxEntry]) -> None:
            documents = [record_of(entry)[1] for entry in some]
            if documents[1:]:
                await cast("Collection", self.places[name]).put_many(documents)
            else:
                await self.places[name].put(documents[0])

        groups = [[entry] for entry in entries] if name in self._apart else [entries]
        return [self._done.once(place, group, put) for group in groups]
