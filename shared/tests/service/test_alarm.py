"""A ring is never lost: not one during the work of the loop, and not one before anybody waits."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from shared.clock import ManualClock, SystemClock
from shared.service.alarm import Alarm

LONG = 60.0


@pytest.mark.timeout(10)
async def test_a_ring_before_the_wait_ends_it_at_once() -> None:
    alarm = Alarm(ManualClock())
    alarm.hush()
    alarm.ring()
    await alarm.wait(LONG)


@pytest.mark.timeout(10)
async def test_a_ring_for_a_moment_ahead_ends_a_wait_that_began_before_it() -> None:
    clock = SystemClock()
    alarm = Alarm(clock)
    waiting = asyncio.create_task(alarm.wait(LONG))
    alarm.ring(clock.now() + timedelta(seconds=0.05))
    await waiting


async def test_a_hushed_alarm_lets_the_wait_end_by_itself() -> None:
    alarm = Alarm(ManualClock())
    alarm.ring()
    alarm.hush()
    waiting = asyncio.create_task(alarm.wait(0.01))
    await asyncio.sleep(0)
    assert not waiting.done()
    await waiting
