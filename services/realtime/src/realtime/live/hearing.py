"""What the other instances say to all of them at once, heard from the moment the broker can be reached."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from shared.broker.protocol import Broker, Consumer, FanOut, Message
from shared.errors import ParleyError

log = structlog.get_logger()


class Hearing:
    def __init__(self, broker: Broker, fan_out: FanOut, on_message: Callable[[Message], Awaitable[None]]) -> None:
        self._broker = broker
        self._fan_out = fan_out
        self._on_message = on_message
        self._consumer: Consumer | None = None

    @property
    def is_on(self) -> bool:
        return self._consumer is not None

    async def listen(self) -> None:
        """A background loop."""
        while self._consumer is None:
            try:
                self._consumer = await self._broker.listen(self._fan_out, self._on_message)
            except ParleyError as error:
                log.warning("cannot_listen", to=self._fan_out.name, code=error.code)
                await asyncio.sleep(1)
        await asyncio.Event().wait()

    async def stop(self) -> None:
        if self._consumer is not None:
            await self._consumer.stop()
