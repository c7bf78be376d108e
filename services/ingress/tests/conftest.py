"""Ingress in memory: real database, parser, signatures and HTTP. Doubles stand for the carrier, accounts and broker."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, HTTPException

from ingress.settings import Settings
from ingress.wiring import build
from shared.broker.protocol import Message
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import BrokerUnavailable
from shared.events import ConnectionChanged, NumberChanged, SmsInbound, SmsReceipt
from shared.events.envelope import Event, decode, peek_type
from shared.events.links import connection_id
from shared.http.app import create_app
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service.process import LARGE_BODY_PATHS
from shared.service.service import Platform, Service

SAMPLES = Path(__file__).parent / "samples"
SECRET = "a-secret-of-32-characters-or-more!"
VECTOR_TIME = datetime(2026, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SEED = bytes(range(32))
OTHER_SEED = bytes(range(1, 33))
Json = dict[str, Any]


def sample(name: str) -> Json:
    return json.loads((SAMPLES / f"{name}.json").read_text())


def public_key(seed: bytes) -> str:
    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()).decode()


class OtherBroker:
    """A broker at the protocol's seam: confirms and remembers, or is away."""

    def __init__(self) -> None:
        self.published: list[Message] = []
        self.away = False
        self.says_so = True
        """Whether `trouble` already knows, or only publishing finds out."""

    async def publish(self, message: Message) -> None:
        if self.away:
            raise BrokerUnavailable("away", "no confirm")
        self.published.append(message)

    def trouble(self) -> str | None:
        return "away" if self.away and self.says_so else None


@dataclass
class Accounts:
    """The owner of the directories, as ingress sees it."""

    rows: dict[str, Json] = field(default_factory=dict)
    away: bool = False
    asked: list[str] = field(default_factory=list)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/internal/accounts/{path}/{key}")
        async def one(path: str, key: str) -> Json:
            self.asked.append(f"{path}/{key}")
            if self.away:
                raise HTTPException(503)
            if f"{path}/{key}" not in self.rows:
                raise HTTPException(404)
            return self.rows[f"{path}/{key}"]

        @app.get("/internal/accounts/{path}")
        async def page(path: str) -> Json:
            items = [row for key, row in self.rows.items() if key.startswith(f"{path}/")]
            return {"items": items, "next_cursor": None}

        return app

    def connection(self, id: str, tenant_id: str, *seeds: bytes, revision: int = 1) -> None:
        row = ConnectionChanged(
            connection_id=id,
            revision=revision,
            tenant_id=tenant_id,
            public_keys=tuple(public_key(seed) for seed in seeds),
            encrypted_api_key="sealed",
        )
        self.rows[f"connections/{id}"] = row.jsonable()

    def number(
        self,
        number: str,
        tenant_id: str | None,
        connection: str | None,
        *,
        since: datetime = LONG_AGO,
        revision: int = 1,
    ) -> None:
        row = NumberChanged(
            phone_number=number,
            revision=revision,
            tenant_id=tenant_id,
            connection_id=connection,
            assigned_at=since,
        )
        self.rows[f"numbers/{number}"] = row.jsonable()


@dataclass
class World:
    http: httpx2.AsyncClient
    service: Service
    broker: OtherBroker
    accounts: Accounts
    clock: ManualClock
    keyring: Keyring
    connection: str
    """Of tenant ten_a, signs with SEED, has +17735550002."""
    other_connection: str
    """Of tenant ten_b, signs with OTHER_SEED, has +17735550009."""

    def signed(self, raw: bytes, *, seed: bytes = SEED, seconds: int = 0) -> dict[str, str]:
        stamp = str(int(self.clock.now().timestamp()) + seconds)
        signature = Ed25519PrivateKey.from_private_bytes(seed).sign(stamp.encode() + b"|" + raw)
        return {"telnyx-timestamp": stamp, "telnyx-signature-ed25519": base64.b64encode(signature).decode()}

    async def deliver(
        self, body: Json | bytes, path: str | None = None, *, headers: dict[str, str] | None = None, **how: Any
    ) -> httpx2.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        target = f"/{self.connection}" if path is None else path
        return await self.http.post(
            f"/webhooks/telnyx{target}", content=raw, headers=headers or self.signed(raw, **how)
        )

    def events(self) -> list[Event[Any]]:
        types = {"sms.inbound": SmsInbound, "sms.receipt": SmsReceipt}
        return [decode(message.body, types[peek_type(message.body)]) for message in self.broker.published]

    async def stored(self, collection: str) -> list[Json]:
        found = next(c for c in self.service.database._collections.values() if c.spec.name == collection)
        return (await found.find({}, limit=1000)).items

    def text(self, **changes: Any) -> Json:
        """An inbound text to +17735550002, with parts of its payload replaced."""
        body = deepcopy(sample("captured_inbound_sms"))
        body["data"]["payload"] |= changes
        return body


@pytest.fixture
def carrier_sample() -> Callable[[str], Json]:
    return sample


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock, keyring = ManualClock(VECTOR_TIME), Keyring(SECRET)
    broker, accounts = OtherBroker(), Accounts()
    connection, other = connection_id(keyring, "aaa1"), connection_id(keyring, "bbb2")
    accounts.connection(connection, "ten_a", SEED)
    accounts.connection(other, "ten_b", OTHER_SEED)
    accounts.number("+17735550002", "ten_a", connection)
    accounts.number("+17735550009", "ten_b", other)
    inside = httpx2.ASGITransport(accounts.app())
    internal = InternalClient(keyring, clock, lambda _: "http://inside", inside)
    settings = Settings(_env_file=None)
    platform = Platform(broker, lambda _: EmbeddedDatabase(None), clock, keyring, internal, settings)
    service = build(settings, platform)
    app = create_app("ingress", "", LARGE_BODY_PATHS)
    for router in service.routers:
        app.include_router(router)
    await service.database.start()
    for model in service.read_models:
        await model.fill()
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as http:
        yield World(http, service, broker, accounts, clock, keyring, connection, other)
    await service.database.close()
