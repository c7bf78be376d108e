"""A process dies with a request under way: the next one need not wait for that lease, if it knows of the death."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sender.sending.carrier import Request
from sender_alone import MakeSender, OneSender
from simulation import Crash
from testkit.eventually import eventually


def dies(_request: Request) -> None:
    raise Crash


async def died_while_sending(world: OneSender) -> OneSender:
    world.carrier.script = [dies]
    await world.send("msg_1")
    await world.work()
    assert (await world.status("msg_1"), world.sent()) == ("submitting", ["msg_1"])
    return world


@asynccontextmanager
async def starting(world: OneSender) -> AsyncIterator[None]:
    task = asyncio.create_task(world.parts.service.tasks["end attempts left behind"]())
    yield
    task.cancel()


async def test_what_a_dead_process_was_sending_is_tried_again_as_soon_as_the_rules_allow(
    world: OneSender, make_world: MakeSender
) -> None:
    later = await make_world(after=await died_while_sending(world), alone=True)
    later.clock.advance(2)
    async with starting(later):
        await eventually(lambda: _is(later, "unknown"))
    await later.work()
    assert later.sent() == ["msg_1"], "not before five seconds after the first attempt"
    await later.work(3)
    assert await later.status("msg_1") == "accepted"
    assert len({request.body for request in later.carrier.requests}) == 1
    assert later.sent() == ["msg_1", "msg_1"]


async def test_a_campaign_text_is_not_forgotten(world: OneSender, make_world: MakeSender) -> None:
    world.carrier.script = [dies]
    await world.send("msg_1", priority="bulk")
    await world.work()
    later = await make_world(after=world, alone=True)
    async with starting(later):
        await eventually(lambda: _is(later, "unknown"))


async def test_beside_other_processes_a_lease_is_left_to_run_out(world: OneSender, make_world: MakeSender) -> None:
    another = await make_world(after=await died_while_sending(world))
    async with starting(another):
        for _ in range(5):
            await asyncio.sleep(0)
        await another.work(5)
    assert (await another.status("msg_1"), another.sent()) == ("submitting", ["msg_1"])


async def _is(world: OneSender, status: str) -> bool:
    return await world.status("msg_1") == status
