"""A campaign's withdrawal is in force when the sender answers, and the answer names what had been claimed, exactly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest

from sender.domain.outcome import SendOutcome
from sender_alone import OneSender
from sender_rows import KEYRING, TENANT, number
from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.http.app import create_app
from shared.internal.client import InternalClient
from testkit.eventually import eventually

ANN, BOB = "+13125550101", "+13125550102"
REFUSED = SendOutcome("refused", "invalid_recipient", "no such number")
BUSY = SendOutcome("not_sent", "carrier_busy", retry_after=7)
LOST = SendOutcome("no_answer", "no_answer")
ACCEPTED = SendOutcome("accepted", carrier_message_id="car-1", parts=1)

Stop = Callable[..., Awaitable[list[str]]]


@pytest.fixture
async def stop(world: OneSender) -> AsyncIterator[Stop]:
    """Asks as campaigns does; returns the ids of the claimed messages."""
    app = create_app("sender", "")
    for router in world.parts.service.routers:
        app.include_router(router)
    client = InternalClient(KEYRING, SystemClock(), lambda _: "http://x", httpx2.ASGITransport(app))

    async def ask(up_to_feed: int | None = 1) -> list[str]:
        wanted = {"tenant_id": TENANT, "campaign_id": "cmp_1", "up_to_feed": up_to_feed}
        response = await client._ask("POST", "sender", ["withdraw-campaign"], json=wanted)
        return [each["message_id"] for each in response.json()["claimed"]]

    yield ask
    await client.close()


async def bulk(world: OneSender, id: str = "msg_1", feed: int = 1, **more: Any) -> None:
    await world.send(id, campaign_id="cmp_1", feed=feed, priority="bulk", author="campaign", **more)


async def recorded(world: OneSender) -> None:
    """The withdrawal is in force, though it is not answered yet."""
    lookup = world.parts.handlers.unwanted
    message = await world.message("msg_1")

    await eventually(lambda: lookup.campaign_reason(TENANT, message.order))


async def test_what_waits_does_not_leave_and_is_not_named(world: OneSender, stop: Stop) -> None:
    await bulk(world)
    assert await stop() == []
    await world.work()
    assert (world.sent(), await world.status("msg_1")) == ([], "withdrawn")
    assert world.statuses("msg_1")[-1].reason == "campaign_withdrawn"


async def test_what_comes_later_does_not_leave_unless_it_is_of_a_later_feed(world: OneSender, stop: Stop) -> None:
    assert await stop(1) == []
    await bulk(world)
    await bulk(world, "msg_2", feed=2)
    await world.work()
    assert world.sent() == ["msg_2"]
    assert await stop(None) == []
    await bulk(world, "msg_3", feed=3, contact=BOB)
    await world.work()
    assert world.sent() == ["msg_2"]


async def test_a_stop_between_the_gates_and_the_claim(world: OneSender, stop: Stop) -> None:
    check, named = world.parts.tools.gates.check, list[str]()

    async def stop_after(message: Any, now: Any) -> Any:
        verdict = await check(message, now)
        named.extend(await stop())
        return verdict

    object.__setattr__(world.parts.tools.gates, "check", stop_after)
    await bulk(world)
    await world.work()
    assert (world.sent(), await world.status("msg_1"), named) == ([], "withdrawn", [])


async def test_a_stop_between_the_claim_and_the_last_look(world: OneSender, stop: Stop) -> None:
    look, asked = world.parts.tools.last_look.objection, list[asyncio.Task[list[str]]]()

    async def stop_first(message: Any) -> Any:
        asked.append(asyncio.create_task(stop()))
        await recorded(world)
        return await look(message)

    object.__setattr__(world.parts.tools.last_look, "objection", stop_first)
    await bulk(world)
    await world.work()
    assert (world.sent(), await world.status("msg_1"), await asked[0]) == ([], "withdrawn", [])


@pytest.mark.parametrize(
    ("outcome", "status", "named"),
    [
        (ACCEPTED, "accepted", ["msg_1"]),
        (LOST, "unknown", ["msg_1"]),
        (REFUSED, "failed", []),
        (BUSY, "withdrawn", []),
    ],
)
async def test_a_stop_between_the_last_look_and_the_carriers_answer(
    world: OneSender, stop: Stop, outcome: SendOutcome, status: str, named: list[str]
) -> None:
    asked: list[asyncio.Task[list[str]]] = []

    async def stop_first(_request: Any) -> SendOutcome:
        asked.append(asyncio.create_task(stop()))
        await recorded(world)
        return outcome

    world.carrier.script = [stop_first]
    await bulk(world)
    await world.work()
    assert await asked[0] == named
    await world.work(60)
    await world.work(60)
    assert (world.sent(), await world.status("msg_1")) == (["msg_1"], status)


async def test_what_the_carrier_has_already_is_not_named(world: OneSender, stop: Stop) -> None:
    await bulk(world)
    await world.work()
    assert await stop() == []
    assert await world.status("msg_1") == "accepted"


async def test_a_claimed_text_of_a_later_feed_or_another_campaign_is_not_named(world: OneSender, stop: Stop) -> None:
    asked: list[list[str]] = []

    async def stop_first(_request: Any) -> SendOutcome:
        asked.append(await stop(1))
        return ACCEPTED

    world.carrier.script = [stop_first, stop_first]
    await bulk(world, "msg_1", feed=2)
    await world.send("msg_2", campaign_id="cmp_2", feed=1, priority="bulk", contact=BOB)
    await world.work()
    assert (asked, len(world.sent())) == ([[], []], 2)


async def test_one_whose_answer_takes_long_is_named(world: OneSender, stop: Stop) -> None:
    campaign_stop = world.parts.campaign_stop
    object.__setattr__(campaign_stop, "looks", 2)
    asked: list[list[str]] = []

    async def stop_first(_request: Any) -> SendOutcome:
        asked.append(await stop())
        return ACCEPTED

    world.carrier.script = [stop_first]
    await bulk(world)
    await world.work()
    assert asked == [["msg_1"]]


async def test_only_our_own_services_may_ask(world: OneSender) -> None:
    app = create_app("sender", "")
    for router in world.parts.service.routers:
        app.include_router(router)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://x") as client:
        body = {"tenant_id": TENANT, "campaign_id": "cmp_1", "up_to_feed": 1}
        answer = await client.post("/internal/sender/withdraw-campaign", json=body)
    assert answer.status_code == 401


async def test_a_broken_request_records_nothing(world: OneSender, stop: Stop) -> None:
    with pytest.raises(Unavailable):
        await stop(-1)
    await bulk(world)
    await world.work()
    assert world.sent() == ["msg_1"]


async def test_an_order_that_comes_again_after_the_stop_does_not_make_its_text_one_that_left_after_it(
    world: OneSender, stop: Stop
) -> None:
    await bulk(world)
    await world.work()
    assert await stop() == []
    await bulk(world)
    await world.work()
    assert (world.sent(), await world.status("msg_1")) == (["msg_1"], "accepted")
    assert not any(status.too_late for status in world.statuses("msg_1"))


async def test_a_campaign_that_goes_on_does_not_queue_behind_the_turns_of_what_was_withdrawn(
    world: OneSender, stop: Stop
) -> None:
    await world.own(number().but(revision=2, parts_per_second=0.5))
    for n in range(8):
        await bulk(world, f"msg_1_{n}", contact=f"+13125551{n:03}")
    await world.work()
    assert await stop(1) == []
    await world.work()
    assert len(world.sent()) == 1
    resumed = [f"msg_2_{n}" for n in range(4)]
    for n, id in enumerate(resumed):
        await bulk(world, id, feed=2, contact=f"+13125552{n:03}")
    for _ in resumed:
        await world.work(2)
    assert sorted(world.sent()[1:]) == resumed
