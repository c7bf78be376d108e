"""Several senders that share a database and a broker, as in production, with a carrier that keeps a ledger."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from fastapi import FastAPI

from price_cards import prices, rate_card
from sender.domain.message import Message
from sender.domain.outcome import SendOutcome
from sender.sending.carrier import CarrierAccount, RecordSearch, Request
from sender.settings import Settings
from sender.wiring import Assembly, assemble
from sender_rows import CONNECTION, KEYRING, NUMBER, TENANT, number, rows
from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Delivery
from shared.broker.protocol import Message as Wire
from shared.database.protocol import In
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import BudgetWarned, Event, Money, NumberChanged, SmsOutbound, TenantChanged, decode
from shared.events.envelope import EventData
from shared.ids import new_id
from shared.internal.client import InternalClient
from shared.service.runner import Runner
from shared.service.service import Platform

NOON = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
PRICE = 10_000_000
"""One part: a cent."""


class RunningClock:
    """Time that passes, from a fixed noon on: no test runs over midnight by accident, but it can be sent there."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        moment = NOON + timedelta(seconds=time.monotonic() - self._began) + self.ahead
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass
class LedgerCarrier:
    """Takes everything, after a moment; `fails` are message ids it says no to."""

    taken: list[str] = field(default_factory=list)
    answers: dict[str, SendOutcome] = field(default_factory=dict)

    def body(self, message: Message, account: CarrierAccount, webhook_url: str) -> bytes:
        return message.order.text.encode()

    async def send(self, request: Request) -> SendOutcome:
        await asyncio.sleep(0.002)
        if answer := self.answers.get(request.key):
            return answer
        self.taken.append(request.key)
        return SendOutcome("accepted", carrier_message_id=f"car-{request.key}", parts=1)

    async def search(self, trace: RecordSearch) -> SendOutcome | None:
        return None


@dataclass
class Senders:
    instances: list[Assembly]
    broker: EmbeddedBroker
    database: EmbeddedDatabase
    carrier: LedgerCarrier
    clock: RunningClock
    heard: dict[str, BudgetWarned]
    """Warnings by the id of their event: delivered at least once."""
    tenant: TenantChanged
    number: NumberChanged
    price_list: int = 1

    @property
    def warned(self) -> list[BudgetWarned]:
        return list(self.heard.values())

    @property
    def one(self) -> Assembly:
        return self.instances[0]

    async def publish(self, data: EventData, id: str = "") -> None:
        event = Event(id or new_id("evt"), "test", "", self.clock.now(), TENANT, "", data, correlation_id="chain")
        wire = Wire(data.routing_key(), event.encode(), event.id, TENANT, event.partition_key)
        await self.broker.publish(wire)

    async def set_tenant(self, **changes: Any) -> None:
        self.tenant = self.tenant.but(revision=self.tenant.revision + 1, **changes)
        await self.publish(self.tenant)

    async def set_number(self, **changes: Any) -> None:
        self.number = self.number.but(revision=self.number.revision + 1, **changes)
        await self.publish(self.number)

    async def set_price(self, price: str) -> None:
        """Another rate card, in force at once."""
        self.price_list += 1
        await self.publish(prices(self.price_list, rate_card(price), tenant=TENANT))

    async def ask_for(self, ids: list[str], **changes: Any) -> None:
        """One text each, to as many people."""
        orders = [
            SmsOutbound(message_id=id, number=NUMBER, contact=contact_of(id), text="Hello", **changes) for id in ids
        ]
        await asyncio.gather(*(self.publish(order, f"e-{order.message_id}") for order in orders))

    async def waiting(self, *what_for: str) -> int:
        """How many wait for room in the budget, or for what is named."""
        where = {"tenant_id": TENANT, "waits_for": In(what_for or ("budget",))}
        return await self.one.tools.messages.records.count(where)

    async def statuses(self) -> Counter[str]:
        return Counter(await self.one.tools.messages.records.count_by({"tenant_id": TENANT}, "status"))


def contact_of(id: str) -> str:
    return f"+1312{2_000_000 + int(id.rsplit('-', 1)[1])}"


def cap(parts: int) -> Money:
    return Money(nano=parts * PRICE)


@asynccontextmanager
async def senders(
    count: int, price: str = "0.01", daily_parts: int | None = None, **tenant: Any
) -> AsyncIterator[Senders]:
    clock, database, carrier = RunningClock(), EmbeddedDatabase(None), LedgerCarrier()
    broker = EmbeddedBroker(None, clock)
    heard: dict[str, BudgetWarned] = {}
    row = TenantChanged(tenant_id=TENANT, revision=1, name="A", timezone="America/Chicago", **tenant)
    sending = number().but(daily_parts=daily_parts)
    answers = rows(row, prices(1, rate_card(price), tenant=TENANT), sending)
    instances: list[Assembly] = []
    runners: list[Runner] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=answers[request.url.path])

    for _ in range(count):
        internal = InternalClient(KEYRING, clock, lambda _: "http://x", httpx2.MockTransport(answer))
        settings = Settings(_env_file=None, sender_account_parts_per_second=1e9)  # pyright: ignore
        platform = Platform(broker, lambda _: database, clock, KEYRING, internal, settings)
        parts = assemble(settings, platform, carrier)
        instances.append(parts)
        runners.append(Runner([parts.service], platform, FastAPI()))

    for runner in runners:
        await runner.start()

    async def hear(delivery: Delivery) -> None:
        event = decode(delivery.message.body, BudgetWarned)
        heard[event.id] = event.data
        await delivery.ack()

    await broker.subscribe("realtime.budget.warned.v1", hear, prefetch=10)
    work = [task for parts in instances for task in (parts.service.relay.run, *parts.service.tasks.values())]
    running = [asyncio.create_task(task()) for task in work]
    try:
        yield Senders(instances, broker, database, carrier, clock, heard, row, sending)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for parts in instances:  # before the first of them closes what they share
            await parts.service.relay.drain()
        for runner in runners:
            await runner.stop()


__all__ = ["CONNECTION", "TENANT", "Senders", "cap", "contact_of", "senders"]
