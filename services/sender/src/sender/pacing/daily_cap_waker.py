"""Lets texts go that wait for their number's parts of the day, when its daily cap is raised or cleared.

By themselves they ask again when the next day begins. Here, oldest first and replies before campaigns, as many are sent
back into their lines as there is room for, one after another as fast as the number sends: nobody's thousands ask at
once. Nothing is kept for them; whom others forestall is told to wait again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sender.domain.message import DAILY_PARTS, Line, Message
from sender.pacing.buckets import Bucket, Pace, number_key
from sender.pacing.domain import DayTerms, day_at, waits_for
from sender.pacing.gate import day_terms
from sender.sending.gates import Directory
from sender.store import Messages, message_of
from shared.clock import Clock
from shared.database.protocol import Collection, CollectionSpec, Document, Sort
from shared.errors import ParleyError
from shared.events import NumberChanged, TenantChanged
from shared.values import Moment, Value

SPEC = CollectionSpec("raised_caps", {"due_at": "datetime", "version": "int"}, (("due_at",),))
LOOK_LEASE = timedelta(seconds=10)
"""Nobody else looks meanwhile; if we die, somebody does then."""
LINES: tuple[Line, ...] = ("one", "bulk")
"""In this order they get what room there is."""
ROUND = 100
SOON = timedelta(seconds=0.2)
NOT_YET_FILED = timedelta(seconds=5)
LOOKED_FOR = timedelta(seconds=30)
"""A message that was told to wait just before the cap was raised may be filed a little later."""


@dataclass(frozen=True)
class Room:
    """What is left of a number's day, as it is given away in one look."""

    terms: DayTerms
    bucket: Bucket
    used: int
    next_at: datetime

    def give(self, message: Message) -> Room | None:
        """The room after this message; None if there is not enough for it."""
        used = self.used + message.parts
        if not self.terms.fits(used, message.line):
            return None
        return Room(self.terms, self.bucket, used, self.next_at + self.bucket.takes(message.parts))


class Call(Value):
    """A number changed while texts waited for its parts of the day: how far looking through them has come."""

    called_at: Moment
    day: str = ""
    """The day whose room is given away; with the next one everybody asks by themselves."""
    used: int = 0
    """Of that day, those included who were let go and are not counted yet."""
    next_at: Moment | None = None


@dataclass(frozen=True)
class DailyCapWorker:
    rows: Collection
    directory: Directory
    pace: Pace
    messages: Messages
    clock: Clock
    wake: Callable[[Line, datetime | None], None]
    called: Callable[[], None] = lambda: None
    """Tells our loop that a number is due."""

    async def call(self, number: NumberChanged) -> None:
        """The number may have another cap: if texts wait for the present one, they are looked through."""
        day = await self.pace.day(number.phone_number)
        if day is None or not day.turned_away:
            return
        now = self.clock.now()
        fresh = {"due_at": now, "call": Call(called_at=now).model_dump()}
        # Beyond any version that an earlier row of this number had: nobody takes the one for the other.
        first = int(now.timestamp() * 1000)
        while True:
            row = await self.rows.get(number.phone_number)
            if row is None and await self.rows.insert({"id": number.phone_number, "version": first, **fresh}):
                break
            if row is not None and await self._save(row, **fresh):
                break
        self.called()

    async def work(self, row: Document) -> None:
        """One look; whoever calls meanwhile has the next one."""
        now = self.clock.now()
        held = await self._save(row, due_at=now + LOOK_LEASE)
        if held is None:
            return
        call = Call.model_validate(row["call"])
        number = await self.directory.numbers.get(row["id"])
        tenant = await self.directory.tenants.get(number.tenant_id) if number and number.tenant_id else None
        again = None
        if number and tenant:
            call, again = await self._look(call, number, tenant, now)
        if again:
            await self._save(held, due_at=again, call=call.model_dump())
        else:
            await self.rows.delete({"id": held["id"], "version": held["version"]})

    async def _look(
        self, call: Call, number: NumberChanged, tenant: TenantChanged, now: datetime
    ) -> tuple[Call, datetime | None]:
        """How far it has come, and when to look again."""
        terms = day_terms(number, tenant)
        day = day_at(await self.pace.day(number.phone_number), now, terms.zone)
        if call.day not in ("", day.name):
            return call, None
        bucket = Bucket(number_key(number.phone_number), number.parts_per_second, terms)
        room = Room(terms, bucket, max(day.parts, call.used), max(now, call.next_at or now))
        left = await self._let_go(room, number, tenant.tenant_id)
        call = call.but(day=day.name, used=left.used, next_at=left.next_at)
        if left is not room:
            return call, now + SOON
        return call, now + NOT_YET_FILED if now < call.called_at + LOOKED_FOR else None

    async def _let_go(self, room: Room, number: NumberChanged, tenant_id: str) -> Room:
        for line in LINES:
            where = {"tenant_id": tenant_id, "waits_for": waits_for(number.phone_number, line)}
            page = await self.messages.records.find(where, sort=Sort("created_at"), limit=ROUND)
            for message in map(message_of, page.items):
                given = room.give(message)
                if given and await self._back_in_line(message, room.next_at):
                    room = given
        return room

    async def _back_in_line(self, message: Message, at: datetime) -> bool:
        """False if it does not wait any more."""
        try:
            gone = await self.messages.let_go(message, DAILY_PARTS, self.clock.now(), look_at=at)
        except ParleyError:
            return False  # the next look tries again
        self.wake(message.line, at)
        return gone

    async def _save(self, row: Document, **changes: Any) -> Document | None:
        """None: somebody else was faster."""
        changed = {**row, **changes, "version": row["version"] + 1}
        return changed if await self.rows.replace(changed, row["version"]) else None
