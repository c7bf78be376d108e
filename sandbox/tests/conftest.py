"""A sandbox in process with a receiver that writes down the webhooks it gets, fast enough for tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from sandbox import Sandbox, SandboxSettings, Tunables, build
from sandbox.app import create_app
from shared.clock import Clock, SystemClock

KEY = "KEY_acme"
OURS = "+17735550002"
CUSTOMER = "+13125550123"


@dataclass
class Receiver:
    """Stands where Parley's ingress would; `statuses` are given out one by one, then 200."""

    requests: list[httpx2.Request] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return httpx2.Response(self.statuses.pop(0) if self.statuses else 200)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [orjson.loads(request.content)["data"] for request in self.requests]

    @property
    def types(self) -> list[str]:
        return [event["event_type"] for event in self.events]


@dataclass
class World:
    sandbox: Sandbox
    http: httpx2.AsyncClient
    receiver: Receiver

    async def control(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        response = await self.http.request(method, f"/sandbox/control{path}", json=body, params=query or None)
        assert response.status_code < 300, response.text
        return response.json() if response.content else None

    async def send(self, text: str = "hi", key: str | None = None, **more: Any) -> httpx2.Response:
        body = {"from": OURS, "to": CUSTOMER, "text": text, **more}
        headers = {"idempotency-key": key} if key is not None else {}
        return await self.http.post("/sandbox/telnyx/v2/messages", json=body, headers=headers)

    async def fault(self, on: str, do: str, **more: Any) -> Any:
        return await self.control("POST", "/faults", {"on": on, "do": do, **more})

    async def inbound(self, text: str, **more: Any) -> Any:
        return await self.control("POST", "/inbound", {"from": CUSTOMER, "to": OURS, "text": text, **more})

    async def ask(self, text: str, system: str = "Be kind.", **more: Any) -> httpx2.Response:
        messages = [{"role": "system", "content": system}, {"role": "user", "content": text}]
        return await self.http.post(
            "/sandbox/openai/v1/chat/completions", json={"model": "sandbox", "messages": messages, **more}
        )

    async def settled(self) -> None:
        """Nothing is on its way any more."""

        async def idle() -> None:
            assert self.sandbox.state.world.agenda.pending == 0

        await eventually_true(idle)

    @property
    def accepted(self) -> list[str]:
        return [row["text"] for row in self.sandbox.state.ledger()]


async def eventually_true(check: Callable[[], Awaitable[None]], within: float = 5.0) -> None:
    deadline = time.monotonic() + within
    while True:
        try:
            return await check()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(clock: Clock, data: Path | None = None, seed: int = 0) -> AsyncGenerator[World]:
    quick = Tunables(sent_after=0.01, delivered_after=0.03, webhook_first_delay=0.01, webhook_timeout=1.0)
    receiver = Receiver()
    settings = SandboxSettings(public_url="http://parley.test", tunables=quick, data=data, seed=seed)
    built = build(settings, clock, lambda: httpx2.AsyncClient(transport=httpx2.MockTransport(receiver)))
    app = create_app(built)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app),
            base_url="http://127.0.0.1:9100",
            headers={"authorization": f"Bearer {KEY}"},
        ) as http,
    ):
        built.state.register_number(OURS, KEY)
        yield World(built, http, receiver)


@pytest.fixture
async def world() -> AsyncGenerator[World]:
    async with running(SystemClock()) as made:
        yield made


@pytest.fixture
def start() -> Any:
    """`async with start(clock, data=…, seed=…) as world`, for tests that need their own."""
    return running


@pytest.fixture
def eventually() -> Any:
    return eventually_true
