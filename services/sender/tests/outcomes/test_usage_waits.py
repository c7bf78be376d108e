"""Usage waits for the carrier's last figures, inside the lane: no end of a process loses it."""

from __future__ import annotations

from sender_alone import MakeSender, OneSender
from shared.events import UsageRecorded


async def test_usage_of_a_process_that_dies_before_the_receipt_is_booked_by_another(
    world: OneSender, make_world: MakeSender
) -> None:
    await world.send("msg_1")
    await world.parts.loops["one"].once()
    assert await world.status("msg_1") == "accepted"
    assert world.broker.of(UsageRecorded) == [], "it waits for the receipt"
    other = await make_world(after=world)  # the first is never asked again
    other.clock.advance(30)
    await other.parts.service.relay.sweep()
    assert [entry.quantity for entry in other.usage("msg_1")] == [1]


async def test_the_last_figures_are_booked_at_once_by_another_process_and_no_older_ones_displace_them(
    world: OneSender, make_world: MakeSender
) -> None:
    await world.send("msg_1")
    await world.parts.loops["one"].once()
    other = await make_world(after=world)
    await other.receipt("msg_1", "delivered", parts=2)
    assert [entry.quantity for entry in other.usage("msg_1")] == [2]
    world.clock.advance(30)
    await world.parts.service.relay.drain()  # the first process still holds the figures of the acceptance
    latest = max(other.usage("msg_1"), key=lambda entry: entry.revision)
    assert latest.quantity == 2
