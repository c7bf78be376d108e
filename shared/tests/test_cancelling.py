"""A cancelled task stops, even if a driver swallows the cancellation."""

from __future__ import annotations

import asyncio

import pytest
from pymongo.errors import AutoReconnect

from shared.broker.rabbitmq.connection import ended
from shared.database.mongodb.errors import translated


async def cancelled_as_its_work_is_done(
    work: asyncio.Task[None], answer: asyncio.Future[None], outcome: Exception | None
):
    """Both in one turn of the loop: the moment in which `asyncio.wait_for` of Python 3.11 forgets the cancellation."""
    await asyncio.sleep(0)
    if outcome:
        answer.set_exception(outcome)
    else:
        answer.set_result(None)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


@pytest.mark.parametrize("outcome", [None, AutoReconnect("cut"), OSError("cut")], ids=["answer", "driver", "socket"])
async def test_a_call_of_the_driver_loses_no_cancellation(outcome):
    answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def call() -> None:
        with translated():
            await asyncio.wait_for(answer, timeout=30)

    await cancelled_as_its_work_is_done(asyncio.create_task(call()), answer, outcome)


async def test_a_call_inside_a_time_limit_still_ends_as_a_time_out():
    answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def driver() -> None:
        try:
            await answer
        except asyncio.CancelledError:
            return  # forgotten

    async def limited() -> None:
        async with asyncio.timeout(0):
            with translated():
                await driver()

    with pytest.raises(TimeoutError):
        await limited()


async def test_an_older_cancellation_is_no_reason_to_fail_the_call():
    """Cleaning up after a cancellation may need the database."""
    cleaned = False

    async def work() -> None:
        nonlocal cleaned
        try:
            await asyncio.Event().wait()
        finally:
            with translated():
                await asyncio.sleep(0)
            cleaned = True

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned


async def test_a_task_that_forgets_a_cancellation_is_asked_again():
    forgotten = 0

    async def stubborn() -> None:
        nonlocal forgotten
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            forgotten += 1
        await asyncio.Event().wait()

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await ended(task)
    assert task.cancelled()
    assert forgotten == 1
