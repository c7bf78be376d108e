"""A process that dies, stands still or loses its database while it sends neither forgets nor doubles a text."""

from __future__ import annotations

import asyncio
from typing import Any

from sender.domain.outcome import SendOutcome
from sender.sending.carrier import RecordSearch
from sender_alone import MakeSender, OneSender
from shared.errors import StoreUnavailable, Unavailable

BROKEN = SendOutcome("server_error", "carrier_500")
MORE_THAN_A_PAGE = 120
"""Of what a loop looks at in one round."""


async def test_a_search_that_fails_again_and_again_keeps_no_line_waiting(world: OneSender) -> None:
    world.carrier.script, world.carrier.found = [BROKEN], [RuntimeError("odd")] * 1000
    await world.send("msg_1")
    await world.send("msg_2")
    for _ in range(16):
        await world.work(60)
    assert await world.status("msg_1") == "unresolved"
    assert len(world.carrier.searches) == 3
    assert world.sent() == ["msg_1", "msg_2"]


async def test_an_account_that_cannot_be_read_keeps_no_line_waiting(world: OneSender) -> None:
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


async def test_a_died_attempt_ends_by_the_observers_clock_and_is_repeated_with_the_same_key(
    make_world: MakeSender,
) -> None:
    world = await make_world()

    async def die(_request: Any) -> SendOutcome:
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
    assert world.told("msg_1") == ["unknown", "accepted"]
    assert await world.states("msg_1") == ["queued", "submitting", "unknown", "submitting", "accepted"]
    assert world.sent() == ["msg_1"] * 2


async def test_a_process_that_stood_still_after_the_claim_does_not_send(world: OneSender) -> None:
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


async def test_a_database_that_fails_when_the_answer_is_recorded_does_not_lose_it(world: OneSender) -> None:
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


async def test_a_last_look_that_fails_is_proof_that_nothing_was_sent(world: OneSender) -> None:
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


async def test_an_unknown_outcome_does_not_wait_behind_a_backlog(world: OneSender) -> None:
    """Else a machine that cannot keep up asks a person about texts that it could have settled itself."""
    world.carrier.script = [SendOutcome("no_answer", "no_answer")]
    await world.send("msg_unknown", priority="bulk")
    await world.work()
    for n in range(MORE_THAN_A_PAGE):
        await world.send(f"msg_{n}", priority="bulk", contact=f"+1312555{n:04d}", stream=None)
    world.clock.advance(6)
    assert await world.parts.settling.once() == 1
    assert world.sent() == ["msg_unknown"] * 2
    assert await world.states("msg_unknown") == ["queued", "submitting", "unknown", "submitting", "accepted"]
    assert await world.parts.settling.once() == 0


async def test_settling_sends_nothing_else_of_its_lane(world: OneSender) -> None:
    world.carrier.script = [SendOutcome("no_answer", "no_answer")]
    await world.send("msg_unknown", priority="bulk")
    await world.work()
    await world.send("msg_one")
    world.clock.advance(6)
    await world.parts.settling.once()
    assert world.sent() == ["msg_unknown"] * 2


async def test_an_outcome_that_is_being_searched_for_is_not_searched_twice(world: OneSender) -> None:
    world.carrier.script = [BROKEN]
    await world.send("msg_1")
    await world.work()
    search, may_answer, asked = world.carrier.search, asyncio.Event(), asyncio.Event()

    async def slow(trace: RecordSearch) -> SendOutcome | None:
        asked.set()
        await may_answer.wait()
        return await search(trace)

    world.carrier.search = slow
    world.clock.advance(120)
    sending = asyncio.create_task(world.parts.loops["one"].once())
    await asked.wait()
    await world.parts.settling.once()
    may_answer.set()
    await sending
    assert len(world.carrier.searches) == 1
