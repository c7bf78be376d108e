"""One timer for many time limits: each ends its own work, and nothing else."""

from __future__ import annotations

import asyncio

import pytest

from shared.consuming.deadlines import Deadlines

SOON, NEVER = 0.01, 3600.0


async def _stands_still(deadlines: Deadlines) -> None:
    with deadlines.guard():
        await asyncio.Event().wait()


async def test_work_that_takes_too_long_ends_as_a_time_out_each_by_itself() -> None:
    deadlines = Deadlines(SOON)
    works = [asyncio.create_task(_stands_still(deadlines)) for _ in range(3)]
    ended = await asyncio.gather(*works, return_exceptions=True)
    assert [type(error) for error in ended] == [TimeoutError] * 3
    assert [work.cancelling() for work in works] == [0] * 3, "nothing is left of the cancellation"


async def test_later_work_gets_its_own_time() -> None:
    deadlines = Deadlines(SOON)
    with pytest.raises(TimeoutError):
        await _stands_still(deadlines)
    with pytest.raises(TimeoutError):
        await _stands_still(deadlines)


async def test_work_in_time_is_left_alone_and_forgotten() -> None:
    deadlines = Deadlines(SOON)
    with deadlines.guard():
        await asyncio.sleep(0)
    with pytest.raises(KeyError), deadlines.guard():
        raise KeyError
    await asyncio.sleep(3 * SOON)  # its timer comes, and finds nothing
    assert not deadlines._ends


async def test_a_cancellation_by_others_stays_one() -> None:
    work = asyncio.create_task(_stands_still(Deadlines(NEVER)))
    await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


async def test_a_cancellation_that_comes_with_the_time_out_is_not_lost() -> None:
    deadlines = Deadlines(NEVER)
    work = asyncio.create_task(_stands_still(deadlines))
    await asyncio.sleep(0)
    next(iter(deadlines._ends)).expire()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
