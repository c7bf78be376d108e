"""Takes the people of a dry run in portions, each in a thread, so that other requests go on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from campaigns.workflows.domain.run import ContactFacts, Person
from campaigns.workflows.dry_run.domain.summary import Summary
from campaigns.workflows.dry_run.domain.walk import Stage, Walk, walk

PORTION = 100


@dataclass(frozen=True, slots=True)
class Traveller:
    person: Person
    contact: ContactFacts


@dataclass(slots=True)
class Page:
    """The people that are shown one by one: so many from this place on."""

    start: int = 0
    size: int = 0
    walks: list[Walk] = field(default_factory=list[Walk])

    def wants(self, place: int) -> bool:
        return self.start <= place < self.start + self.size


async def dry_run(
    stage: Stage, travellers: AsyncIterator[Traveller], page: Page, one_at_a_time: asyncio.Semaphore
) -> Summary:
    """Fills the page, and returns the figures of all. Memory is that of one portion and the page."""
    summary = Summary(stage.definition)

    async def take(portion: Sequence[Traveller]) -> None:
        async with one_at_a_time:
            await asyncio.to_thread(_take, stage, portion, page, summary)

    portion: list[Traveller] = []
    async for traveller in travellers:
        portion.append(traveller)
        if len(portion) >= PORTION:
            await take(portion)
            portion = []
    await take(portion)
    return summary


def _take(stage: Stage, portion: Sequence[Traveller], page: Page, summary: Summary) -> None:
    for traveller in portion:
        done = walk(stage, traveller.person, traveller.contact)
        if page.wants(summary.recipients):
            page.walks.append(done)
        summary.add(done)
