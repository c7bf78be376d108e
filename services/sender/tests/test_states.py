"""From sms.outbound to sms.status through real wiring: the rows of the table of states."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from sender.domain.outcome import Outcome
from shared.consuming.consumer import SHORT_LADDER
from shared.errors import Invalid, NotFound, Refused, StoreUnavailable, Unavailable
from shared.events import CarrierError, ConnectionChanged, Money, NumberChanged, SmsReceipt

TENANT, NUMBER, ANN, BOB = "ten_a", "+13125550001", "+13125550101", "+13125550102"
ACCEPTED = Outcome("accepted", carrier_message_id="car-1", parts=1)
LOST = Outcome("no_answer", "no_answer")
BROKEN = Outcome("server_error", "carrier_500")
BUSY = Outcome("not_sent", "carrier_busy", retry_after=7)
NO = Outcome("refused", "invalid_recipient", "no such number", (CarrierError(code="40310"),))
OPTED_OUT = Outcome("refused", "opted_out", "STOP", (CarrierError(code="40300"),))


async def test_a_message_is_sent_once_with_its_id_as_key(world: Any) -> None:
    await world.send("msg_1", causes=("msg_in",))
    await world.work()
    (request,) = world.carrier.requests
    assert request.key == "msg_1"
    assert request.account.api_key == "KEY-1"
    assert b"https://me.test/webhooks/telnyx/con_x.code?t=ten_a&m=msg_1&k=" in request.body
    assert world.told("msg_1") == ["queued", "submitting", "accepted"]
    message = await world.message("msg_1")
    assert message.carrier_message_id == "car-msg_1"
    (usage,) = world.usage("msg_1")
    assert (usage.ledger_key, usage.revision, usage.quantity, usage.estimate) == ("msg_1:sms_parts_out", 1, 1, True)


async def test_the_same_event_five_times_and_the_same_id_in_another_event_send_once(world: Any) -> None:
    for _ in range(5):
        await world.send("msg_1")
    await world.work()
    await world.handle((await world.message("msg_1")).order, id="another-event")
    await world.work()
    assert world.sent() == ["msg_1"]


async def test_an_id_that_was_let_go_of_by_its_lane_is_still_known(world: Any) -> None:
    for n in range(12):
        await world.send(f"msg_{n}")
    await world.work()
    lane = await world.parts.tools.lanes.get((await world.message("msg_0")).lane_id)
    assert len(lane.messages) <= 6
    await world.handle((await world.message("msg_0")).order, id="again")
    await world.work()
    assert world.sent().count("msg_0") == 1


async def test_an_id_taken_by_a_message_to_somebody_else_is_dead_lettered(world: Any) -> None:
    await world.send("msg_1")
    with pytest.raises(Invalid, match="message_id_taken"):
        await world.handle((await world.message("msg_1")).order.but(contact=BOB), id="other")


@pytest.mark.parametrize(
    ("outcome", "status", "reason"),
    [
        (ACCEPTED, "accepted", ""),
        (NO, "failed", "invalid_recipient"),
        (BUSY, "queued", "carrier_busy"),
        (LOST, "unknown", "no_answer"),
        (BROKEN, "unknown", "carrier_500"),
        (Outcome("in_flight", "key_in_flight"), "unknown", "key_in_flight"),
        (OPTED_OUT, "failed", "opted_out"),
    ],
)
async def test_what_a_first_attempt_leads_to(world: Any, outcome: Outcome, status: str, reason: str) -> None:
    world.carrier.script = [outcome]
    await world.send("msg_1")
    await world.work()
    message = await world.message("msg_1")
    assert (message.status, message.reason) == (status, reason)
    assert world.sent() == ["msg_1"]


async def test_a_busy_carrier_is_asked_again_when_it_said_so(world: Any) -> None:
    world.carrier.script = [BUSY, ACCEPTED]
    await world.send("msg_1")
    await world.work()
    await world.work(6)
    assert world.sent() == ["msg_1"]
    await world.work(2)
    assert world.told("msg_1") == ["queued", "submitting", "queued", "submitting", "accepted"]


async def test_no_answer_is_repeated_with_the_same_bytes_until_accepted(world: Any) -> None:
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


@pytest.mark.parametrize("outcome", [NO, BUSY, LOST, OPTED_OUT, Outcome("in_flight", "key_in_flight")])
async def test_on_a_repeat_only_a_success_settles_anything(world: Any, outcome: Outcome) -> None:
    world.carrier.script = [LOST, outcome]
    await world.send("msg_1")
    await world.work()
    await world.work(5)
    assert len(world.sent()) == 2
    assert await world.status("msg_1") == "unknown"


async def test_after_a_server_error_nothing_is_posted_again(world: Any) -> None:
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


async def test_the_carriers_own_records_settle_an_unknown_one(world: Any) -> None:
    found = Outcome("accepted", carrier_message_id="car-9", parts=2, cost=Money(nano=8_000_000))
    world.carrier.script, world.carrier.found = [BROKEN], [None, found]
    await world.send("msg_1")
    await world.work()
    await world.work(120)
    assert await world.status("msg_1") == "unknown"
    await world.work(180)
    message = await world.message("msg_1")
    assert (message.status, message.carrier_message_id) == ("accepted", "car-9")
    assert world.carrier.searches[0].token.message_id == "msg_1"


async def test_evidence_is_sought_at_the_account_the_attempt_went_to(world: Any) -> None:
    connection = ConnectionChanged.model_validate(world.rows["/internal/accounts/connections/con_x.code"])
    number = NumberChanged.model_validate(world.rows[f"/internal/accounts/numbers/{NUMBER}"])
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


async def test_a_number_that_was_taken_away_leaves_the_evidence_where_it_is(world: Any) -> None:
    number = NumberChanged.model_validate(world.rows[f"/internal/accounts/numbers/{NUMBER}"])
    world.carrier.script, world.carrier.found = [BROKEN], [ACCEPTED]
    await world.send("msg_1")
    await world.work()
    await world.own(number.but(tenant_id=None, connection_id=None, revision=2))
    await world.work(120)
    assert await world.status("msg_1") == "accepted"


async def test_a_search_that_fails_again_and_again_keeps_no_line_waiting(world: Any) -> None:
    world.carrier.script, world.carrier.found = [BROKEN], [RuntimeError("odd")] * 1000
    await world.send("msg_1")
    await world.send("msg_2")
    for _ in range(16):
        await world.work(60)
    assert await world.status("msg_1") == "unresolved"
    assert len(world.carrier.searches) == 3
    assert world.sent() == ["msg_1", "msg_2"]


async def test_an_account_that_cannot_be_read_keeps_no_line_waiting(world: Any) -> None:
    account_of = world.parts.tools.gates.account_of

    async def away(_message: Any) -> Any:
        raise Unavailable("accounts_away", "for long")

    world.carrier.script = [BROKEN]
    await world.send("msg_1")
    await world.send("msg_2")
    await world.work()
    world.parts.tools.gates.account_of = away
    for _ in range(16):
        await world.work(60)
    assert await world.status("msg_1") == "unresolved"
    world.parts.tools.gates.account_of = account_of
    await world.work(10)
    assert world.sent() == ["msg_1", "msg_2"]


async def test_the_line_moves_on_after_fifteen_minutes_and_late_evidence_still_counts(world: Any) -> None:
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
    assert [usage.revision for usage in world.usage("msg_1")] == [1]
    await world.work(3600)
    assert world.sent().count("msg_1") == 1


async def test_a_receipt_finds_its_message_while_an_amount_of_it_is_on_its_way_to_the_budget(world: Any) -> None:
    for n in range(9):
        await world.send(f"msg_{n}")
    await world.work()  # the lane has let go of msg_0 by now
    message, lanes = await world.message("msg_0"), world.parts.tools.lanes.store
    note = {"id": "msg_0", "revision": message.revision, "tenant_id": "ten_a", "day": "2026-03-10", "nano": 1}
    lane = await lanes.get(message.lane_id)
    lane["outbox"].append({"id": "late", "record": {"collection": "budget", "document": note}})
    assert await lanes.replace({**lane, "version": lane["version"] + 1}, lane["version"])
    await world.receipt("msg_0", "delivered")
    assert await world.status("msg_0") == "delivered"


async def test_a_died_attempt_ends_by_the_observers_clock_and_is_repeated_with_the_same_key(
    make_world: Any,
) -> None:
    world = await make_world()

    async def die(_request: Any) -> Outcome:
        raise RuntimeError("the process dies here")

    world.carrier.script = [die]
    await world.send("msg_1")
    await world.work()
    assert await world.status("msg_1") == "submitting"
    for _ in range(3):
        await world.work(16)
    assert world.sent() == ["msg_1"]
    for _ in range(4):
        await world.work(16)
    assert world.told("msg_1") == ["queued", "submitting", "unknown", "submitting", "accepted"]
    assert world.sent() == ["msg_1"] * 2


async def test_a_process_that_stood_still_after_the_claim_does_not_send(world: Any) -> None:
    suppressed = world.parts.tools.suppressions.is_suppressed

    async def slow(tenant: str, contact: str) -> bool:
        world.clock.advance(11)
        return await suppressed(tenant, contact)

    world.parts.tools.suppressions.is_suppressed = slow
    await world.send("msg_1")
    await world.parts.loops["one"].once()
    assert world.sent() == []
    message = await world.message("msg_1")
    assert (message.status, message.reason) == ("queued", "claim_stale")


async def test_receipts_in_any_order_never_go_back(world: Any) -> None:
    await world.send("msg_1")
    await world.work()
    await world.receipt("msg_1", "delivered", parts=2, cost={"nano": 8_000_000}, carrier_fee={"nano": 3_000_000})
    await world.receipt("msg_1", "sent")
    await world.receipt("msg_1", "delivered", parts=2, cost={"nano": 8_000_000}, carrier_fee={"nano": 3_000_000})
    message = await world.message("msg_1")
    assert (message.status, message.parts) == ("delivered", 2)
    assert message.sent_at is not None
    entries = {(u.ledger_key, u.revision): u for u in world.usage("msg_1")}
    parts, fee = entries[("msg_1:sms_parts_out", 2)], entries[("msg_1:carrier_fee", 2)]
    assert (parts.quantity, parts.carrier_cost.nano, parts.estimate) == (2, 5_000_000, False)
    assert fee.carrier_cost.nano == 3_000_000
    assert len(entries) == 3


async def test_a_receipt_that_overtakes_the_answer_settles_the_attempt(world: Any) -> None:
    async def receipt_first(_request: Any) -> Outcome:
        await world.receipt("msg_1", "sent")
        return LOST

    world.carrier.script = [receipt_first]
    await world.send("msg_1")
    await world.send("msg_2")
    await world.work()
    assert await world.status("msg_1") == "sent"
    assert world.sent() == ["msg_1", "msg_2"]


async def test_a_receipt_without_token_for_an_unknown_carrier_id_is_tried_again(world: Any) -> None:
    await world.send("msg_1")
    with pytest.raises(NotFound):
        await world.receipt("msg_1", "sent", message_id=None)
    await world.work()
    await world.receipt("msg_1", "sent", message_id=None)
    assert await world.status("msg_1") == "sent"


async def test_reports_of_texts_that_others_sent_from_the_same_number_fill_no_dead_letters(world: Any) -> None:
    data = {"carrier_message_id": "somebody-elses", "connection_id": "con_x.code", "number": NUMBER, "contact": ANN}
    report = SmsReceipt.model_validate({**data, "status": "sent", "occurred_at": world.clock.now()})
    event, counted = world.event(report), foreign_receipts()
    for seconds in SHORT_LADDER:
        with pytest.raises(NotFound):
            await world.parts.handlers.on_sms_receipt(event)
        world.clock.advance(seconds)
    with pytest.raises(Refused, match="foreign_receipt"):  # acknowledged; one more `NotFound` would be a dead letter
        await world.parts.handlers.on_sms_receipt(event)
    assert foreign_receipts() == counted + 1


async def test_a_report_with_our_token_about_a_message_that_is_not_here_is_no_foreign_one(world: Any) -> None:
    data = {"carrier_message_id": "c", "connection_id": "con_x.code", "number": NUMBER, "contact": ANN}
    report = {**data, "message_id": "msg_gone", "status": "sent", "occurred_at": world.clock.now()}
    event = world.event(SmsReceipt.model_validate(report))
    world.clock.advance(3600)
    with pytest.raises(NotFound):
        await world.parts.handlers.on_sms_receipt(event)


async def test_a_report_about_a_message_let_go_of_finds_its_record_beside_notes_that_still_wait(world: Any) -> None:
    for n in range(12):
        await world.send(f"msg_{n}")
    await world.work()
    lanes = world.parts.tools.lanes.store
    lane = await lanes.get((await world.message("msg_0")).lane_id)
    note = {"id": "msg_0", "revision": 3, "tenant_id": TENANT, "day": "2026-03-10", "nano": 1}
    waiting = [*lane["outbox"], {"id": "x", "record": {"collection": "budget", "document": note}}]
    assert await lanes.replace({**lane, "version": lane["version"] + 1, "outbox": waiting}, lane["version"])
    await world.receipt("msg_0", "delivered")
    assert await world.status("msg_0") == "delivered"


def foreign_receipts() -> float:
    return REGISTRY.get_sample_value("parley_foreign_receipts_total") or 0


async def test_a_receipt_of_another_tenant_changes_nothing(world: Any) -> None:
    await world.send("msg_1")
    await world.work()
    data = {"carrier_message_id": "car-msg_1", "connection_id": "con_y", "number": NUMBER, "contact": ANN}
    receipt = SmsReceipt.model_validate({**data, "status": "delivered", "occurred_at": world.clock.now()})
    with pytest.raises(NotFound):
        await world.handle(receipt, tenant="ten_b")
    assert await world.status("msg_1") == "accepted"


async def test_a_database_that_fails_when_the_answer_is_recorded_does_not_lose_it(world: Any) -> None:
    change, failures = world.parts.tools.messages.change, [1]

    async def flaky(*args: Any, **kwargs: Any) -> Any:
        if failures and args[1].id.startswith("due|outcome"):
            failures.pop()
            raise StoreUnavailable("store_away", "for a moment")
        return await change(*args, **kwargs)

    world.parts.tools.messages.change = flaky
    world.carrier.script = [BROKEN]
    await world.send("msg_1")
    await world.work()
    assert (await world.message("msg_1")).saw_server_error


async def test_a_repeat_never_goes_to_another_carrier_account(world: Any) -> None:
    connection = ConnectionChanged.model_validate(world.rows["/internal/accounts/connections/con_x.code"])
    world.carrier.script = [LOST]
    await world.send("msg_1")
    await world.work()
    other = connection.but(revision=2, encrypted_api_key=world.parts.tools.keyring.seal("KEY-2"))
    await world.own(other)  # there the same idempotency key would be a new text
    for _ in range(5):
        await world.work(200)
    assert [request.account.api_key for request in world.carrier.requests] == ["KEY-1"]
    assert await world.status("msg_1") == "unresolved"


async def test_a_crowded_carrier_puts_a_repeat_off_and_uses_none_up(world: Any) -> None:
    world.carrier.script = [LOST]
    await world.send("msg_1")
    await world.work()
    crowding = world.parts.tools.crowding
    turned_away = crowding.turned_away
    crowding.turned_away = lambda _connection, now, _line: now + timedelta(seconds=1)
    for _ in range(20):
        await world.work(1)
    assert (len(world.sent()), (await world.message("msg_1")).repeats) == (1, 0)
    crowding.turned_away = turned_away
    await world.work(1)
    assert (len(world.sent()), await world.status("msg_1")) == (2, "accepted")


async def test_a_slow_pace_puts_a_repeat_off_to_one_moment_of_its_own(world: Any) -> None:
    number = NumberChanged.model_validate(world.rows[f"/internal/accounts/numbers/{NUMBER}"])
    await world.own(number.but(parts_per_second=0.1, revision=2))
    world.carrier.script = [LOST]
    await world.send("msg_1")
    await world.work()
    for _ in range(12):
        await world.work(1)
    assert (len(world.sent()), await world.status("msg_1")) == (2, "accepted")


async def test_a_last_look_that_fails_is_proof_that_nothing_was_sent(world: Any) -> None:
    suppressions = world.parts.tools.suppressions
    is_suppressed = suppressions.is_suppressed

    async def away(_tenant: str, _contact: str) -> bool:
        raise StoreUnavailable("store_away", "for a moment")

    suppressions.is_suppressed = away
    await world.send("msg_1")
    await world.parts.loops["one"].once()
    assert (world.sent(), (await world.message("msg_1")).status) == ([], "queued")
    suppressions.is_suppressed = is_suppressed
    await world.work(2)
    assert (world.sent(), await world.status("msg_1")) == (["msg_1"], "accepted")
