"""A campaign as sender sees it: bulk texts to ever new people, fed as fast as they are taken up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from bench import shop
from shared.broker.protocol import Broker, Message
from shared.events import Event, SmsOutbound, thread_id
from shared.events.sender import BULK_ROUTING_KEY
from shared.ids import new_id

_QUEUE = f"sender.{BULK_ROUTING_KEY}.v1"
_AHEAD, _AT_ONCE = 200, 50
_LOOK_SECONDS = 0.01


class Campaign:
    def __init__(self, broker: Broker, tenant_id: str) -> None:
        self._broker, self._tenant_id = broker, tenant_id
        self.fed = 0

    @asynccontextmanager
    async def under_way(self) -> AsyncGenerator[None]:
        feeding = asyncio.create_task(self._feed())
        try:
            await asyncio.sleep(1)  # sender has begun
            yield
        finally:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)

    async def feed(self, recipients: int) -> None:
        """All of them at once, to be worked off by itself."""
        while self.fed < recipients:
            await asyncio.gather(*(self._broker.publish(self._text(self.fed + n)) for n in range(_AT_ONCE)))
            self.fed += _AT_ONCE

    async def _feed(self) -> None:
        """There is always work ahead, and never so much that memory would be what is measured."""
        while True:
            if await self._broker.depth(_QUEUE) < _AHEAD:
                await asyncio.gather(*(self._broker.publish(self._text(self.fed + n)) for n in range(_AT_ONCE)))
                self.fed += _AT_ONCE
            else:
                await asyncio.sleep(_LOOK_SECONDS)

    def _text(self, n: int) -> Message:
        contact = f"+1415{2_000_000 + n:07d}"
        data = SmsOutbound(
            message_id=new_id("msg"),
            number=shop.NUMBER,
            contact=contact,
            text="Our summer sale starts on Friday. Reply STOP to opt out.",
            author="campaign",
            priority="bulk",
            campaign_id="cmp_bench",
            causes=("cmp_bench",),
            expires_at=datetime.now(UTC) + timedelta(hours=1),
        )
        event = Event(
            id=new_id("evt"),
            source="campaigns",
            subject=data.TYPE,
            time=datetime.now(UTC),
            tenant_id=self._tenant_id,
            partition_key=thread_id(self._tenant_id, shop.NUMBER, contact),
            data=data,
        )
        return Message(data.routing_key(), event.encode(), event.id, event.tenant_id, event.partition_key)
