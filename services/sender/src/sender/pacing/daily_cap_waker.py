"""When a number's daily cap is raised or cleared, requeues the texts that wait for its parts of the day.

Without this they ask again when the next day begins. Replies go before campaigns, the oldest first, as many as there is
room for and as fast as the number sends, so that thousands do not ask at once. No room is reserved for them: a text
that finds its place taken waits again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sender.alarms import LaneAlarms
from sender.directory import AccountsDirectory
from sender.domain.effects import waits_for
from sender.domain.message import DAILY_PARTS, Message
from sender.pacing.buckets import Bucket, Pace, number_key
from sender.pacing.domain import DayTerms, day_at
from sender.pacing.gate import day_terms
from sender.store import Messages, message_of
from shared.clock import Clock
from shared.database.protocol import Collection, CollectionSpec, Document, Sort
from shared.errors import ParleyError
from shared.events import NumberChanged, Priority, TenantChanged
from shared.service.alarm import Alarm
from shared.values import Moment, Value

SPEC = CollectionSpec("raised_caps", {"due_at": "datetime", "version": "int"}, (("due_at",),))
LOOK_LEASE = timedelta(seconds=10)
"""Other processes leave the number alone so long; if this one dies, they take over."""
PRIORITIES: tuple[Priority, ...] = ("one", "bulk")
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
        if not self.terms.fits(used, message.priority):
            return None
        return Room(self.terms, self.bucket, used, self.next_at + self.bucket.takes(message.parts))


class CapChange(Value):
    """A number changed while texts waited for its parts of the day: how far looking through them has come."""

    called_at: Moment
    day: str = ""
    """The day of the room that is given away; on the next day each message asks by itself."""
    used: int = 0
    """Of that day, those included who were let go and are not counted yet."""
    next_at: Moment | None = None


@dataclass(frozen=True)
class DailyCapWaker:
    rows: Collection
    directory: AccountsDirectory
    pace: Pace
    messages: Messages
    clock: Clock
    lane_alarms: LaneAlarms
    alarm: Alarm
    """Of our own loop."""

    async def call(self, number: NumberChanged) -> None:
        """The number may have another cap: if texts wait for the present one, they are looked through."""
        day = await self.pace.day(number.phone_number)
        if day is None or not day.turned_away:
            return
        now = self.clock.now()
        fresh = {"due_at": now, "call": CapChange(called_at=now).plain()}
        # Higher than any version of an earlier row of this number, so that the two are never confused.
        first = int(now.timestamp() * 1000)
        while True:
            row = await self.rows.get(number.phone_number)
            if row is None and await self.rows.insert({"id": number.phone_number, "version": first, **fresh}):
                break
            if row is not None and await self._save(row, **fresh):
                break
        self.alarm.ring()

    async def work(self, row: Document) -> None:
        """One look. A change that comes meanwhile gets a look of its own."""
        now = self.clock.now()
        held = await self._save(row, due_at=now + LOOK_LEASE)
        if held is None:
            return
        call = CapChange.read(row["call"])
        number = await self.directory.numbers.get(row["id"])
        tenant = await self.directory.tenants.get(number.tenant_id) if number and number.tenant_id else None
        again = None
        if number and tenant:
            call, again = await self._look(call, number, tenant, now)
        if again:
            await self._save(held, due_at=again, call=call.plain())
        else:
            await self.rows.delete({"id": held["id"], "version": held["version"]})

    async def _look(
        self, call: CapChange, number: NumberChanged, tenant: TenantChanged, now: datetime
    ) -> tuple[CapChange, datetime | None]:
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
        for priority in PRIORITIES:
            where = {"tenant_id": tenant_id, "waits_for": waits_for(number.phone_number, priority)}
            page = await self.messages.records.find(where, sort=Sort("created_at"), limit=ROUND)
            for message in map(message_of, page.items):
                given = room.give(message)
                if given and await self._requeue(message, room.next_at):
                    room = given
        return room

    async def _requeue(self, message: Message, at: datetime) -> bool:
        """False if it does not wait any more."""
        try:
            gone = await self.messages.let_go(message, DAILY_PARTS, self.clock.now(), look_at=at)
        except ParleyError:
            return False  # the next look tries again
        self.lane_alarms[message.priority].ring(at)
        return gone

    async def _save(self, row: Document, **changes: Any) -> Document | None:
        """None: another process was faster."""
        changed = {**row, **changes, "version": row["version"] + 1}
        return changed if await self.rows.replace(changed, row["version"]) else None
