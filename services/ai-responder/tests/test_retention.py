"""Nothing of a customer's words stays here once a turn is answered, so there is nothing to forget later."""

from __future__ import annotations

from datetime import UTC, datetime

from responder_world import PretendModel, World, answered, requested, says

from testkit.at_rest import at_rest
from testkit.eventually import eventually


async def test_no_word_of_a_turn_is_kept_once_it_is_answered() -> None:
    world = World(PretendModel([answered(says("The zanzibar is fresh."))]))
    await world.start()
    await world.handle(requested("Is the zanzibar fresh?", now=datetime.now(UTC), guide="Mention zanzibar"))
    await eventually(lambda: len(world.drafted) == 1)
    assert world.drafted[0]["text"] == "The zanzibar is fresh."
    await world.service.relay.drain()
    try:
        assert "zanzibar" not in await at_rest(world.database)
    finally:
        await world.stop()
