"""A process that dies at any access while contacts are made, changed, merged and parted: nothing is half done for long.

Whatever access it dies at, the next process finishes what was decided, and each identifier belongs to one contact. The
caller repeats the request that failed, with its Idempotency-Key. Also: two processes that finish the same at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from contacts_play import rising_keys
from conversation.people.claims import Claims
from conversation.people.domain.contact import Contact
from conversation.people.domain.identifiers import Identifier
from conversation.people.finishing import Finishing
from conversation.people.requests import ContactRequests, NewContact
from conversation.people.store import CLAIM_SPEC, CONTACT_SPEC, People, contact_of
from conversation.timeline.domain.entry import SYSTEM
from conversation.timeline.store import TIMELINE_SPEC
from conversation_world import TENANT
from crashing_database import Died, Mortal, MortalDatabase
from shared.clock import ManualClock
from shared.database.protocol import Range
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import Refused
from shared.http.idempotency import RequestKey
from shared.service.alarm import Alarm

NUMBER = Identifier(kind="phone", value="+12025550123")
SECOND = Identifier(kind="phone", value="+12025550199")
ADA, OLD, NEW = (Identifier(kind="email", value=f"{name}@cakes.example") for name in ("ada", "old", "new"))
SHOP = Identifier(kind="external", value="shop\x1f1")
ONE_KEY, TWO_KEY = rising_keys(2)
MOST_ACCESSES = 500


class NoThreads:
    async def of_contact(self, tenant_id: str, ids: Any) -> AsyncIterator[Any]:
        for nothing in ():
            yield nothing


@dataclass
class Process:
    """The room of contacts on a database that it may lose sight of."""

    people: People
    claims: Claims
    finishing: Finishing
    requests: ContactRequests

    @classmethod
    def on(cls, database: Any, clock: ManualClock) -> Process:
        people = People(database.collection(CONTACT_SPEC), database.collection(CLAIM_SPEC), Alarm(clock), clock)
        claims = Claims(people)
        finishing = Finishing(people, claims, database.collection(TIMELINE_SPEC), clock)
        requests = ContactRequests(people, claims, finishing, NoThreads(), clock)  # type: ignore[arg-type]
        return cls(people, claims, finishing, requests)

    async def due(self, clock: ManualClock) -> None:
        """As the loop over records that are due does, without their threads."""
        for document in (await self.people.records.find({"spread_at": Range(lte=clock.now())}, limit=50)).items:
            contact = await self.finishing.finish(contact_of(document))
            await self.people.put(contact.but(spread_at=None, announces=False, was_in=None))


class Play:
    """One story; its process dies at the chosen access."""

    def __init__(self, at: int) -> None:
        self.database, self.clock, self.at = EmbeddedDatabase(None), ManualClock(), at

    def begin(self) -> None:
        self.life = Mortal()
        self.process = Process.on(MortalDatabase(self.database, self.life), self.clock)

    async def tell(self) -> bool:
        """Whether the process died before the story was over."""
        self.begin()
        await self.database.start()
        first = self.life
        first.die_at(self.at)
        one = await self.step(lambda r: r.create(TENANT, NewContact([ADA, SHOP], {"name": "Ada"}), RequestKey(ONE_KEY)))
        two = await self.step(lambda r: r.create(TENANT, NewContact([NUMBER, OLD]), RequestKey(TWO_KEY)))
        self.ids = (one.id, two.id)
        wanted = (NUMBER, SECOND, NEW)
        await self.step(lambda r: r.change(TENANT, two.id, lambda contact: contact, lambda _contact: wanted))
        await self.step(lambda r: r.merge(TENANT, (two.id, one.id), "mrg_1", SYSTEM))
        self.whole = await self.step(lambda _: self.process.people.get(TENANT, two.id))
        await self.step(lambda r: r.unmerge(TENANT, two.id, "mrg_1", SYSTEM))
        died = first.dead
        self.begin()
        await self.process.due(self.clock)
        return died

    async def step(self, ask: Callable[[ContactRequests], Awaitable[Any]]) -> Any:
        while True:
            try:
                return await ask(self.process.requests)
            except Died:
                self.begin()
                self.clock.advance(3)
                await self.process.due(self.clock)


async def owners(process: Process) -> dict[str, str | None]:
    found = {one: await process.claims.look(TENANT, one) for one in (NUMBER, SECOND, ADA, OLD, NEW, SHOP)}
    return {one.shown: claim.owner.id if claim and claim.owner else None for one, claim in found.items()}


async def outcome(play: Play) -> Any:
    contacts = [await play.process.people.get(TENANT, id) for id in play.ids]
    entries = await play.database.collection(TIMELINE_SPEC).find({})
    return (
        [identity_of(contact) for contact in contacts],
        identity_of(play.whole),
        await owners(play.process),
        sorted(entry["summary"] for entry in entries.items),
    )


def identity_of(contact: Contact) -> tuple[Any, ...]:
    assert contact.under_way is None
    return (contact.id, contact.phone_numbers, contact.emails, contact.external_ids, contact.name)


async def test_a_death_at_any_access_leaves_each_identifier_with_one_contact() -> None:
    calm = Play(MOST_ACCESSES * 10)
    assert not await calm.tell()
    expected = await outcome(calm)
    one, two = calm.ids
    assert expected[0] == [
        (one, (), (ADA.value,), (("shop", "1"),), "Ada"),
        (two, (NUMBER.value, SECOND.value), (NEW.value,), (), None),
    ]
    assert expected[1] == (one, (NUMBER.value, SECOND.value), (ADA.value, NEW.value), (("shop", "1"),), "Ada")
    assert expected[2][OLD.value] is None
    for at in range(1, MOST_ACCESSES):
        play = Play(at)
        if not await play.tell():
            assert at > 50
            return
        assert await outcome(play) == expected, f"died at access {at}"
        await play.database.close()
    pytest.fail("the story has more accesses than this test tries")


async def test_processes_that_make_change_and_merge_the_same_at_once_agree() -> None:
    """Many interleavings of two processes; a request that is refused keeps nothing of it."""
    for seed in range(12):
        database, clock = EmbeddedDatabase(None), ManualClock()
        processes = [Process.on(database, clock) for _ in range(2)]
        await database.start()

        async def make(n: int, *identifiers: Identifier, processes: list[Process] = processes) -> str | None:
            for _ in range(n % 4):
                await asyncio.sleep(0)
            try:
                made = await processes[n % 2].requests.create(TENANT, NewContact(identifiers), RequestKey(None))
            except Refused:
                return None
            return made.id

        made = await asyncio.gather(
            make(seed, ADA, SHOP), make(seed + 1, SHOP, ADA), make(seed + 2, ADA, NUMBER), make(0, NUMBER, OLD)
        )
        ids = [id for id in made if id]
        known = await owners(processes[0])
        assert {owner for owner in known.values() if owner} == set(ids)
        if len(ids) == 2:
            await asyncio.gather(
                *(process.requests.merge(TENANT, (ids[0], ids[1]), "mrg_1", SYSTEM) for process in processes)
            )
            whole = await processes[0].people.get(TENANT, max(ids))
            assert whole.id == min(ids)
            assert len(whole.merges) == 1
        await database.close()
