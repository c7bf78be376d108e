"""The way of an answer through conversation, ai-responder and sender, as they really are, on an embedded broker.

Every queue and the model have a gate. A closed gate holds what comes, so that a test can stop the answer at any step,
do something, and let everything go on. The clock stands still and the loops turn only when the test says so.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx2
import orjson

import ai_responder.settings
import ai_responder.wiring
import conversation.settings
import conversation.wiring
import sender.settings
import sender.wiring
from sender.domain.lane import Lane
from sender.store import LANES
from sender_alone import ScriptedCarrier
from sender_rows import KEYRING, NUMBER, TENANT, number, rows
from shared.access.gate import Principal, sign
from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Delivery, Message
from shared.clock import ManualClock
from shared.consuming.consumer import HandledQueue, consumers_of
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import Event, EventData, SmsInbound, TenantChanged, decode, thread_id
from shared.events.catalogue import subscriptions_of, topology
from shared.http.app import create_app
from shared.ids import derived_id
from shared.internal.client import InternalClient
from shared.service.service import Platform, Service
from testkit.eventually import eventually

NOON = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
REQUESTS, DRAFTS = "ai-responder.reply.requested.v1", "conversation.reply.drafted.v1"
ORDERS, WITHDRAWALS = "sender.sms.outbound.v1", "sender.sms.withdrawn.v1"
MODEL = "the model"
QUIET_SECONDS = 2.0
SETTLED_ROUNDS = 5


@dataclass
class Gates:
    """By queue, and one for the model."""

    closed: dict[str, asyncio.Event] = field(default_factory=dict[str, asyncio.Event])
    waiting: Counter[str] = field(default_factory=Counter[str])

    def close(self, name: str) -> None:
        self.closed[name] = asyncio.Event()

    def open(self, *names: str) -> None:
        for name in names or list(self.closed):
            self.closed.pop(name).set()

    async def pass_by(self, name: str) -> None:
        while gate := self.closed.get(name):
            self.waiting[name] += 1
            try:
                await gate.wait()
            finally:
                self.waiting[name] -= 1

    async def holds(self, name: str) -> None:
        """Until something waits at this gate."""
        await eventually(lambda: self.waiting[name] > 0, within=10, every=0.002)


class AnswerPath:
    def __init__(self) -> None:
        self.clock = ManualClock(NOON)
        self.broker = EmbeddedBroker(None, self.clock)
        self.gates = Gates()
        self.carrier = ScriptedCarrier()
        self.contact = ""
        self.answers = 0
        self._customers = 0
        self._handling = 0
        self._texts = 0
        internal = InternalClient(KEYRING, self.clock, lambda _: "http://owner", httpx2.MockTransport(self._owners))
        self._platform = partial(Platform, self.broker, clock=self.clock, keyring=KEYRING, internal=internal)
        self.conversation = self._conversation()
        self.responder = self._responder()
        self.sender = self._sender()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def services(self) -> tuple[Service, ...]:
        return self.conversation, self.responder, self.sender.service

    def tenant(self) -> TenantChanged:
        return TenantChanged(
            tenant_id=TENANT, revision=1, name="Bakery", ai_mode="auto", quiet_seconds=QUIET_SECONDS
        )  # fmt: skip

    async def start(self) -> None:
        await self.broker.start(topology())
        for service in self.services:
            await service.database.start()
            for model in service.read_models:
                await model.fill()
        await self.sender.tools.suppressions.fill()
        await dict(self.responder.handlers)[TenantChanged](self._event(self.tenant()))
        for service in self.services:
            for queue in consumers_of(service.name, list(service.handlers), subscriptions_of(service.name)):
                await self.broker.subscribe(queue.subscription.queue, partial(self._on_delivery, queue))
        self._tasks.append(asyncio.create_task(self.responder.tasks["workers"]()))
        self.app = create_app("test", "")
        for router in self.conversation.routers:
            self.app.include_router(router)

    async def stop(self) -> None:
        self.gates.open()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for service in self.services:
            await service.relay.drain()
        await self.broker.close()
        for service in self.services:
            await service.database.close()

    def next_customer(self) -> None:
        """Another customer, who has not written yet; the model and the carrier begin to count anew."""
        self._customers += 1
        self.contact = f"+131255501{self._customers:02}"
        self.answers = 0
        self.carrier.requests.clear()

    async def text(self, text: str, keyword: Any = None) -> None:
        """The customer writes, as ingress says it."""
        self._texts += 1
        now, name = self.clock.now(), f"text-{self._texts}"
        data = SmsInbound(
            message_id=derived_id("msg", name), carrier_message_id=name, connection_id="con_x", number=NUMBER,
            contact=self.contact, text=text, keyword=keyword, carrier_answered=keyword is not None, received_at=now,
            effective_at=now,
        )  # fmt: skip
        event = self._event(data, "ingress")
        await self.broker.publish(
            Message(data.routing_key(), event.encode(), event.id, event.tenant_id, event.partition_key)
        )

    def client(self) -> httpx2.AsyncClient:
        """A user at the front desk."""
        who = Principal(TENANT, "agent", "ses_1", "usr_1", self.clock.now() - timedelta(seconds=1))
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app),
            base_url="http://test",
            headers={"authorization": f"Bearer {sign(KEYRING, who)}"},
        )

    async def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        async with self.client() as client:
            answer = await client.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def conversation_path(self) -> str:
        return f"/api/conversations/{(await self._conversations())[0]['id']}"

    async def _conversations(self) -> list[dict[str, Any]]:
        """Of this customer."""
        items = (await self.ask("GET", "/api/conversations"))["items"]
        return [one for one in items if one["contact"]["phone_number"] == self.contact]

    async def absorbed(self, texts: int) -> None:
        """Until conversation has so many of the customer's texts."""

        async def there() -> bool:
            items = await self._conversations()
            return bool(items) and items[0]["received"] == texts

        await eventually(there, within=10, every=0.002)

    async def in_lane(self) -> None:
        """Until the sender holds an order that it has not claimed."""
        lanes = self.sender.service.database.collection(LANES.spec())

        async def there() -> bool:
            lane = await lanes.get(thread_id(TENANT, NUMBER, self.contact))
            return lane is not None and bool(Lane.read(lane["state"]).messages)

        await eventually(there, within=10, every=0.002)

    async def due(self) -> None:
        """What is due in conversation now: turns, and consent that is copied into threads."""
        for name in ("turns", "consent"):
            await self.conversation.tasks[name].__self__.once()  # type: ignore[attr-defined]
        await self.conversation.relay.drain()

    async def settle(self, seconds: float = 0) -> None:
        """Let time pass and everything go on until nothing moves any more but what gates hold."""
        self.clock.advance(seconds)
        calm = 0
        while calm < SETTLED_ROUNDS:
            moved = await self._turn_loops()
            busy = moved or self._handling or self._answering() or await self._waiting_in_queues()
            calm = 0 if busy else calm + 1
            await asyncio.sleep(0.001 if busy else 0)

    def sent(self) -> list[str]:
        """The texts that the carrier was given."""
        return [request.body.decode().split("|")[0] for request in self.carrier.requests]

    async def _turn_loops(self) -> bool:
        await self.due()
        moved = [await loop.once() for loop in self.sender.loops.values()]
        for service in self.services:
            await service.relay.drain()
        return any(moved)

    def _answering(self) -> bool:
        """Runs that are being answered and are not held at the model's gate."""
        workers = self.responder.tasks["workers"].__self__  # type: ignore[attr-defined]
        return len(workers._tasks) > self.gates.waiting[MODEL]

    async def _waiting_in_queues(self) -> int:
        names = [one.queue for service in self.services for one, _ in subscriptions_of(service.name)]
        return sum([await self.broker.depth(name) for name in names])

    async def _on_delivery(self, queue: HandledQueue, delivery: Delivery) -> None:
        await self.gates.pass_by(queue.subscription.queue)
        self._handling += 1
        try:
            await queue.handler(decode(delivery.message.body, queue.data_type))
            await delivery.ack()
        finally:
            self._handling -= 1

    async def _model(self, request: httpx2.Request) -> httpx2.Response:
        asked = orjson.loads(await request.aread())
        await self.gates.pass_by(MODEL)
        self.answers += 1
        content = orjson.dumps({"reply": f"Answer {self.answers}.", "hand_over": False, "reason": ""}).decode()
        message = {"role": "assistant", "content": content, "refusal": None}
        usage = {"prompt_tokens": 1, "completion_tokens": 1}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return httpx2.Response(200, json={"id": "c", "model": asked["model"], "choices": [choice], "usage": usage})

    def _conversation(self) -> Service:
        settings = conversation.settings.Settings(secret_key="a secret of at least thirty-two characters")
        return conversation.wiring.build(settings, self._on_its_own(settings))

    def _responder(self) -> Service:
        settings = ai_responder.settings.Settings(
            _env_file=None, openai_api_key="k", openai_base_url="http://127.0.0.1:1/v1", openai_model="m"
        )
        return ai_responder.wiring.build(settings, self._on_its_own(settings), _Transport(self._model))

    def _sender(self) -> sender.wiring.Assembly:
        settings = sender.settings.Settings(
            _env_file=None, public_url="https://me.test", sender_account_parts_per_second=1e9
        )
        return sender.wiring.assemble(settings, self._on_its_own(settings), self.carrier)

    def _on_its_own(self, settings: Any) -> Platform:
        database = EmbeddedDatabase(None)
        return self._platform(open_database=lambda _: database, settings=settings)

    def _event(self, data: EventData, source: str = "test") -> Event[Any]:
        id = f"evt-{type(data).__name__}-{self._texts}"
        return Event(id, source, "s", self.clock.now(), TENANT, self.contact, data, correlation_id=f"chain-{id}")

    def _owners(self, request: httpx2.Request) -> httpx2.Response:
        answers = rows(self.tenant())
        lists = {
            "/internal/accounts/tenants": [self.tenant().jsonable()],
            "/internal/accounts/numbers": [number().jsonable()],
        }
        path = request.url.path
        if path in lists:
            return httpx2.Response(200, json={"items": lists[path], "next_cursor": None})
        if path in answers:
            return httpx2.Response(200, json=answers[path])
        known = path.count("/") == 3
        return httpx2.Response(200, json={"items": [], "next_cursor": None}) if known else httpx2.Response(404)


class _Transport(httpx2.AsyncBaseTransport):
    """A model within the process."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._answer(request)
