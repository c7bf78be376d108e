"""Builders for this service's tests: requests, a pretend model behind a transport, and the service wired in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import orjson

from ai_responder.settings import Settings
from ai_responder.wiring import build
from shared.access.gate import Principal, Role, sign
from shared.broker.protocol import Message
from shared.clock import Clock, SystemClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import Event, ReplyRequested, TenantChanged, TranscriptLine, thread_id
from shared.http.app import create_app
from shared.ids import derive
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service import Platform

SECRET = "a secret of more than thirty-two characters"
NUMBER, CONTACT = "+13125550100", "+13125550123"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def requested(
    text: str = "When do you open?", *, tenant: str = "ten_a", turn: int = 1, contact: str = CONTACT, **more: Any
) -> Event[ReplyRequested]:
    thread = thread_id(tenant, NUMBER, contact)
    data: dict[str, Any] = {
        "thread_id": thread,
        "conversation_id": f"cnv_{thread[4:]}",
        "turn": turn,
        "number": NUMBER,
        "contact": contact,
        "ai_mode": "auto",
        "answer_by": more.pop("now", NOON) + timedelta(minutes=10),
        "history": (TranscriptLine(author="customer", text=text, at=NOON),),
        **more,
    }
    return Event(
        id=derive("test", tenant, thread, str(turn)),
        source="conversation",
        subject=data["conversation_id"],
        time=NOON,
        tenant_id=tenant,
        partition_key=thread,
        data=ReplyRequested(**data),
        correlation_id=f"corr-{contact}-{turn}",
    )


def tenant_changed(tenant: str = "ten_a", revision: int = 1, **more: Any) -> Event[TenantChanged]:
    data = TenantChanged(tenant_id=tenant, revision=revision, name=more.pop("name", "Corner Bakery"), **more)
    return Event(
        id=derive("tenant", tenant, str(revision)),
        source="accounts",
        subject=tenant,
        time=NOON,
        tenant_id=tenant,
        partition_key=tenant,
        data=data,
    )


def says(reply: str, *, hand_over: bool = False, reason: str = "") -> dict[str, Any]:
    return {"reply": reply, "hand_over": hand_over, "reason": reason}


def completion(content: Any = None, *, refusal: str | None = None, finish: str = "stop", **more: Any) -> dict[str, Any]:
    """A body as OpenAI answers it."""
    text = json.dumps(content) if isinstance(content, dict) else content
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": 64}}
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "m-2026",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": usage,
        **more,
    }


def answered(content: Any = None, **more: Any) -> httpx2.Response:
    return httpx2.Response(200, json=completion(content, **more))


Script = Callable[[dict[str, Any]], httpx2.Response]


@dataclass
class PretendModel(httpx2.AsyncBaseTransport):
    """Answers by a script: one response per call, the last for ever. Holds calls back while `gate` is closed."""

    script: list[httpx2.Response | Exception | Script]
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    cancelled: int = 0
    gate: asyncio.Event | None = None
    under_way: int = 0
    most_under_way: int = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = orjson.loads(await request.aread())
        self.asked.append(body)
        step = self.script[min(len(self.asked), len(self.script)) - 1]
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.gate:
                await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.under_way -= 1
        if isinstance(step, Exception):
            raise step
        if isinstance(step, httpx2.Response):
            return httpx2.Response(step.status_code, headers=step.headers, content=step.content)
        return step(body)


@dataclass
class RecordingBroker:
    """A broker as the relay sees it: confirms everything and remembers it."""

    published: list[Message] = field(default_factory=list[Message])

    async def publish(self, message: Message) -> None:
        self.published.append(message)

    def trouble(self) -> str | None:
        return None

    def of(self, type_: str) -> list[dict[str, Any]]:
        return [orjson.loads(m.body)["data"] for m in self.published if m.routing_key == type_]

    def events(self, type_: str) -> list[dict[str, Any]]:
        return [orjson.loads(m.body) for m in self.published if m.routing_key == type_]


class World:
    """The service in memory; its owner `accounts` is a dictionary of tenants."""

    def __init__(
        self,
        model: PretendModel | None = None,
        beside: World | None = None,
        clock: Clock | None = None,
        **settings: Any,
    ) -> None:
        """`beside`: another process of the same installation, on the same database and broker."""
        self.clock = clock or SystemClock()
        self.broker = beside.broker if beside else RecordingBroker()
        self.database = beside.database if beside else EmbeddedDatabase(None)
        self.keyring = Keyring(SECRET)
        self.tenants: dict[str, TenantChanged] = {
            tenant: tenant_changed(tenant).data for tenant in ("ten_a", "ten_b", "ten_c")
        }
        self.accounts_away = False
        self.prices_tokens = True
        self.media: dict[str, list[dict[str, Any]]] = {}
        """By id: what conversation answers, one after the other; the last for ever."""
        self.past_turns: dict[str, list[dict[str, Any]]] = {}
        """Pages of conversation, by tenant: each holds one turn."""
        self.asked_accounts = 0
        internal = InternalClient(
            self.keyring, self.clock, lambda _: "http://accounts", httpx2.MockTransport(self._accounts)
        )
        defaults: dict[str, Any] = {
            "openai_api_key": "k",
            "openai_base_url": "http://127.0.0.1:1/v1",
            "openai_model": "m",
        }
        self.settings = Settings(_env_file=None, **{**defaults, **settings})
        platform = Platform(
            broker=self.broker,  # type: ignore[arg-type]  # only what the relay uses
            open_database=lambda _: self.database,
            clock=self.clock,
            keyring=self.keyring,
            internal=internal,
            settings=self.settings,
        )
        self.service = build(self.settings, platform, model)
        self._tasks: list[asyncio.Task[None]] = []

    def _accounts(self, request: httpx2.Request) -> httpx2.Response:
        self.asked_accounts += 1
        if self.accounts_away:
            return httpx2.Response(503)
        *_, path, key = ["", *request.url.path.split("/")]
        if path == "media" and (rows := self.media.get(key)):
            return httpx2.Response(200, json=rows.pop(0) if rows[1:] else rows[0])
        if key == "past-turns":
            return self._past_turns(request)
        if key == "token-quotes":
            used = orjson.loads(request.content)["used"]
            nano = sum(line["quantity"] for line in used)
            return httpx2.Response(200, json={"nano": nano, "currency": "USD", "unpriced": not self.prices_tokens})
        if path == "tenants" and key in self.tenants:
            return httpx2.Response(200, json=self.tenants[key].jsonable())
        if key in ("tenants", "revocations"):
            return httpx2.Response(200, json={"items": [], "next_cursor": None})
        return httpx2.Response(404, json={})

    def _past_turns(self, request: httpx2.Request) -> httpx2.Response:
        turns, n = self.past_turns.get(request.url.params["tenant_id"], []), int(request.url.params["cursor"] or 0)
        further = str(n + 1) if n + 1 < len(turns) else None
        return httpx2.Response(200, json={"items": turns[n : n + 1], "next_cursor": further})

    async def start(self, *tasks: str) -> None:
        """`tasks` names the background loops to run; none: all of them."""
        await self.database.start()
        for model in self.service.read_models:
            await model.fill()
        for name, work in self.service.tasks.items():
            if not tasks or name in tasks:
                self._tasks.append(asyncio.create_task(work()))

    async def stop_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def stop(self) -> None:
        await self.stop_tasks()
        for stop in self.service.on_stop:
            await stop()
        await self.service.relay.drain()
        await self.database.close()

    async def handle(self, event: Event[Any]) -> None:
        await dict(self.service.handlers)[type(event.data)](event)

    @property
    def drafted(self) -> list[dict[str, Any]]:
        return self.broker.of("reply.drafted")

    @property
    def usage(self) -> list[dict[str, Any]]:
        """Every line that was booked, with what all lines of its event have in common."""
        return [{**used, **line} for used in self.broker.of("usage.recorded.v2") for line in used["lines"]]

    def client(self, tenant: str = "ten_a", role: Role = "admin") -> httpx2.AsyncClient:
        app = create_app("test", "")
        for router in self.service.routers:
            app.include_router(router)
        who = Principal(tenant, role, f"key_{tenant}{role}", None, self.clock.now())
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app),
            base_url="http://test",
            headers={"authorization": f"Bearer {sign(self.keyring, who)}"},
        )
