"""A conversation service in memory, with a broker that records and an accounts that knows two tenants."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2
from fastapi import FastAPI

from conversation.settings import Settings
from conversation.wiring import build
from shared.access.gate import Principal, sign
from shared.clock import ManualClock
from shared.database.protocol import Database
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import (
    Event,
    EventData,
    NumberChanged,
    ReplyDrafted,
    ReplyRequested,
    SmsInbound,
    SmsOutbound,
    SmsStatus,
    TenantChanged,
)
from shared.http.app import create_app
from shared.ids import derived_id
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service.retention import Retention
from shared.service.service import Platform
from testkit.recording import RecordingBroker

TENANT, OTHER = "ten_one", "ten_two"
OURS, OUR_SECOND = "+12025550100", "+12025550101"
THEIRS = "+12025550123"
START = {"to": "(202) 555-0123", "text": "Your bread is ready", "name": "Ada Lovelace", "company": "Engines"}
PICTURE = {"text": "Look", "media_urls": ["https://example.com/cake.png"]}
SECRET = "a secret of at least thirty-two characters"


@dataclass
class World:
    """Drives handlers and HTTP by hand; nothing happens by itself."""

    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    numbers: tuple[str, ...] = (OURS,)
    owners_are_away: bool = False
    """accounts and ai-responder do not answer."""
    workflows: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Rows of campaigns' page."""
    inactive: set[str] = field(default_factory=set[str])
    """Users who may not sign in any more, besides `usr_gone`."""
    database: Database = field(default_factory=lambda: EmbeddedDatabase(None))
    kept_days: dict[str, int] = field(default_factory=dict[str, int])
    """By tenant; a tenant that is not listed keeps everything."""
    pictures: dict[str, httpx2.Response] = field(default_factory=dict[str, httpx2.Response])
    """By address: what the servers answer from which pictures are fetched. 404 for others."""
    fetched: list[str] = field(default_factory=list[str])
    beside: World | None = None
    """Another process of the same installation: they share database, broker and clock."""
    seen_through: Callable[[Any], Any] = lambda database: database
    """How this process sees its database."""

    def __post_init__(self) -> None:
        self.clock = self.beside.clock if self.beside else ManualClock()
        self.broker = self.beside.broker if self.beside else RecordingBroker()
        self.database = self.beside.database if self.beside else self.database
        keyring = Keyring(SECRET)
        internal = InternalClient(
            keyring, self.clock, lambda _service: "http://internal", httpx2.MockTransport(self.owners)
        )
        seen = self.seen_through(self.database)
        platform = Platform(self.broker, lambda _name: seen, self.clock, keyring, internal, Settings(secret_key=SECRET))
        self.service = build(Settings(secret_key=SECRET), platform, httpx2.MockTransport(self.picture))
        self.keyring = keyring
        self.retention = Retention("conversation", self.service.forget, internal, self.clock)
        self.handle = dict(self.service.handlers)
        self._serial = 0

    async def start(self) -> None:
        await self.database.start()
        for model in self.service.read_models:
            await model.fill()
        self.app: FastAPI = create_app("test", "")
        for router in self.service.routers:
            self.app.include_router(router)

    def picture(self, request: httpx2.Request) -> httpx2.Response:
        self.fetched.append(str(request.url))
        found = self.pictures.get(str(request.url), httpx2.Response(404))
        return httpx2.Response(found.status_code, headers=found.headers, content=found.content)

    def owners(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path.removeprefix("/internal/accounts/")
        if self.owners_are_away:
            return httpx2.Response(503)
        if path in ("users/usr_1", "users/usr_2", "users/usr_3", "users/usr_gone", "users/usr_theirs"):
            id = path.removeprefix("users/")
            owner = OTHER if id == "usr_theirs" else TENANT
            user = {"id": id, "tenant_id": owner, "name": "Bo", "active": id != "usr_gone" and id not in self.inactive}
            return httpx2.Response(200, json=user)
        if path == "/internal/ai-responder/assistants/ast_9" and request.url.params["tenant_id"] == TENANT:
            return httpx2.Response(200, json={"id": "ast_9"})
        if path == "tenants":
            rows = [self.tenant(id).jsonable() for id in (TENANT, OTHER)]
            return httpx2.Response(200, json={"items": rows, "next_cursor": None})
        if path == "numbers":
            rows = [json.loads(self.number(number).encode()) for number in self.numbers]
            return httpx2.Response(200, json={"items": rows, "next_cursor": None})
        if path == "/internal/campaigns/workflows":
            return httpx2.Response(200, json={"items": self.workflows, "next_cursor": None})
        if path == "revocations":
            return httpx2.Response(200, json={"items": [], "next_cursor": None})
        return httpx2.Response(404)

    def tenant(self, id: str = TENANT) -> TenantChanged:
        return TenantChanged(
            tenant_id=id,
            revision=1,
            name="Bakery",
            retention_days=self.kept_days.get(id),
            **{"ai_mode": "auto", **self.settings},
        )

    def number(self, number: str) -> NumberChanged:
        return NumberChanged(
            phone_number=number, revision=1, tenant_id=TENANT, connection_id="con_x", assigned_at=self.clock.now()
        )

    def event(
        self, data: EventData, *, tenant: str = TENANT, source: str = "test", id: str | None = None
    ) -> Event[Any]:
        self._serial += 1
        return Event(
            id=id or f"evt-{self._serial}",
            source=source,
            subject="s",
            time=self.clock.now(),
            tenant_id=tenant,
            partition_key="k",
            data=data,
            correlation_id=f"cor-{self._serial}",
        )

    async def feed(self, data: EventData, **more: Any) -> Event[Any]:
        event = self.event(data, **more)
        await self.handle[type(data)](event)
        return event

    async def text(self, text: str, **more: Any) -> SmsInbound:
        inbound = self.inbound(text, **more)
        await self.feed(inbound, id=inbound.message_id)
        return inbound

    def inbound(self, text: str, *, at: datetime | None = None, name: str | None = None, **more: Any) -> SmsInbound:
        self._serial += 1
        name = name or f"in-{self._serial}"
        at = at or self.clock.now()
        values: dict[str, Any] = {"number": OURS, "contact": THEIRS, **more}
        return SmsInbound(
            message_id=derived_id("msg", name),
            carrier_message_id=name,
            connection_id="con_x",
            text=text,
            received_at=at,
            effective_at=at,
            **values,
        )

    async def pass_time(self, seconds: float) -> None:
        """Let time pass and do what has become due."""
        self.clock.advance(seconds)
        await self.due()

    async def due(self) -> None:
        for task in self.service.tasks.values():
            await task.__self__.once()  # type: ignore[attr-defined]

    def requested(self) -> list[ReplyRequested]:
        return self.broker.data(ReplyRequested)

    def sent(self) -> list[SmsOutbound]:
        return self.broker.data(SmsOutbound)

    async def drafted(self, text: str = "We open at nine.", **more: Any) -> ReplyDrafted:
        """The assistant answers the last request."""
        wanted = self.requested()[-1]
        values: dict[str, Any] = {"outcome": "reply", "run_id": f"run_{wanted.turn}", **more}
        draft = ReplyDrafted(
            thread_id=wanted.thread_id,
            conversation_id=wanted.conversation_id,
            turn=values.pop("turn", wanted.turn),
            number=wanted.number,
            contact=wanted.contact,
            text=text,
            assistant_id="ast_1",
            drafted_at=self.clock.now(),
            **values,
        )
        await self.feed(draft)
        return draft

    async def status(self, sent: SmsOutbound, status: str, revision: int, **more: Any) -> None:
        await self.feed(self.status_of(sent, status, revision, **more))

    def status_of(self, sent: SmsOutbound, status: str, revision: int, **more: Any) -> SmsStatus:
        values: dict[str, Any] = {
            "message_id": sent.message_id,
            "revision": revision,
            "number": sent.number,
            "contact": sent.contact,
            "status": status,
            "changed_at": self.clock.now(),
            **more,
        }
        return SmsStatus.read(values)

    def client(self, tenant: str = TENANT, role: str = "agent", user: str | None = None) -> httpx2.AsyncClient:
        who = Principal(tenant, role, "key_1", user, self.clock.now() - timedelta(seconds=1))  # type: ignore[arg-type]
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app),
            base_url="http://test",
            headers={"authorization": f"Bearer {sign(self.keyring, who)}"},
        )

    async def conversation(self) -> dict[str, Any]:
        """The latest conversation of the tenant, as the API shows it."""
        async with self.client() as client:
            return (await client.get("/api/conversations", params={"state": "all"})).json()["items"][0]

    async def messages(self, conversation_id: str) -> list[dict[str, Any]]:
        async with self.client() as client:
            return (await client.get(f"/api/conversations/{conversation_id}/messages")).json()["items"]

    async def started(self, **more: Any) -> dict[str, Any]:
        """A conversation that a program began; `more` changes the request."""
        async with self.client() as client:
            response = await client.post("/api/conversations", json={**START, **more})
            assert response.status_code == 201, response.text
            return response.json()

    async def able_to(self, *capabilities: str, revision: int = 2) -> None:
        """Our number can do these things now, and no others."""
        await self.feed(self.number(OURS).but(revision=revision, capabilities=capabilities))
