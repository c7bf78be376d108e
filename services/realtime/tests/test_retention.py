"""What the log shows of a tenant fallen silent is gone when its retention is over; numbers go on."""

from __future__ import annotations

from datetime import timedelta

from realtime.domain.frames import NewLogEntry, Position
from realtime.event_log import EventLog
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from testkit.at_rest import at_rest

T, OTHER = "ten_1", "ten_2"
DAY = 24 * 3600.0


def draft(clock: ManualClock, mark: str, text: str) -> NewLogEntry:
    return NewLogEntry(mark=mark, type="x.updated", time=clock.now(), body=f'{{"text": "{text}"}}')


async def forgotten(log: EventLog, clock: ManualClock) -> int:
    before = clock.now() - timedelta(days=30)
    count = sum([count async for count in log.forget(T, before)])
    clock.advance(2 * 3600)
    await log.trim()
    return count


async def test_the_last_events_of_a_silent_tenant_are_forgotten_and_their_numbers_are_not() -> None:
    clock, database = ManualClock(), EmbeddedDatabase(None)
    log = EventLog(database, clock)
    await database.start()
    await log.number(T, [draft(clock, "a", "zanzibar")])
    await log.number(OTHER, [draft(clock, "a", "quokka")])
    clock.advance(29 * DAY)
    assert await forgotten(log, clock) == 0
    assert "zanzibar" in await at_rest(database)
    clock.advance(2 * DAY)
    assert await forgotten(log, clock) == 1
    after = await at_rest(database)
    assert "zanzibar" not in after
    assert "quokka" in after

    top = await log.top(T)
    await log.number(T, [draft(clock, "a", "zanzibar")])
    assert await log.top(T) == top, "known by its mark, it gets no second number"
    assert (await log.after(T, top, 10)).entries == ()
    assert (await log.after(T, Position(top.epoch, 0), 10)).entries is None, "what is gone cannot be told: a reset"
    _, [entry] = await log.number(T, [draft(clock, "b", "next")])
    assert entry.n == top.n + 1
    await database.close()


async def test_a_tenant_that_never_had_an_event_gets_no_log() -> None:
    clock, database = ManualClock(), EmbeddedDatabase(None)
    log = EventLog(database, clock)
    await database.start()
    assert await forgotten(log, clock) == 0
    assert T not in await at_rest(database)
    await database.close()
