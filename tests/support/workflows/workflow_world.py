"""The service in memory with tenants, numbers and a workflow's texts; the clock stands still, the broker remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import Any

import httpx2
import orjson

from campaigns.settings import Settings
from campaigns.wiring import build
from shared.access.gate import Principal, sign
from shared.broker.protocol import Message
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import (
    ConsentChanged,
    ConsentEvidence,
    ContactChanged,
    ContactTexted,
    Event,
    NumberChanged,
    SmsStatus,
    TenantChanged,
    thread_id,
)
from shared.http.app import create_app
from shared.ids import derive, derived_id
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service import Platform

OURS, OURS_TOO, PERSON = "+13125550100", "+13125550101", "+13125550001"
MOST_ROUNDS = 20
_events = count()
_EVERY_LOOP = ("campaigns", "campaign chores", "run starts", "runs", "run endings", "run orders")


@dataclass
class RecordingBroker:
    published: list[Message] = field(default_factory=list[Message])

    async def publish(self, message: Message) -> None:
        self.published.append(message)

    def trouble(self) -> str | None:
        return None


class WorkflowsWorld:
    def __init__(
        self, database: Any = None, clock: ManualClock | None = None, recorded: Any = None, broker: Any = None
    ) -> None:
        self.clock = clock or ManualClock(datetime.fromisoformat("2026-03-10T15:00:00Z"))
        self.recorded = recorded or RecordingBroker()
        self.broker = broker or self.recorded
        self.database = database or EmbeddedDatabase(None)
        self.keyring = Keyring("a secret of more than thirty-two characters")
        self.cards: dict[str, ContactChanged] = {}
        """What conversation knows, by contact id."""
        settings = Settings(_env_file=None)  # pyright: ignore[reportCallIssue]
        internal = InternalClient(
            self.keyring, self.clock, lambda _: "http://neighbour", httpx2.MockTransport(self._neighbour)
        )
        platform = Platform(self.broker, lambda _: self.database, self.clock, self.keyring, internal, settings)  # type: ignore[arg-type]  # only what the relay uses
        self.service = build(settings, platform)

    async def start(self) -> None:
        await self.database.start()
        for model in self.service.read_models:
            await model.fill()
        for tenant in ("ten_a", "ten_b"):
            await self.handle(TenantChanged(tenant_id=tenant, revision=1, name=tenant), tenant=tenant)
        for number, tenant in ((OURS, "ten_a"), (OURS_TOO, "ten_a"), ("+13125550200", "ten_b")):
            owned = NumberChanged(
                phone_number=number, revision=1, tenant_id=tenant, connection_id="con_1", assigned_at=self.clock.now()
            )
            await self.handle(owned, tenant=tenant)

    def event(self, data: Any, tenant: str = "ten_a", source: str = "test") -> Event[Any]:
        return Event(
            id=derive("test", str(next(_events))),
            source=source,
            subject="",
            time=self.clock.now(),
            tenant_id=tenant,
            partition_key="x",
            data=data,
        )

    async def handle(self, *data: Any, tenant: str = "ten_a") -> None:
        for one in data:
            await self.deliver(self.event(one, tenant))

    async def deliver(self, event: Event[Any]) -> None:
        await dict(self.service.handlers)[type(event.data)](event)
        await self.service.relay.drain()

    async def work(self) -> None:
        """Do all that is due, and what that makes due; what stays due is looked at again another time."""
        for _ in range(MOST_ROUNDS):
            loops = [self.loop(name) for name in _EVERY_LOOP if name in self.service.tasks]
            worked = sum([await loop.once() for loop in loops])
            await self.service.relay.drain()
            if not worked:
                return

    @property
    def workflows(self) -> Any:
        """The service's own."""
        return self.loop("workflow figures")._workflows

    def loop(self, name: str) -> Any:
        return self.service.tasks[name].__self__  # type: ignore[attr-defined]  # the loop's own object

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await self.work()

    def published(self, type_: str) -> list[dict[str, Any]]:
        """Data of the events of this type, in order; each once, as consumers drop repeats."""
        seen: dict[str, dict[str, Any]] = {}
        for message in self.recorded.published:
            event = orjson.loads(message.body)
            if event["type"] == type_:
                seen.setdefault(event["id"], event["data"])
        return list(seen.values())

    @property
    def sent(self) -> list[dict[str, Any]]:
        return self.published("sms.outbound")

    @property
    def texts(self) -> list[str]:
        return [sent["text"] for sent in self.sent]

    def acts(self, *actions: str) -> list[dict[str, Any]]:
        return [act for act in self.published("workflow.acted") if not actions or act["action"] in actions]

    async def settle(self, status: str = "accepted", n: int = -1, **more: Any) -> None:
        """The sender's report on our n-th text."""
        sent = self.sent[n]
        await self.handle(self.status_of(sent, status, **more))

    def status_of(self, sent: dict[str, Any], status: str, revision: int = 3, **more: Any) -> SmsStatus:
        facts = {
            key: sent[key] for key in ("message_id", "number", "contact", "author", "campaign_id", "stream", "seq")
        }
        return SmsStatus.read({**facts, "status": status, "revision": revision, "changed_at": self.clock.now(), **more})

    def texted(
        self, text: str, contact: str = PERSON, at: datetime | None = None, number: str = OURS, tenant: str = "ten_a"
    ) -> ContactTexted:
        moment = at or self.clock.now()
        return ContactTexted(
            message_id=derived_id("msg", text, contact, moment.isoformat()),
            thread_id=thread_id(tenant, number, contact),
            conversation_id="cnv_1",
            number=number,
            contact=contact,
            text=text,
            effective_at=moment,
        )

    async def reply(self, text: str, contact: str = PERSON, number: str = OURS) -> None:
        """The person texts and is then quiet."""
        self.clock.advance(1)
        await self.handle(self.texted(text, contact, number=number))
        await self.pass_time(3)

    async def opt_out(self, contact: str = PERSON, tenant: str = "ten_a") -> None:
        now = self.clock.now()
        stop = ConsentChanged(
            entry_id=f"e{now.isoformat()}",
            contact=contact,
            state="out",
            effective_at=now,
            evidence=ConsentEvidence(kind="keyword"),
        )
        await self.handle(stop, tenant=tenant)

    @cached_property
    def _app(self) -> Any:
        app = create_app("test", "")
        for router in self.service.routers:
            app.include_router(router)
        return app

    async def activate(self, tenant: str) -> None:
        """It was suspended, and is active again."""
        await self.handle(TenantChanged(tenant_id=tenant, revision=2, name=tenant), tenant=tenant)
        await self.work()

    async def count(self) -> int:
        """One round of the loop that counts runs, after what is waiting has become due."""
        self.clock.advance(1)
        counted = await self.loop("workflow figures").once()
        await self.service.relay.drain()
        return counted

    async def ask(
        self, method: str, path: str, body: Any = None, *, tenant: str = "ten_a", role: Any = "admin", **headers: str
    ) -> httpx2.Response:
        who = Principal(tenant, role, f"key_{tenant}_{role}", None, self.clock.now())
        sent = {"authorization": f"Bearer {sign(self.keyring, who)}", **headers}
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self._app), base_url="http://t") as client:
            answer = await client.request(method, path, json=body, headers=sent)
        await self.service.relay.drain()  # what it publishes afterwards
        return answer

    async def made(self, definition: dict[str, Any], tenant: str = "ten_a") -> str:
        """An active workflow."""
        created = await self.ask("POST", "/api/workflows", {"name": "w", "definition": definition}, tenant=tenant)
        assert created.status_code == 201, created.text
        id = created.json()["id"]
        activated = await self.ask("POST", f"/api/workflows/{id}/activate", tenant=tenant)
        assert activated.status_code == 200, activated.text
        return id

    async def started(self, workflow_id: str, contact: str = PERSON, **more: Any) -> dict[str, Any]:
        answer = await self.ask("POST", f"/api/workflows/{workflow_id}/runs", {"phone_number": contact} | more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def run(self, run_id: str, tenant: str = "ten_a") -> dict[str, Any]:
        answer = await self.ask("GET", f"/api/workflows/runs/{run_id}", tenant=tenant)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _neighbour(self, request: httpx2.Request) -> httpx2.Response:
        parts = request.url.path.split("/")
        if parts[-1] == "withdraw-campaign":
            return httpx2.Response(200, json={"claimed": []})
        if len(parts) == 4:
            return httpx2.Response(200, json={"items": [], "next_cursor": None})
        card = self.cards.get(parts[4])
        return httpx2.Response(200, content=card.encode()) if card else httpx2.Response(404)


def workflow(*steps: dict[str, Any], trigger: Any = "api", keywords: tuple[str, ...] = ()) -> dict[str, Any]:
    asked = {"type": trigger} | ({"keywords": list(keywords)} if keywords else {})
    return {"trigger": asked, "steps": list(steps)}


def send(text: str, id: str = "", **more: Any) -> dict[str, Any]:
    return {"id": id or f"send-{derive(text)[:8]}", "type": "send_message", "text": text, **more}


def wait(seconds: int = 3600, id: str = "wait", **more: Any) -> dict[str, Any]:
    return {"id": id, "type": "wait_for_reply", "timeout_seconds": seconds, **more}


def keep(field: str) -> dict[str, Any]:
    return {"id": "keep", "type": "save_response", "field": field, "as": "text"}


CAKE: dict[str, Any] = {
    "id": "keep",
    "type": "save_response",
    "field": "cake",
    "as": "choice",
    "choices": ["chocolate", "vanilla"],
    "retry_text": "Chocolate or vanilla, please?",
}
QUESTION = workflow(send("Which cake, {name|friend}?", "ask"), wait(), CAKE, send("{cake} it is!", "thanks"))
