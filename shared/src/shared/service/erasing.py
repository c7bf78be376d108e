"""Erases one person in one service: durable, resumable, and looked after until nothing can bring the person back.

`contact.erased` puts down a job; this works it off step by step. A crash leaves the job, so all steps run again, and
each finds only what is left. Events of the person may still be on their way (a receipt, a retry, a dead letter), so the
job looks again: after a moment, after a minute, and once every retry is over. Then it forgets who it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog

from shared.aggregates import Aggregates, Cause, Decision, Kind, NewEvent, Relay
from shared.database.protocol import Collection, Database, Document
from shared.erasure.keys import SETTLING_SECONDS, ErasureKeys
from shared.erasure.person import ErasedPerson
from shared.errors import ParleyError
from shared.events import ContactErased, ContactErasureDone, Event
from shared.metrics import FORGOTTEN
from shared.service.alarm import Alarm
from shared.service.due import DueLoop
from shared.service.service import Platform
from shared.service.sweeping import keep_swept
from shared.values import Moment, Value

log = structlog.get_logger()

Step = Callable[[ErasedPerson], Awaitable[int]]
"""Erases what it finds of this person, and says how much that was. Runs more than once; the last time it finds none."""
IsOpen = Callable[[ErasedPerson], Awaitable[bool]]
LOOKS_AFTER_SECONDS = (0.0, SETTLING_SECONDS, 60.0, 4_500.0)
"""Each counted from the one before. The last is later than the longest ladder of retries (about an hour)."""
LOOKS_AGAIN_SECONDS = 60.0
"""While something of the person is still open at the last look."""
REPORTED_AFTER = 2
"""Looks. What the first one set in motion in other services has arrived by the second."""
KEYS_LOOKED_AT_EVERY_SECONDS = 1.0


class Erasing(Value):
    """`person` is sealed JSON while there is something to do; then nothing is left of it here."""

    id: str
    tenant_id: str
    contact_id: str
    person: str
    looks: int = 0
    erased: int = 0
    """What was found and erased, by all looks together."""
    due_at: Moment | None


ERASURES = Kind(
    "erasures",
    Erasing,
    fields={"due_at": "datetime"},
    indexes=(("due_at",),),
    index=lambda erasing: {"due_at": erasing.due_at},
)


class Erasures:
    """`steps` run at every look, in this order; what is added by `add_later` from the second look on, after them."""

    def __init__(
        self,
        service: str,
        database: Database,
        relay: Relay,
        platform: Platform,
        steps: Mapping[str, Step] | None = None,
    ) -> None:
        self._service = service
        self._database = database
        self._clock = platform.clock
        self._keyring = platform.keyring
        self._keys = ErasureKeys(database, platform.keyring, platform.clock)
        self._looks_up = False
        self._jobs = Aggregates(ERASURES, database, relay, platform.clock, service)
        self._steps = dict(steps or {})
        self._later: dict[str, Step] = {}
        self._is_open: IsOpen | None = None
        alarm = Alarm(platform.clock)
        self._loop = DueLoop(self._jobs.store, self._work, platform.clock, at_once=2, alarm=alarm)

    @property
    def collection(self) -> Collection:
        return self._jobs.store

    @property
    def keys(self) -> ErasureKeys:
        """For a service that looks numbers up by their hash: then they are kept in memory, so that none waits."""
        self._looks_up = True
        return self._keys

    def add(self, what: str, step: Step) -> None:
        self._steps[what] = step

    def add_later(self, what: str, step: Step) -> None:
        self._later[what] = step

    def look_until_closed(self, is_open: IsOpen) -> None:
        """The last look is repeated while this is so. It must end by itself."""
        self._is_open = is_open

    async def on_contact_erased(self, event: Event[ContactErased]) -> None:
        erased, now = event.data, self._clock.now()
        key = self._keys.opened(erased.key)
        await self._keys.adopt(event.tenant_id, key)
        person = ErasedPerson.of(event.tenant_id, erased, key)
        job = Erasing(
            id=erased.erasure_id,
            tenant_id=event.tenant_id,
            contact_id=erased.contact_id,
            person=self._keyring.seal(person.encode().decode()),
            due_at=now,
        )
        await self._jobs.change(job.id, Cause.of(event), lambda known: None if known else Decision(job))
        self._loop.wake_at()

    async def run(self) -> None:
        """As a background task, which must not end."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._loop.run())
            group.create_task(keep_swept([self._keys.reseal]))
            if self._looks_up:
                group.create_task(self._keep_keys_known())

    async def once(self) -> int:
        """Work off what is due now (tests)."""
        return await self._loop.once()

    async def _keep_keys_known(self) -> None:
        while True:
            try:
                await self._keys.refresh()
            except ParleyError as error:
                log.warning("erasure_keys_wait", service=self._service, code=error.code)
            await asyncio.sleep(KEYS_LOOKED_AT_EVERY_SECONDS)

    async def _work(self, document: Document) -> None:
        job = self._jobs.state_of(document)
        if job.due_at is None:
            return
        person = ErasedPerson.decode(self._keyring.unseal(job.person))
        erased = await self._look(job, person)
        now = self._clock.now()
        looked = _looked(job, erased, now)
        if looked.due_at is None and self._is_open and await self._is_open(person):
            looked = job.but(erased=looked.erased, due_at=now + timedelta(seconds=LOOKS_AGAIN_SECONDS))
        events = (_done(job, self._service),) if looked.looks == REPORTED_AFTER else ()
        cause = Cause.due(job.tenant_id, f"erase|{job.id}|{job.looks}", job.id)
        await self._jobs.change(
            job.id, cause, lambda known: Decision(looked, events) if known and known.looks == job.looks else None
        )
        if erased or looked.looks == REPORTED_AFTER:
            await self._database.compact()
        self._loop.wake_at(looked.due_at)

    async def _look(self, job: Erasing, person: ErasedPerson) -> int:
        erased = 0
        for what, step in (self._steps | (self._later if job.looks else {})).items():
            found = await step(person)
            if found:
                FORGOTTEN.labels(self._service, f"erased {what}").inc(found)
            erased += found
        return erased


def _looked(job: Erasing, erased: int, now: datetime) -> Erasing:
    looks = job.looks + 1
    total = job.erased + erased
    if looks == len(LOOKS_AFTER_SECONDS):
        return job.but(looks=looks, erased=total, person="", due_at=None)
    return job.but(looks=looks, erased=total, due_at=now + timedelta(seconds=LOOKS_AFTER_SECONDS[looks]))


def _done(job: Erasing, service: str) -> NewEvent:
    done = ContactErasureDone(erasure_id=job.id, contact_id=job.contact_id, service=service)
    return NewEvent(done, job.contact_id, job.contact_id)
