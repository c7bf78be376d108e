"""The whole service in memory: real database, broker, aggregates and HTTP; only the clock stands still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from accounts.settings import Settings
from accounts.store import Storage, open_storage
from accounts.wiring import build
from shared.broker.embedded.broker import EmbeddedBroker
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.http.app import create_app
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service.runner import Runner
from shared.service.service import Platform, Service
from testkit.eventually import eventually

ADMIN = "admin-token-of-this-test-long-enough"
SECRET = "a-secret-of-32-characters-or-more!"
PASSWORD = "correct horse battery"
PUBLIC_KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="


@dataclass
class World:
    http: httpx2.AsyncClient
    service: Service
    platform: Platform
    clock: ManualClock
    app: FastAPI

    async def ask(self, method: str, path: str, body: object = None, *, by: str = ADMIN, key: str | None = None):
        headers = {"authorization": f"Bearer {by}"} | ({"idempotency-key": key} if key else {})
        return await self.http.request(method, f"/api/accounts{path}", json=body, headers=headers)

    async def made(self, path: str, body: object, *, by: str = ADMIN) -> dict:
        response = await self.ask("POST", path, body, by=by)
        assert response.status_code == 201, response.text
        return response.json()

    async def tenant(self, name: str = "Corner Bakery", **settings: object) -> str:
        return (await self.made("/tenants", {"name": name, **settings}))["id"]

    async def connection(self, tenant_id: str) -> str:
        body = {"kind": "telnyx", "api_key": "KEY-very-secret-123", "public_key": PUBLIC_KEY}
        return (await self.made(f"/tenants/{tenant_id}/connections", body))["id"]

    async def key(self, tenant_id: str, role: str = "admin") -> dict:
        return await self.made(f"/tenants/{tenant_id}/api-keys", {"label": role, "role": role})

    async def user(self, tenant_id: str, email: str = "ann@example.com", role: str = "admin", **more: object) -> dict:
        body = {"email": email, "name": "Ann", "role": role, "password": PASSWORD, **more}
        return await self.made(f"/tenants/{tenant_id}/users", body)

    async def login(self, email: str = "ann@example.com", password: str = PASSWORD) -> httpx2.Response:
        self.http.cookies.clear()
        return await self.http.post("/api/accounts/login", json={"email": email, "password": password})

    async def token(self, email: str = "ann@example.com", password: str = PASSWORD) -> str:
        response = await self.login(email, password)
        assert response.status_code == 200, response.text
        self.http.cookies.clear()
        return response.json()["token"]

    async def becomes_void(self, token: str) -> None:
        async def refused() -> bool:
            return (await self.ask("GET", "/me", by=token)).status_code == 401

        await eventually(refused, within=2)

    def storage(self) -> Storage:
        """What the service's packages stand on, opened once more."""
        return open_storage(self.service.database, self.service.relay, self.platform.keyring, self.clock)

    async def published(self, queue: str) -> int:
        return await self.platform.broker.depth(queue)

    async def internal(self, path: str) -> dict:
        return await self.platform.internal.get("accounts", path)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    # Far ahead: tokens of the internal client are checked against the real time by the JWT library.
    clock = ManualClock(datetime(2100, 1, 1, tzinfo=UTC))
    settings = Settings(
        _env_file=None,
        admin_token=SecretStr(ADMIN),
        secret_key=SecretStr(SECRET),
        public_url="https://parley.example",
        telnyx_api_base="http://127.0.0.1/sandbox/telnyx/v2",
    )
    keyring = Keyring(SECRET)
    app = create_app("accounts", "")
    transport = httpx2.ASGITransport(app)
    internal = InternalClient(keyring, clock, lambda _: "http://inside", transport)
    broker = EmbeddedBroker(None, clock)
    platform = Platform(broker, lambda _: EmbeddedDatabase(None), clock, keyring, internal, settings)
    service = build(settings, platform, transport)
    runner = Runner([service], platform, app)
    await runner.start()
    tasks = asyncio.create_task(runner.run_tasks())
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        await eventually(lambda: all(model.complete for model in service.read_models))
        yield World(http, service, platform, clock, app)
        tasks.cancel()
        await asyncio.wait({tasks})
        await runner.stop()
