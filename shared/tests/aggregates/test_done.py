"""What this process remembers of effects that are under way."""

from __future__ import annotations

import asyncio

import pytest

from shared.aggregates.done import Done
from shared.aggregates.gathering import OutboxEntry

PLACE = ("lanes", "a")
FIRST, SECOND = {"id": "1.0"}, {"id": "1.1"}


@pytest.mark.timeout(10)
async def test_an_effect_whose_task_was_cancelled_before_it_began_is_done_by_the_next() -> None:
    done, first_may_end, carried_out = Done(), asyncio.Event(), list[str]()

    async def work(entries: list[OutboxEntry]) -> None:
        if FIRST in entries:
            await first_may_end.wait()
        carried_out.extend(entry["id"] for entry in entries)

    done.enter(PLACE)
    first = asyncio.create_task(done.once(PLACE, [FIRST], work))
    await asyncio.sleep(0)
    both = asyncio.create_task(done.once(PLACE, [FIRST, SECOND], work))
    await asyncio.sleep(0)
    both.cancel()  # it has marked the second as its own and waits for the first
    with pytest.raises(asyncio.CancelledError):
        await both
    first_may_end.set()
    await first
    await done.once(PLACE, [FIRST, SECOND], work)
    assert carried_out == ["1.0", "1.1"]
