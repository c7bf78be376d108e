"""The service in memory: real database, aggregates and HTTP; the clock stands still, the broker remembers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson
import pytest

from campaigns.campaigns.store import RECIPIENTS
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


@dataclass
class SenderDouble:
    """The other services: empty pages, and sender's answer to a pause."""

    away: bool = False
    claimed: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    withdrawals: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path != "/internal/sender/withdraw-campaign":
            names_one = len(request.url.path.split("/")) > 4
            return httpx2.Response(404 if names_one else 200, json={"items": [], "next_cursor": None})
        if self.away:
            return httpx2.Response(503)
        self.withdrawals.append(orjson.loads(request.content))
        return httpx2.Response(200, json={"claimed": self.claimed})


class CampaignsWorld:
    recipients_spec = RECIPIENTS.spec()

    def __init__(self, database: Any = None, clock: ManualClock | None = None, broker: Any = None) -> None:
        self.clock = clock or ManualClock()
        self.broker = broker or RecordingBroker()
        self.database = database or EmbeddedDatabase(None)
        self.keyring = Keyring("a secret of more than thirty-two characters")
        self.sender = SenderDouble()
        others = httpx2.MockTransport(self.sender.answer)
        settings = Settings(_env_file=None)  # pyright: ignore[reportCallIssue]
        internal = InternalClient(self.keyring, self.clock, lambda _: "http://others", others)
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

    def of_type(self, type: str) -> list[dict[str, Any]]:
        """The data of what was published."""
        return [update["data"] for update in self.updates if update["type"] == type]

    async def look(self, rounds: int = 1) -> None:
        """The worker of campaigns looks at all that are due, half a second later each time."""
        for _ in range(rounds):
            self.clock.advance(0.5)
            for name in ("campaigns", "campaign chores"):
                await self.service.tasks[name].__self__.once()  # type: ignore[attr-defined]  # the loop's own object

    async def get(self, path: str, tenant: str = "ten_a") -> httpx2.Response:
        return await self.ask("GET", path, tenant=tenant, role="viewer")

    async def ask(
        self, method: str, path: str, body: Any = None, *, tenant: str = "ten_a", role: Any = "agent", key: str = ""
    ) -> httpx2.Response:
        app = create_app("test", "")
        for router in self.service.routers:
            app.include_router(router)
        who = Principal(tenant, role, f"key_{tenant}", None, self.clock.now())
        headers = {"authorization": f"Bearer {sign(self.keyring, who)}"} | ({"idempotency-key": key} if key else {})
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://t") as client:
            return await client.request(method, path, headers=headers, json=body)


@pytest.fixture
async def world() -> AsyncIterator[CampaignsWorld]:
    world = CampaignsWorld()
    await world.start()
    yield world
    await world.database.close()
