"""Unknown outcomes: repeats with the same key and bytes, evidence, and the end of waiting."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sender.domain.outcome import SendOutcome
from sender_alone import OneSender
from shared.events import CarrierError, ConnectionChanged, Money, NumberChanged

NUMBER = "+13125550001"
ACCEPTED = SendOutcome("accepted", carrier_message_id="car-1", parts=1)
LOST = SendOutcome("no_answer", "no_answer")
BROKEN = SendOutcome("server_error", "carrier_500")
BUSY = SendOutcome("not_sent", "carrier_busy", retry_after=7)
NO = SendOutcome("refused", "invalid_recipient", "no such number", (CarrierError(code="40310"),))
OPTED_OUT = SendOutcome("refused", "opted_out", "STOP", (CarrierError(code="40300"),))


async def test_no_answer_is_repeated_with_the_same_bytes_until_accepted(world: OneSender) -> None:
    world.carrier.script = [LOST, LOST, ACCEPTED]
    await world.send("msg_1")
    await world.work()
    await world.work(5)
    await world.work(20)
    assert len(world.sent()) == 2
    await world.work(5)
    assert await world.status("msg_1") == "accepted"
    assert len({request.body for request in world.carrier.requests}) == 1
    assert world.sent() == ["msg_1"] * 3


@pytest.mark.parametrize("outcome", [NO, BUSY, LOST, OPTED_OUT, SendOutcome("in_flight", "key_in_flight")])
async def test_on_a_repeat_only_a_success_settles_anything(world: OneSender, outcome: SendOutcome) -> None:
    world.carrier.script = [LOST, outcome]
    await world.send("msg_1")
    await world.work()
    await world.work(5)
    assert len(world.sent()) == 2
    assert await world.status("msg_1") == "unknown"


async def test_after_a_server_error_nothing_is_posted_again(world: OneSender) -> None:
    world.carrier.script = [LOST, BROKEN]
    await world.send("msg_1")
    await world.work()
    for seconds in (5, 30, 100, 200, 300, 200):
        await world.work(seconds)
    assert len(world.sent()) == 2
    assert await world.status("msg_1") == "unknown"
    await world.work(100)
    assert await world.status("msg_1") == "unresolved"
    assert len(world.carrier.searches) == 3


async def test_the_carriers_own_records_settle_an_unknown_one(world: OneSender) -> None:
    found = SendOutcome("accepted", carrier_message_id="car-9", parts=2, cost=Money(nano=8_000_000))
    world.carrier.script, world.carrier.found = [BROKEN], [None, found]
    await world.send("msg_1")
    await world.work()
    await world.work(120)
    assert await world.status("msg_1") == "unknown"
    await world.work(180)
    message = await world.message("msg_1")
    assert (message.status, message.carrier_message_id) == ("accepted", "car-9")
    assert world.carrier.searches[0].token.message_id == "msg_1"


async def test_evidence_is_sought_at_the_account_the_attempt_went_to(world: OneSender) -> None:
    connection = ConnectionChanged.read(world.rows["/internal/accounts/connections/con_x.code"])
    number = NumberChanged.read(world.rows[f"/internal/accounts/numbers/{NUMBER}"])
    seal = world.parts.tools.keyring.seal
    world.carrier.script, world.carrier.found = [BROKEN], [None, ACCEPTED]
    await world.send("msg_1")
    await world.work()
    await world.own(connection.but(connection_id="con_y", encrypted_api_key=seal("KEY-OF-Y")))
    await world.own(number.but(connection_id="con_y", revision=2))
    await world.own(connection.but(revision=2, active=False, encrypted_api_key=seal("KEY-2")))
    await world.work(120)
    await world.work(180)
    assert await world.status("msg_1") == "accepted"
    seen = [(search.account.connection_id, search.account.api_key) for search in world.carrier.searches]
    assert seen == [("con_x.code", "KEY-2")] * 2


async def test_a_number_that_was_taken_away_leaves_the_evidence_where_it_is(world: OneSender) -> None:
    number = NumberChanged.read(world.rows[f"/internal/accounts/numbers/{NUMBER}"])
    world.carrier.script, world.carrier.found = [BROKEN], [ACCEPTED]
    await world.send("msg_1")
    await world.work()
    await world.own(number.but(tenant_id=None, connection_id=None, revision=2))
    await world.work(120)
    assert await world.status("msg_1") == "accepted"


async def test_the_line_moves_on_after_fifteen_minutes_and_late_evidence_still_counts(world: OneSender) -> None:
    world.carrier.script = [BROKEN]
    await world.send("msg_1")
    await world.send("msg_2")
    await world.work()
    assert world.sent() == ["msg_1"]
    for _ in range(4):
        await world.work(240)
    assert await world.status("msg_1") == "unresolved"
    assert world.sent() == ["msg_1", "msg_2"]
    for n in range(3, 12):
        await world.send(f"msg_{n}")
    await world.work()  # the lane has let go of msg_1 by now
    await world.receipt("msg_1", "delivered")
    assert await world.status("msg_1") == "delivered"
    await world.work(3600)
    assert [usage.revision for usage in world.usage("msg_1")] == [1]
    assert world.sent().count("msg_1") == 1


async def test_a_repeat_never_goes_to_another_carrier_account(world: OneSender) -> None:
    connection = ConnectionChanged.read(world.rows["/internal/accounts/connections/con_x.code"])
    world.carrier.script = [LOST]
    await world.send("msg_1")
    await world.work()
    other = connection.but(revision=2, encrypted_api_key=world.parts.tools.keyring.seal("KEY-2"))
    await world.own(other)  # there the same idempotency key would be a new text
    for _ in range(5):
        await world.work(200)
    assert [request.account.api_key for request in world.carrier.requests] == ["KEY-1"]
    assert await world.status("msg_1") == "unresolved"


async def test_a_crowded_carrier_puts_a_repeat_off_and_uses_none_up(world: OneSender) -> None:
    world.carrier.script = [LOST]
    await world.send("msg_1")
    await world.work()
    connection_limits = world.parts.tools.connection_limits
    turned_away = connection_limits.wait_for_place
    connection_limits.wait_for_place = lambda _connection, now, _line: now + timedelta(seconds=1)
    for _ in range(20):
        await world.work(1)
    assert (len(world.sent()), (await world.message("msg_1")).repeats) == (1, 0)
    connection_limits.wait_for_place = turned_away
    await world.work(1)
    assert (len(world.sent()), await world.status("msg_1")) == (2, "accepted")


async def test_a_slow_pace_puts_a_repeat_off_to_one_moment_of_its_own(world: OneSender) -> None:
    number = NumberChanged.read(world.rows[f"/internal/accounts/numbers/{NUMBER}"])
    await world.own(number.but(parts_per_second=0.1, revision=2))
    world.carrier.script = [LOST]
    await world.send("msg_1")
    await world.work()
    for _ in range(12):
        await world.work(1)
    assert (len(world.sent()), await world.status("msg_1")) == (2, "accepted")
