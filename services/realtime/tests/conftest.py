"""A small installation: one broker, one database, as many instances of realtime as a test wants, on real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import uvicorn
import websockets

from realtime.live.hub import Hub
from realtime.settings import Settings
from realtime.wiring import build
from shared.access.gate import Principal, sign
from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Message
from shared.clock import SystemClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import AccessRevoked, CampaignUpdated, ConversationUpdated, Event, EventData, TenantChanged
from shared.http.app import create_app
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service import Platform
from shared.service.runner import Runner
from testkit.eventually import eventually

NO_ROWS = {"items": [], "next_cursor": None}


def _owner(request: httpx2.Request) -> httpx2.Response:
    """Accounts: nothing is revoked, and a user is called by their id."""
    path, _, user_id = request.url.path.rpartition("/")
    return httpx2.Response(200, json={"name": user_id.title()} if path.endswith("/users") else NO_ROWS)


def make_event(tenant_id: str, data: EventData, id: str | None = None) -> Event[Any]:
    return Event(
        id=id or str(uuid.uuid4()),
        source="test",
        subject="",
        time=SystemClock().now(),
        tenant_id=tenant_id,
        partition_key=str(uuid.uuid4()),
        data=data,
    )


def conversation_updated(tenant_id: str, revision: int, text: str = "hi", id: str = "cnv_1") -> Event[Any]:
    data = ConversationUpdated(
        conversation_id=id,
        thread_id="thr_1",
        revision=revision,
        conversation={"id": id, "revision": revision, "state": "open"},
        messages=({"id": f"msg_{revision}", "text": text, "revision": 1},),
    )
    return make_event(tenant_id, data, f"{id}-{revision}")


@dataclass
class Stream:
    """A client: frames as they come, parsed."""

    frames: list[dict[str, Any]] = field(default_factory=list)

    @property
    def types(self) -> list[str]:
        return [frame["type"] for frame in self.frames]

    @property
    def last_id(self) -> str:
        return self.frames[-1]["id"]

    def texts(self) -> list[str]:
        return [f["data"]["messages"][0]["text"] for f in self.frames if f["type"] == "conversation.updated"]


@dataclass
class Instance:
    hub: Hub
    url: str
    runner: Runner
    server: uvicorn.Server
    tasks: list[asyncio.Task[Any]]

    @property
    def ws_url(self) -> str:
        return self.url.replace("http", "ws") + "/api/realtime/ws"

    async def stop(self) -> None:
        await self.hub.stop()
        self.server.should_exit = True
        await self.tasks[0]
        for task in self.tasks[1:]:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


class Installation:
    def __init__(self) -> None:
        self.clock = SystemClock()
        self.keyring = Keyring("k" * 40)
        self.broker = EmbeddedBroker(None, self.clock)
        self.database = EmbeddedDatabase(None)
        self.instances: list[Instance] = []

    def key(self, tenant_id: str, key_id: str = "key_1", expires_at: Any = None) -> str:
        return sign(self.keyring, Principal(tenant_id, "viewer", key_id, None, self.clock.now(), expires_at))

    def session(self, tenant_id: str, user_id: str) -> str:
        until = self.clock.now() + timedelta(hours=1)
        return sign(self.keyring, Principal(tenant_id, "viewer", f"ses_{user_id}", user_id, self.clock.now(), until))

    async def instance(self, **settings: Any) -> Instance:
        transport = httpx2.MockTransport(_owner)
        internal = InternalClient(self.keyring, self.clock, lambda _: "http://owner", transport)
        chosen = Settings(_env_file=None, public_url="https://parley.example", **settings)
        platform = Platform(self.broker, lambda _: self.database, self.clock, self.keyring, internal, chosen)
        service = build(chosen, platform)
        app = create_app("test", "")
        runner = Runner([service], platform, app)
        await runner.start()
        config = uvicorn.Config(
            app, port=0, lifespan="off", log_config=None, ws_max_size=65536, ws_per_message_deflate=False
        )
        server = uvicorn.Server(config)

        hub = service.on_drain[0].__self__
        tasks = [asyncio.create_task(server._serve()), asyncio.create_task(runner.run_tasks())]
        await eventually(lambda: server.started and not service.not_ready[0]() and service.read_models[0].complete)
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        made = Instance(hub, url, runner, server, tasks)
        self.instances.append(made)
        return made

    async def publish(self, event: Event[Any]) -> None:
        await self.broker.publish(
            Message(event.data.routing_key(), event.encode(), event.id, event.tenant_id, event.partition_key)
        )

    async def revoke(self, tenant_id: str, subject_id: str) -> None:
        await self.publish(make_event(tenant_id, AccessRevoked(subject_id=subject_id)))

    @contextlib.asynccontextmanager
    async def socket(
        self, at: Instance, key: str, last_id: str = "", *, wait: bool = True, **options: Any
    ) -> AsyncIterator[tuple[Stream, Any]]:
        stream = Stream()
        url = at.ws_url + (f"?last_event_id={last_id}" if last_id else "")
        headers = {"Authorization": f"Bearer {key}"}
        async with websockets.connect(url, additional_headers=headers, proxy=None, **options) as socket:

            async def read() -> None:
                with contextlib.suppress(websockets.ConnectionClosed):
                    async for text in socket:
                        stream.frames.append(json.loads(text))

            reading = asyncio.create_task(read())
            try:
                if wait:
                    await eventually(lambda: stream.frames)
                yield stream, socket
            finally:
                reading.cancel()

    @contextlib.asynccontextmanager
    async def sse(
        self, at: Instance, key: str, last_id: str = "", params: dict[str, str] | None = None
    ) -> AsyncIterator[Stream]:
        stream = Stream()
        headers = {"Authorization": f"Bearer {key}"} | ({"Last-Event-ID": last_id} if last_id else {})

        async def read(response: httpx2.Response) -> None:
            event: dict[str, str] = {}
            async for line in response.aiter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    event[name] = value
                elif "data" in event:
                    frame = json.loads(event["data"])
                    assert (frame["id"], frame["type"]) == (event["id"], event["event"])
                    stream.frames.append(frame)
                    event = {}

        async with (
            httpx2.AsyncClient(trust_env=False, timeout=30) as http,
            http.stream("GET", f"{at.url}/api/realtime/events", headers=headers, params=params or {}) as response,
        ):
            assert response.status_code == 200
            assert response.headers["content-type"].startswith("text/event-stream")
            reading = asyncio.create_task(read(response))
            try:
                await eventually(lambda: stream.frames)
                yield stream
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def close(self) -> None:
        for instance in self.instances:
            await instance.stop()
        await self.broker.close()
        await self.database.close()


@pytest.fixture
async def installation() -> AsyncIterator[Installation]:
    made = Installation()
    yield made
    await made.close()


@pytest.fixture
def event_of() -> Any:
    return make_event


@pytest.fixture
def conversation_event() -> Any:
    return conversation_updated


@pytest.fixture
def campaign_event() -> Any:
    def make(tenant_id: str, revision: int) -> Event[Any]:
        data = CampaignUpdated(campaign_id="cmp_1", revision=revision, campaign={"id": "cmp_1", "Vor name": 1})
        return make_event(tenant_id, data)

    return make


@pytest.fixture
def tenant_event() -> Any:
    def make(tenant_id: str, revision: int, about: str | None = None) -> Event[Any]:
        data = TenantChanged(
            tenant_id=about or tenant_id,
            revision=revision,
            name="Acme",
            monthly_cap={"nano": 5},  # type: ignore[arg-type]
        )
        return make_event(tenant_id, data)

    return make
