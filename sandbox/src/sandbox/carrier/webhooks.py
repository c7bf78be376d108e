"""Delivers webhooks: signed anew at each attempt, repeated with growing pauses, and disturbed where a fault says so."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from functools import partial
from typing import Any, Literal
from uuid import uuid4

import httpx2
import orjson
from pydantic import BaseModel

from sandbox.carrier.accounts import Registry
from sandbox.carrier.mailbox import Mailbox
from sandbox.carrier.messages import CarrierMessage, iso, on_the_wire
from sandbox.carrier.receiver import Receiver
from sandbox.faults import Fault, Subject
from sandbox.journal import Shelf
from sandbox.signing import derive_seed, signature_headers
from sandbox.world import World

_AT_ONCE = 64
_REMEMBERED = 20_000

WebhookState = Literal["pending", "held", "delivered", "given_up", "dropped"]


class Attempt(BaseModel):
    at: datetime
    url: str
    status: int | None = None
    error: str | None = None
    milliseconds: int


class Webhook(BaseModel):
    id: str
    message_id: str
    event_type: str
    api_key: str
    urls: list[str]
    state: WebhookState = "pending"
    forged: bool = False
    attempts: list[Attempt] = []
    data: dict[str, Any]


class Webhooks:
    def __init__(self, world: World, registry: Registry, mailbox: Mailbox, receiver: Receiver) -> None:
        self._world = world
        self._registry = registry
        self._mailbox = mailbox
        self._receiver = receiver
        self._sent = Shelf(world.journal, "webhook", Webhook)
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._client: httpx2.AsyncClient | None = None

    def all(self) -> list[Webhook]:
        return self._sent.values()

    def get(self, event_id: str) -> Webhook | None:
        return self._sent.get(event_id)

    def post(self, event_type: str, message: CarrierMessage) -> Webhook | None:
        """Sends this event about this message as it is now; None if this installation has no address for it."""
        urls = self._addresses(message)
        if not urls:
            return None
        event_id = str(uuid4())
        webhook = Webhook(
            id=event_id,
            message_id=message.id,
            event_type=event_type,
            api_key=message.api_key,
            urls=urls,
            data={
                "event_type": event_type,
                "id": event_id,
                "occurred_at": iso(self._world.clock.now()),
                "payload": on_the_wire(message),
                "record_type": "event",
            },
        )
        subject = Subject(message.recipient, message.sender, message.text, event_type, message.api_key)
        self._send_off(webhook, self._world.faults.strikes("webhook", subject))
        return webhook

    def resume(self) -> None:
        """After a restart: what was under way goes out again."""
        for webhook in self._sent:
            if webhook.state == "pending":
                self._world.agenda.after(0, partial(self._deliver, webhook))

    async def redeliver(self, webhook: Webhook, times: int) -> list[int | None]:
        """The same event again, all copies at once; the statuses they got (None: no answer)."""
        attempts = await asyncio.gather(*(self._attempt(webhook, webhook.urls[0], 1) for _ in range(times)))
        self._keep(webhook)
        return [attempt.status for attempt in attempts]

    async def release(self, order: Literal["fifo", "reverse", "shuffle"]) -> int:
        """Lets go of what was held, one after the other, each with its first attempt finished before the next."""
        held = [webhook for webhook in self._sent if webhook.state == "held"]
        if order == "reverse":
            held.reverse()
        elif order == "shuffle":
            self._world.faults.random.shuffle(held)
        for webhook in held:
            webhook.state = "pending"
            await self._deliver(webhook, patient=False)
        return len(held)

    def clear(self) -> None:
        self._sent.clear()

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _addresses(self, message: CarrierMessage) -> list[str]:
        profile = self._registry.profile(message.messaging_profile_id)
        own = [message.webhook_url, message.webhook_failover_url] if message.direction == "outbound" else []
        named = [url for url in own if url] or ([profile.webhook_url] if profile else [])
        return [here for url in named if (here := self._receiver.address(url))]

    def _send_off(self, webhook: Webhook, faults: list[Fault]) -> None:
        struck = {fault.do for fault in faults}
        webhook.forged = "forge" in struck
        webhook.state = "dropped" if "drop" in struck else "held" if "hold" in struck else "pending"
        self._keep(webhook)
        if webhook.state != "pending":
            return
        delay = sum(self._world.faults.seconds(fault) for fault in faults if fault.do == "delay")
        copies = 1 + sum(fault.times for fault in faults if fault.do == "duplicate")
        for _ in range(copies):
            self._world.agenda.after(delay, partial(self._deliver, webhook))

    async def _deliver(self, webhook: Webhook, patient: bool = True) -> None:
        number = 0
        for url in webhook.urls:
            pause = self._world.tunables.webhook_first_delay
            for left in range(self._world.tunables.webhook_attempts - 1, -1, -1):
                number += 1
                attempt = await self._attempt(webhook, url, number)
                if attempt.status is not None and 200 <= attempt.status < 300:
                    self._settle(webhook, "delivered")
                    return
                self._keep(webhook)
                if not patient:
                    self._world.agenda.after(pause, partial(self._deliver, webhook))
                    return
                if left:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, self._world.tunables.webhook_longest_delay)
        self._settle(webhook, "given_up")

    async def _attempt(self, webhook: Webhook, url: str, number: int) -> Attempt:
        body = orjson.dumps({"data": webhook.data, "meta": {"attempt": number, "delivered_to": url}})
        async with self._at_once:
            at, started = self._world.clock.now(), time.monotonic()
            status, error = await self._post(url, body, self._headers(webhook, body))
        took = round((time.monotonic() - started) * 1000)
        attempt = Attempt(at=at, url=url, status=status, error=error, milliseconds=took)
        webhook.attempts.append(attempt)
        return attempt

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int | None, str | None]:
        if self._client is None:
            self._client = self._world.connect()
        timeout = self._world.tunables.webhook_timeout
        try:
            async with asyncio.timeout(timeout):
                response = await self._client.post(url, content=body, headers=headers, timeout=timeout)
        except TimeoutError:
            return None, "timeout"
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            return None, f"{type(error).__name__}: {error}"[:200]
        return response.status_code, None

    def _headers(self, webhook: Webhook, body: bytes) -> dict[str, str]:
        seed = self._registry.seed_of(webhook.api_key)
        if webhook.forged:
            seed = derive_seed("forged", webhook.id)
        return signature_headers(seed, int(self._world.clock.now().timestamp()), body)

    def _settle(self, webhook: Webhook, state: WebhookState) -> None:
        if webhook.state != "delivered":
            webhook.state = state
        self._keep(webhook)

    def _keep(self, webhook: Webhook) -> None:
        self._sent.put(webhook.id, webhook)
        self._show_on_the_phone(webhook)
        if len(self._sent) > _REMEMBERED:
            oldest = next((one for one in self._sent if one.state == "delivered"), None)
            if oldest:
                self._sent.drop(oldest.id)

    def _show_on_the_phone(self, webhook: Webhook) -> None:
        message = self._mailbox.get(webhook.message_id)
        if message and message.direction == "inbound" and message.reached != webhook.state:
            message.reached = webhook.state
            self._mailbox.save(message)
