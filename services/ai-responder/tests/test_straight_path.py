"""reply.requested in, reply.drafted out: the whole service on a pretend model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from responder_world import CONTACT, NUMBER, PretendModel, World, answered, requested, says

from testkit.eventually import eventually


@pytest.fixture
async def model() -> PretendModel:
    return PretendModel([answered(says("We open at 7."))])


@pytest.fixture
async def world(model: PretendModel) -> AsyncIterator[World]:
    world = World(model)
    await world.start()
    yield world
    await world.stop()


async def test_a_wanted_answer_is_drafted_for_the_one_who_asked(world: World) -> None:
    await world.handle(requested(turn=3, now=datetime.now(UTC)))

    await eventually(lambda: len(world.drafted) == 1)
    drafted = world.drafted[0]
    assert (drafted["outcome"], drafted["text"], drafted["turn"]) == ("reply", "We open at 7.", 3)
    assert (drafted["number"], drafted["contact"]) == (NUMBER, CONTACT)
    [event] = world.broker.events("reply.drafted")
    assert event["correlationid"] == f"corr-{CONTACT}-3"
    assert event["partitionkey"] == drafted["thread_id"]
