"""From sms.outbound to sms.status through real wiring: every row of the table of states, and the gates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sender.domain.outcome import Outcome
from shared.errors import Invalid, NotFound
from shared.events import CarrierError, ConsentChanged, ConsentEvidence, Money, NumberChanged, TenantChanged

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
    assert "m=msg_1" in world.carrier.searches[0].token


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


async def test_a_receipt_of_another_tenant_changes_nothing(world: Any) -> None:
    await world.send("msg_1")
    await world.work()
    data = {"carrier_message_id": "car-msg_1", "connection_id": "con_y", "number": NUMBER, "contact": ANN}
    from shared.events import SmsReceipt

    receipt = SmsReceipt.model_validate({**data, "status": "delivered", "occurred_at": world.clock.now()})
    with pytest.raises(NotFound):
        await world.handle(receipt, tenant="ten_b")
    assert await world.status("msg_1") == "accepted"


async def test_nothing_leaves_after_a_stop(world: Any) -> None:
    await world.stop()
    await world.send("msg_1")
    await world.send("msg_2", contact=BOB)
    await world.work()
    assert world.sent() == ["msg_2"]
    message = await world.message("msg_1")
    assert (message.status, message.reason) == ("suppressed", "opted_out")


async def test_start_after_stop_opens_again_and_an_older_start_does_not(world: Any) -> None:
    await world.stop()
    world.clock.advance(60)
    await world.keyword("start")
    await world.send("msg_1")
    await world.work()
    assert world.sent() == ["msg_1"]


async def test_a_stop_between_claim_and_request_still_wins(world: Any) -> None:
    last_look = world.parts.tools.last_look.objection

    async def stop_first(message: Any) -> Any:
        await world.stop()
        return await last_look(message)

    object.__setattr__(world.parts.tools.last_look, "objection", stop_first)
    await world.send("msg_1")
    await world.work()
    assert world.sent() == []
    assert await world.status("msg_1") == "suppressed"


async def test_a_person_lifts_the_opt_out_that_they_name(world: Any) -> None:
    now = world.clock.now()

    def entry(id: str, state: str, **more: Any) -> ConsentChanged:
        evidence = ConsentEvidence(kind="person" if state == "in" else "keyword")
        return ConsentChanged.model_validate(
            {"entry_id": id, "contact": ANN, "state": state, "effective_at": now, "evidence": evidence, **more}
        )

    await world.handle(entry("con_2", "in", overrides=("con_1",)))
    await world.handle(entry("con_1", "out"))
    await world.send("msg_1")
    await world.work()
    assert world.sent() == ["msg_1"]


async def test_an_opt_out_at_the_carrier_is_remembered_from_the_attempts_start(world: Any) -> None:
    world.carrier.script = [OPTED_OUT]
    await world.send("msg_1")
    await world.send("msg_2")
    began = world.clock.now()
    await world.work()
    assert world.sent() == ["msg_1"]
    assert world.statuses("msg_1")[-1].opted_out_at == began
    assert await world.status("msg_2") == "suppressed"


async def test_a_sender_without_the_whole_suppression_list_sends_nothing(make_world: Any) -> None:
    world = await make_world(filled=False)
    await world.send("msg_1")
    await world.parts.loops["one"].once()
    assert world.sent() == []
    assert "opted out" in world.parts.service.not_ready[0]()
    world.rows["/internal/conversation/consents"] = {
        "items": [{"id": f"{TENANT}|{ANN}", "tenant_id": TENANT, "contact": ANN, "entries": [
            {"entry_id": "con_1", "state": "out", "effective_at": "2026-01-01T00:00:00Z"}]}],
        "next_cursor": None,
    }  # fmt: skip
    await world.parts.tools.suppressions.fill()
    assert world.parts.service.not_ready[0]() is None
    await world.work()
    assert (world.sent(), await world.status("msg_1")) == ([], "suppressed")


async def test_a_withdrawn_message_does_not_leave_whichever_comes_first(world: Any) -> None:
    await world.withdraw(message_ids=("msg_1",), reason="superseded")
    await world.send("msg_1")
    await world.send("msg_2", turn=4, author="assistant")
    await world.send("msg_3", turn=4, author="agent")
    await world.withdraw(turn=4)
    await world.send("msg_4", causes=("msg_in",), author="assistant")
    await world.send("msg_5", causes=("msg_in",), author="workflow")
    await world.withdraw(cause="msg_in", author="assistant")
    await world.work()
    assert world.sent() == ["msg_3", "msg_5"]
    assert world.told("msg_1") == ["withdrawn"]
    assert world.told("msg_2") == ["queued", "withdrawn"]
    assert world.statuses("msg_1")[-1].reason == "superseded"


async def test_a_withdrawal_that_is_too_late_says_so(world: Any) -> None:
    await world.send("msg_1")
    await world.work()
    await world.withdraw(message_ids=("msg_1",))
    last = world.statuses("msg_1")[-1]
    assert (last.status, last.too_late) == ("accepted", True)


async def test_a_message_withdrawn_in_flight_does_not_go_back_into_the_line(world: Any) -> None:
    async def withdrawn_meanwhile(_request: Any) -> Outcome:
        await world.withdraw(message_ids=("msg_1",))
        return BUSY

    world.carrier.script = [withdrawn_meanwhile]
    await world.send("msg_1")
    await world.work()
    await world.work(60)
    assert [(s.status, s.too_late) for s in world.statuses("msg_1")] == [
        ("queued", False), ("submitting", False), ("submitting", True), ("withdrawn", False),
    ]  # fmt: skip
    assert world.sent() == ["msg_1"]


async def test_a_withdrawn_unknown_message_is_not_repeated(world: Any) -> None:
    world.carrier.script = [LOST]
    await world.send("msg_1")
    await world.work()
    await world.withdraw(message_ids=("msg_1",))
    for _ in range(5):
        await world.work(200)
    assert world.sent() == ["msg_1"]
    assert await world.status("msg_1") == "unresolved"


async def test_a_campaigns_withdrawal_reaches_what_waits_and_what_is_still_to_come(world: Any) -> None:
    async def bulk(id: str, feed: int, **more: Any) -> None:
        await world.send(id, campaign_id="cmp_1", feed=feed, priority="bulk", **more)

    later = world.clock.now() + timedelta(days=1)
    await world.own(TenantChanged.model_validate({**world.rows[f"/internal/accounts/tenants/{TENANT}"], "revision": 2,
                                                  "quiet_hours": {"opens": 8, "closes": 9}}))  # fmt: skip
    await bulk("msg_1", 1, respect_quiet_hours=True)
    await bulk("msg_2", 2, respect_quiet_hours=True, contact=BOB, expires_at=later)
    await world.work()
    assert world.told("msg_1") == ["queued", "queued"]
    await world.withdraw(campaign_id="cmp_1", up_to_feed=1)
    await world.withdraw(campaign_id="cmp_1", up_to_feed=0)
    await bulk("msg_3", 1)
    await bulk("msg_4", 2)
    await world.work()
    assert (await world.status("msg_1"), await world.status("msg_3")) == ("withdrawn", "withdrawn")
    assert (await world.status("msg_2"), await world.status("msg_4")) == ("queued", "accepted")


async def test_a_campaigns_withdrawal_between_claim_and_request_still_wins(world: Any) -> None:
    check = world.parts.tools.gates.check

    async def withdraw_after(message: Any, now: Any) -> Any:
        verdict = await check(message, now)
        await world.withdraw(campaign_id="cmp_1")
        return verdict

    object.__setattr__(world.parts.tools.gates, "check", withdraw_after)
    await world.send("msg_1", campaign_id="cmp_1", feed=1, priority="bulk")
    await world.work()
    assert (world.sent(), await world.status("msg_1")) == ([], "withdrawn")


async def test_streams_leave_in_the_order_of_their_numbers(world: Any) -> None:
    for seq in (3, 1, 2):
        await world.send(f"msg_{seq}", stream="thr", seq=seq)
    await world.work()
    assert world.sent() == ["msg_1", "msg_2", "msg_3"]


async def test_a_refusal_a_withdrawal_and_a_failure_consume_their_numbers(world: Any) -> None:
    world.carrier.script = [NO]
    await world.send("msg_1", stream="s", seq=1)
    await world.send("msg_2", stream="s", seq=2, text="  ")
    await world.withdraw(message_ids=("msg_3",))
    await world.send("msg_3", stream="s", seq=3)
    await world.send("msg_4", stream="s", seq=4)
    await world.work()
    assert world.sent() == ["msg_1", "msg_4"]


async def test_a_gap_is_shown_after_a_minute_and_holds_nobody_else(world: Any) -> None:
    await world.send("msg_2", stream="a", seq=2)
    await world.send("msg_9", stream="b", seq=1)
    await world.send("msg_8")
    await world.work(59)
    assert sorted(world.sent()) == ["msg_8", "msg_9"]
    assert (await world.message("msg_2")).reason == ""
    await world.work(2)
    assert (await world.message("msg_2")).reason == "gap"
    await world.send("msg_1", stream="a", seq=1)
    await world.work()
    assert world.sent()[-2:] == ["msg_1", "msg_2"]


async def test_an_unknown_campaign_text_never_holds_up_a_reply(world: Any) -> None:
    world.carrier.script = [LOST]
    await world.send("msg_bulk", priority="bulk")
    await world.work()
    await world.send("msg_reply")
    await world.work()
    assert world.sent() == ["msg_bulk", "msg_reply"]


async def test_a_reply_leaves_while_a_campaign_text_is_being_sent(world: Any) -> None:
    async def reply_meanwhile(_request: Any) -> Outcome:
        await world.send("msg_reply")
        await world.parts.loops["one"].once()
        assert await world.status("msg_reply") == "accepted"
        return ACCEPTED

    world.carrier.script = [reply_meanwhile]
    await world.send("msg_bulk", priority="bulk")
    await world.work()
    assert await world.status("msg_bulk") == "accepted"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"text": ""}, "empty"),
        ({"text": "x" * 1600}, "too_long"),
        ({"contact": "+13125"}, "invalid_phone_number"),
        ({"number": "+13125559999"}, "number_not_yours"),
    ],
)
async def test_what_can_never_be_sent_is_refused_with_the_reason(world: Any, changes: Any, reason: str) -> None:
    await world.send("msg_1", **changes)
    await world.work()
    message = await world.message("msg_1")
    assert (message.status, message.reason) == ("refused", reason)
    assert world.sent() == []


async def test_a_suspended_tenant_and_a_lost_number_send_nothing(world: Any) -> None:
    rows = world.rows
    tenant = TenantChanged.model_validate(rows[f"/internal/accounts/tenants/{TENANT}"])
    number = NumberChanged.model_validate(rows[f"/internal/accounts/numbers/{NUMBER}"])
    await world.send("msg_1")
    await world.own(tenant.but(status="suspended", revision=2))
    await world.work()
    await world.own(tenant.but(revision=3))
    await world.send("msg_2")
    await world.own(number.but(tenant_id="ten_b", revision=2))
    await world.work()
    assert world.sent() == []
    assert (await world.message("msg_1")).reason == "tenant_inactive"
    assert (await world.message("msg_2")).reason == "number_not_yours"


async def test_an_expired_message_is_not_sent(world: Any) -> None:
    await world.send("msg_1", expires_at=world.clock.now() + timedelta(seconds=5), stream="s", seq=2)
    await world.work(6)
    assert (world.sent(), await world.status("msg_1")) == ([], "expired")


async def test_quiet_hours_wait_for_the_recipients_morning(world: Any) -> None:
    world.clock.advance(10 * 3600)  # 23:00 in Chicago (daylight time began on the 8th)
    await world.send("msg_1", respect_quiet_hours=True, priority="bulk")
    await world.work()
    message = await world.message("msg_1")
    assert (message.status, message.reason) == ("queued", "quiet_hours")
    await world.work(9 * 3600 - 1)
    assert world.sent() == []
    await world.work(1)
    assert world.sent() == ["msg_1"]


async def test_the_pace_lets_replies_pass_and_never_exceeds_the_rate(make_world: Any) -> None:
    world = await make_world()
    number = NumberChanged.model_validate(world.rows[f"/internal/accounts/numbers/{NUMBER}"])
    await world.own(number.but(parts_per_second=1.0, revision=2))
    left: list[tuple[float, str]] = []
    start = world.clock.monotonic()

    def note(request: Any) -> Outcome:
        left.append((world.clock.monotonic() - start, request.key))
        return ACCEPTED

    world.carrier.script = [note] * 60
    for n in range(30):
        await world.send(f"msg_b{n}", contact=f"+1312555{2000 + n}", priority="bulk")
    for second in range(80):
        if second == 10:
            await world.send("msg_reply")
        await world.work(0.5)
    at = {key: seconds for seconds, key in left}
    assert len(left) == 31
    assert at["msg_reply"] - 5.5 <= 2
    gaps = [later[0] - earlier[0] for earlier, later in zip(left, left[1:], strict=False)]
    assert min(gaps) >= 0.99


async def test_a_database_that_fails_when_the_answer_is_recorded_does_not_lose_it(world: Any) -> None:
    from shared.errors import StoreUnavailable

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
