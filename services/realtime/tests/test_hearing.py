"""What other instances say is heard as soon as the broker can be reached, and no longer than the process wants."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

from realtime.live.hearing import Hearing
from shared.broker.protocol import Broker, FanOut, Message
from shared.errors import BrokerUnavailable
from testkit.eventually import eventually


class LateBroker:
    """Away at first."""

    def __init__(self) -> None:
        self.asked, self.stopped = 0, False

    async def listen(self, fan_out: FanOut, handle: Callable[[Message], Awaitable[None]]) -> LateBroker:
        self.asked += 1
        if self.asked == 1:
            raise BrokerUnavailable("broker_unavailable", "It is away.")
        return self

    async def stop(self) -> None:
        self.stopped = True


async def test_a_broker_that_is_away_at_first_is_asked_again() -> None:
    broker = LateBroker()

    async def ignore(message: Message) -> None: ...

    hearing = Hearing(cast("Broker", broker), FanOut("realtime", ("live.#",)), ignore)
    await hearing.stop()
    assert not broker.stopped
    listening = asyncio.create_task(hearing.listen())
    try:
        await eventually(lambda: hearing.is_on or listening.done(), within=10)
        assert broker.asked == 2
        await hearing.stop()
        assert broker.stopped
    finally:
        listening.cancel()
