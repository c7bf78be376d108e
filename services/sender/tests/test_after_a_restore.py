"""What left after the backup is known to the carrier alone: it is asked before anything is sent again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sender.domain.outcome import SendOutcome
from sender.sending.restored import LOOKED_BACK_FOR, Restored, note_restore
from sender_alone import MakeSender, OneSender
from shared.errors import Unavailable

FOUND = SendOutcome("accepted", carrier_message_id="car-7", parts=2)
AWAY = Unavailable("carrier_records_away", "The carrier's records cannot be read.")


@pytest.fixture
async def restored(world: OneSender) -> OneSender:
    """Of a backup that is an hour old."""
    now = world.clock.now()
    await note_restore(world.parts.service.database, Restored(taken_at=now - timedelta(hours=1), restored_at=now))
    return world


async def test_a_text_that_had_left_is_not_sent_again(restored: OneSender) -> None:
    restored.carrier.found = [FOUND]
    await restored.send("msg_1")
    await restored.work()
    message = await restored.message("msg_1")
    assert (restored.sent(), message.status, message.carrier_message_id, message.parts) == ([], "accepted", "car-7", 2)
    [search] = restored.carrier.searches
    assert restored.clock.now() - search.since == timedelta(hours=1)


async def test_a_text_that_had_not_left_is_sent_and_looked_for_once(restored: OneSender) -> None:
    await restored.send("msg_1")
    await restored.work()
    assert (await restored.status("msg_1"), restored.sent(), len(restored.carrier.searches)) == (
        "accepted",
        ["msg_1"],
        1,
    )


async def test_while_the_records_cannot_be_read_it_waits_and_says_so(restored: OneSender) -> None:
    restored.carrier.found = [AWAY, FOUND]
    await restored.send("msg_1")
    await restored.work()
    message = await restored.message("msg_1")
    assert (restored.sent(), message.status, message.reason) == ([], "queued", "carrier_records")
    await restored.work(31)
    assert (restored.sent(), await restored.status("msg_1")) == ([], "accepted")


async def test_the_texts_behind_one_that_had_left_go_on(restored: OneSender) -> None:
    restored.carrier.found = [FOUND, None]
    for seq in (1, 2):
        await restored.send(f"msg_{seq}", stream="thread", seq=seq)
    await restored.work()
    assert restored.sent() == ["msg_2"]


async def test_days_later_only_what_waits_since_then_is_looked_for(restored: OneSender) -> None:
    restored.clock.advance(LOOKED_BACK_FOR.total_seconds() + 1)
    await restored.send("msg_1")
    await restored.work()
    assert (restored.sent(), restored.carrier.searches) == (["msg_1"], [])


async def test_a_second_restore_still_looks_for_what_the_first_one_had_to(
    restored: OneSender, make_world: MakeSender
) -> None:
    now = restored.clock.now()
    database = restored.parts.service.database
    await note_restore(database, Restored(taken_at=now, restored_at=now + timedelta(minutes=1)))
    later = await make_world(after=restored)
    await later.send("msg_1")
    await later.work()
    [search] = later.carrier.searches
    assert later.clock.now() - search.since == timedelta(hours=1)


async def test_without_a_restore_nobody_is_asked(world: OneSender) -> None:
    await world.send("msg_1")
    await world.work()
    assert (world.sent(), world.carrier.searches) == (["msg_1"], [])
