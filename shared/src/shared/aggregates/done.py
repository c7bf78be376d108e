"""Remembers, for this process, which effects it has carried out while the documents may still hold them.

Each save of a busy aggregate finds the effects of the one before still under way; without this memory, every one of
them would carry out all of them again.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from shared.aggregates.gathering import OutboxEntry
from shared.errors import ParleyError

Place = tuple[str, str]
"""Collection name and aggregate id."""
EffectOutcome = Literal["done", "given up"] | ParleyError
Work = Callable[[list[OutboxEntry]], Awaitable[Any]]


class Done:
    """What was done at a place is remembered until the last task that has entered it leaves."""

    def __init__(self) -> None:
        self._ids: defaultdict[Place, set[str]] = defaultdict(set)
        self._inside: defaultdict[Place, int] = defaultdict(int)
        self._under_way: dict[tuple[Place, str], asyncio.Future[EffectOutcome]] = {}

    def enter(self, place: Place) -> None:
        self._inside[place] += 1

    def leave(self, place: Place) -> None:
        self._inside[place] -= 1
        if not self._inside[place]:
            # No task here works on this aggregate any more, so the document alone may say what was done.
            del self._inside[place]
            self._ids.pop(place, None)

    def of(self, place: Place) -> frozenset[str] | set[str]:
        """Ids of effects that are done, and are to be taken out of the document."""
        return self._ids.get(place) or frozenset()

    async def once(self, place: Place, entries: Sequence[OutboxEntry], work: Work) -> None:
        """Do this work for these effects, together; for those that another task here is doing, wait for it."""
        ours: list[OutboxEntry] = []
        others: list[OutboxEntry] = []
        for entry in entries:
            (ours if self._is_free(place, entry) else others).append(entry)
        with self._doing(place, ours) as outcome:
            own = [self._carry_out(place, ours, work, outcome)] if ours else []
            await together([*own, *(self._after(place, entry, work) for entry in others)])

    def _is_free(self, place: Place, entry: OutboxEntry) -> bool:
        return (place, entry["id"]) not in self._under_way and entry["id"] not in self.of(place)

    @contextmanager
    def _doing(self, place: Place, entries: list[OutboxEntry]) -> Generator[asyncio.Future[EffectOutcome]]:
        """Marked as under way at once, before any other task can see them. However it ends, the mark goes: a task that
        is cancelled may never have begun, and others would wait for it for ever."""
        ours: asyncio.Future[EffectOutcome] = asyncio.get_running_loop().create_future()
        for entry in entries:
            self._under_way[place, entry["id"]] = ours
        try:
            yield ours
        finally:
            self._end(place, entries, ours, "given up")

    def _end(
        self, place: Place, entries: list[OutboxEntry], ours: asyncio.Future[EffectOutcome], outcome: EffectOutcome
    ) -> None:
        if not ours.done():
            for entry in entries:
                del self._under_way[place, entry["id"]]
            ours.set_result(outcome)

    async def _carry_out(
        self, place: Place, entries: list[OutboxEntry], work: Work, ours: asyncio.Future[EffectOutcome]
    ) -> None:
        """Others go on as soon as this ends, even if the effects that its caller waits for take longer."""
        outcome: EffectOutcome = "given up"
        try:
            await work(entries)
            self._ids[place].update(entry["id"] for entry in entries)
            outcome = "done"
        except ParleyError as error:
            outcome = error
            raise
        finally:
            self._end(place, entries, ours, outcome)

    async def _after(self, place: Place, entry: OutboxEntry, work: Work) -> None:
        while other := self._under_way.get((place, entry["id"])):
            outcome = await asyncio.shield(other)
            if isinstance(outcome, ParleyError):
                raise outcome
            if outcome == "done":
                return
        if entry["id"] not in self.of(place):
            await self.once(place, [entry], work)


async def together(work: list[Coroutine[Any, Any, None]]) -> None:
    """Run side by side; let all end before the first failure is raised: a lost confirm stops no other effect."""
    if len(work) == 1:
        return await work[0]
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return None
