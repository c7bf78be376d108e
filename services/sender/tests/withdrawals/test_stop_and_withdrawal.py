"""STOP always wins, and what is withdrawn does not leave; through real wiring."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sender.domain.outcome import SendOutcome
from sender_alone import MakeSender, OneSender
from shared.errors import Invalid
from shared.events import CarrierError, ConsentChanged, ConsentEvidence, TenantChanged

TENANT, NUMBER, ANN, BOB = "ten_a", "+13125550001", "+13125550101", "+13125550102"
ACCEPTED = SendOutcome("accepted", carrier_message_id="car-1", parts=1)
LOST = SendOutcome("no_answer", "no_answer")
BROKEN = SendOutcome("server_error", "carrier_500")
BUSY = SendOutcome("not_sent", "carrier_busy", retry_after=7)
NO = SendOutcome("refused", "invalid_recipient", "no such number", (CarrierError(code="40310"),))
OPTED_OUT = SendOutcome("refused", "opted_out", "STOP", (CarrierError(code="40300"),))


async def test_nothing_leaves_after_a_stop(world: OneSender) -> None:
    await world.stop()
    await world.send("msg_1")
    await world.send("msg_2", contact=BOB)
    await world.work()
    assert world.sent() == ["msg_2"]
    message = await world.message("msg_1")
    assert (message.status, message.reason) == ("suppressed", "opted_out")


async def test_start_after_stop_opens_again_and_an_older_start_does_not(world: OneSender) -> None:
    await world.stop()
    world.clock.advance(60)
    await world.keyword("start")
    await world.send("msg_1")
    await world.work()
    assert world.sent() == ["msg_1"]


async def test_a_stop_between_claim_and_request_still_wins(world: OneSender) -> None:
    last_look = world.parts.tools.last_look.objection

    async def stop_first(message: Any) -> Any:
        await world.stop()
        return await last_look(message)

    object.__setattr__(world.parts.tools.last_look, "objection", stop_first)
    await world.send("msg_1")
    await world.work()
    assert world.sent() == []
    assert await world.status("msg_1") == "suppressed"


async def test_a_person_lifts_the_opt_out_that_they_name(world: OneSender) -> None:
    now = world.clock.now()

    def entry(id: str, state: str, **more: Any) -> ConsentChanged:
        evidence = ConsentEvidence(kind="person" if state == "in" else "keyword")
        return ConsentChanged.read(
            {"entry_id": id, "contact": ANN, "state": state, "effective_at": now, "evidence": evidence, **more}
        )

    await world.handle(entry("con_2", "in", overrides=("con_1",)))
    await world.handle(entry("con_1", "out"))
    await world.send("msg_1")
    await world.work()
    assert world.sent() == ["msg_1"]


async def test_an_opt_out_at_the_carrier_is_remembered_from_the_attempts_start(world: OneSender) -> None:
    world.carrier.script = [OPTED_OUT]
    await world.send("msg_1")
    await world.send("msg_2")
    began = world.clock.now()
    await world.work()
    assert world.sent() == ["msg_1"]
    assert world.statuses("msg_1")[-1].opted_out_at == began
    assert await world.status("msg_2") == "suppressed"


async def test_a_sender_without_the_whole_suppression_list_sends_nothing(
    make_world: MakeSender,
) -> None:
    world = await make_world(filled=False)
    await world.send("msg_1")
    await world.parts.loops["one"].once()
    assert world.sent() == []
    assert "opt-outs" in world.parts.service.not_ready[0]()
    world.rows["/internal/conversation/consents"] = {
        "items": [{"id": f"{TENANT}|{ANN}", "tenant_id": TENANT, "contact": ANN, "entries": [
            {"entry_id": "con_1", "state": "out", "effective_at": "2026-01-01T00:00:00Z"}]}],
        "next_cursor": None,
    }  # fmt: skip
    await world.parts.tools.suppressions.fill()
    assert world.parts.service.not_ready[0]() is None
    await world.work()
    assert (world.sent(), await world.status("msg_1")) == ([], "suppressed")


async def test_a_withdrawn_message_does_not_leave_whichever_comes_first(world: OneSender) -> None:
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
    assert world.told("msg_2") == ["withdrawn"]
    assert world.statuses("msg_1")[-1].reason == "superseded"


async def test_messages_withdrawn_by_ids_alone_do_not_leave_whether_here_already_or_still_to_come(
    world: OneSender,
) -> None:
    await world.send("msg_1")
    await world.send("msg_2", contact=BOB)
    await world.withdraw_ids("msg_1", "msg_2", "msg_3")
    await world.withdraw_ids("msg_4", tenant="ten_b")
    await world.send("msg_3", contact=BOB)
    await world.send("msg_4")
    await world.work()
    assert world.sent() == ["msg_4"]
    assert world.told("msg_1") == world.told("msg_2") == ["withdrawn"]
    assert world.told("msg_3") == ["withdrawn"]
    assert {world.statuses(f"msg_{n}")[-1].reason for n in (1, 2, 3)} == {"changed_mind"}


async def test_a_withdrawal_by_id_while_the_message_is_absorbed_ends_it_at_once(world: OneSender) -> None:
    change, withdrawals = world.parts.handlers.lanes.change, ["msg_1"]

    async def withdrawn_meanwhile(*args: Any, **more: Any) -> Any:
        if withdrawals:
            await world.withdraw_ids(withdrawals.pop())  # handled wholly before anything is saved
        return await change(*args, **more)

    world.parts.handlers.lanes.change = withdrawn_meanwhile
    await world.send("msg_1")
    assert await world.status("msg_1") == "withdrawn"  # whichever gates are closed: none was asked
    assert world.told("msg_1") == ["withdrawn"]


@pytest.mark.parametrize("place", ["before it is filed", "after the gates"])
async def test_a_withdrawal_by_id_that_meets_its_message_on_the_way_still_wins(world: OneSender, place: str) -> None:
    tools = world.parts.tools

    async def remember_only() -> None:  # as if the message's record were not filed yet when it was looked for
        await world.parts.handlers.unwanted.messages.remember(TENANT, ["msg_1"], "changed_mind", world.clock.now())

    await world.send("msg_1")
    if place == "before it is filed":
        await remember_only()
    else:
        check = tools.gates.check

        async def remember_after(message: Any, now: Any) -> Any:
            verdict = await check(message, now)
            await remember_only()
            return verdict

        object.__setattr__(tools.gates, "check", remember_after)
    await world.work()
    assert (world.sent(), await world.status("msg_1")) == ([], "withdrawn")


async def test_a_withdrawal_that_names_nothing_is_refused(world: OneSender) -> None:
    with pytest.raises(Invalid, match="withdrawal_names_nothing"):
        await world.withdraw_ids()


async def test_a_withdrawal_that_is_too_late_says_so(world: OneSender) -> None:
    await world.send("msg_1")
    await world.work()
    await world.send("msg_2", contact=BOB)
    await world.work()
    await world.withdraw(message_ids=("msg_1",))
    await world.withdraw_ids("msg_2")
    for id in ("msg_1", "msg_2"):
        last = world.statuses(id)[-1]
        assert (last.status, last.too_late) == ("accepted", True)


async def test_a_message_withdrawn_in_flight_does_not_go_back_into_the_line(world: OneSender) -> None:
    async def withdrawn_meanwhile(_request: Any) -> SendOutcome:
        await world.withdraw(message_ids=("msg_1",))
        return BUSY

    world.carrier.script = [withdrawn_meanwhile]
    await world.send("msg_1")
    await world.work()
    await world.work(60)
    assert [(s.status, s.too_late) for s in world.statuses("msg_1")] == [
        ("submitting", True), ("withdrawn", False),
    ]  # fmt: skip
    assert world.sent() == ["msg_1"]


async def test_a_withdrawn_unknown_message_is_not_repeated(world: OneSender) -> None:
    world.carrier.script = [LOST]
    await world.send("msg_1")
    await world.work()
    await world.withdraw(message_ids=("msg_1",))
    for _ in range(5):
        await world.work(200)
    assert world.sent() == ["msg_1"]
    assert await world.status("msg_1") == "unresolved"


async def test_a_campaigns_withdrawal_reaches_what_waits_and_what_is_still_to_come(world: OneSender) -> None:
    async def bulk(id: str, feed: int, **more: Any) -> None:
        await world.send(id, campaign_id="cmp_1", feed=feed, priority="bulk", **more)

    later = world.clock.now() + timedelta(days=1)
    await world.own(TenantChanged.read({**world.rows[f"/internal/accounts/tenants/{TENANT}"], "revision": 2,
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


async def test_a_campaigns_withdrawal_between_claim_and_request_still_wins(world: OneSender) -> None:
    check = world.parts.tools.gates.check

    async def withdraw_after(message: Any, now: Any) -> Any:
        verdict = await check(message, now)
        await world.withdraw(campaign_id="cmp_1")
        return verdict

    object.__setattr__(world.parts.tools.gates, "check", withdraw_after)
    await world.send("msg_1", campaign_id="cmp_1", feed=1, priority="bulk")
    await world.work()
    assert (world.sent(), await world.status("msg_1")) == ([], "withdrawn")


async def test_a_refusal_a_withdrawal_and_a_failure_consume_their_numbers(world: OneSender) -> None:
    world.carrier.script = [NO]
    await world.send("msg_1", stream="s", seq=1)
    await world.send("msg_2", stream="s", seq=2, text="  ")
    await world.withdraw(message_ids=("msg_3",))
    await world.send("msg_3", stream="s", seq=3)
    await world.send("msg_4", stream="s", seq=4)
    await world.work()
    assert world.sent() == ["msg_1", "msg_4"]


async def test_a_machine_that_says_stop_for_ever_costs_no_more_than_a_person(world: OneSender) -> None:
    for n in range(300):
        world.clock.advance(1)
        await world.keyword("stop" if n % 3 else "start")
    (row,) = (await world.parts.tools.suppressions._rows.find({})).items
    assert len(row["entries"]) <= 100
    await world.send("msg_1")
    await world.work()
    assert (world.sent(), await world.status("msg_1")) == ([], "suppressed")
    world.clock.advance(1)
    await world.keyword("start")
    await world.send("msg_2")
    await world.work()
    assert world.sent() == ["msg_2"]
