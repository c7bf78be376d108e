"""The service in memory: real database, aggregates and HTTP; the clock stands still, the broker remembers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson
import pytest

from campaigns.settings import Settings
from campaigns.wiring import build
from shared.access.gate import Principal, sign
from shared.broker.protocol import Message
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import Event
from shared.http.app import create_app
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service import Platform


@dataclass
class RecordingBroker:
    published: list[Message] = field(default_factory=list[Message])

    async def publish(self, message: Message) -> None:
        self.published.append(message)

    def trouble(self) -> str | None:
        return None


class CampaignsWorld:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.broker = RecordingBroker()
        self.database = EmbeddedDatabase(None)
        self.keyring = Keyring("a secret of more than thirty-two characters")
        empty = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"items": [], "next_cursor": None}))
        settings = Settings(_env_file=None)  # pyright: ignore[reportCallIssue]
        internal = InternalClient(self.keyring, self.clock, lambda _: "http://accounts", empty)
        platform = Platform(self.broker, lambda _: self.database, self.clock, self.keyring, internal, settings)  # type: ignore[arg-type]  # only what the relay uses
        self.service = build(settings, platform)

    async def start(self) -> None:
        await self.database.start()
        for model in self.service.read_models:
            await model.fill()

    async def handle(self, *events: Event[Any]) -> None:
        for event in events:
            await dict(self.service.handlers)[type(event.data)](event)

    async def count(self) -> int:
        """One round of the counting loop, after what is waiting has become due."""
        self.clock.advance(1)
        return await self.service.tasks["counting"].__self__.once()  # type: ignore[attr-defined]  # the loop's own object

    @property
    def updates(self) -> list[dict[str, Any]]:
        return [orjson.loads(message.body) for message in self.broker.published]

    async def get(self, path: str, tenant: str = "ten_a") -> httpx2.Response:
        app = create_app("test", "")
        for router in self.service.routers:
            app.include_router(router)
        who = Principal(tenant, "viewer", f"key_{tenant}", None, self.clock.now())
        headers = {"authorization": f"Bearer {sign(self.keyring, who)}"}
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://t") as client:
            return await client.get(path, headers=headers)


@pytest.fixture
async def world() -> AsyncIterator[CampaignsWorld]:
    world = CampaignsWorld()
    await world.start()
    yield world
    await world.database.close()
