"""A whole sender without a network: real wiring, database in memory, a clock that stands still, a scripted carrier."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2

from sender.domain.message import Message
from sender.domain.outcome import SendOutcome
from sender.sending.carrier import CarrierAccount, RecordSearch, Request
from sender.settings import Settings
from sender.wiring import Assembly, assemble
from sender_rows import CONNECTION, KEYRING, NUMBER, TENANT, Rows, rows
from shared.clock import ManualClock
from shared.database.protocol import Database
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import (
    Event,
    NumberChanged,
    SmsInbound,
    SmsOutbound,
    SmsReceipt,
    SmsStatus,
    SmsWithdrawn,
    UsageEntry,
    UsageRecorded,
    decode,
)
from shared.events.envelope import EventData
from shared.ids import new_id
from shared.internal.client import InternalClient
from shared.service.due import DueLoop
from shared.service.holder import Holder
from shared.service.retention import Retention
from shared.service.service import Platform

NOON = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)  # early afternoon from Eastern to Pacific
ANN, BOB = "+13125550101", "+13125550102"


MakeSender = Callable[..., Awaitable["OneSender"]]
"""As `one_sender`, closed again at the end of the test."""


class Published:
    """The broker's seam: keeps what was published."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, bytes]] = []

    async def publish(self, message: Any) -> None:
        self.bodies.append((message.routing_key, message.body))

    def trouble(self) -> str | None:
        return None

    def of(self, data_type: type[Any]) -> list[Any]:
        return [decode(body, data_type) for key, body in self.bodies if key.startswith(data_type.TYPE)]


@dataclass
class ScriptedCarrier:
    """Answers with the next outcome of its script, then with acceptance."""

    script: list[SendOutcome | Callable[[Request], Any]] = field(default_factory=list)
    found: list[SendOutcome | Exception | None] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    searches: list[RecordSearch] = field(default_factory=list)

    def body(self, message: Message, account: CarrierAccount, webhook_url: str) -> bytes:
        return f"{message.order.text}|{webhook_url}".encode()

    async def send(self, request: Request) -> SendOutcome:
        self.requests.append(request)
        if not self.script:
            return SendOutcome("accepted", carrier_message_id=f"car-{request.key}", parts=1)
        answer = self.script.pop(0)
        if isinstance(answer, SendOutcome):
            return answer
        result = answer(request)
        return await result if hasattr(result, "__await__") else result

    async def search(self, trace: RecordSearch) -> SendOutcome | None:
        self.searches.append(trace)
        found = self.found.pop(0) if self.found else None
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class OneSender:
    """A sender, and what it met: its broker, its carrier and the rows that its neighbours answer with."""

    parts: Assembly
    clock: ManualClock
    broker: Published
    carrier: ScriptedCarrier
    rows: Rows
    retention: Retention

    async def handle(self, data: EventData, tenant: str = TENANT, id: str = "", at: datetime | None = None) -> None:
        handler = dict(self.parts.service.handlers)[type(data)]
        await handler(self.event(data, tenant, id, at))

    def event(self, data: EventData, tenant: str = TENANT, id: str = "", at: datetime | None = None) -> Event[Any]:
        id = id or new_id("evt")
        return Event(id, "test", "", at or self.clock.now(), tenant, "", data, correlation_id=f"chain-{id}")

    async def send(self, id: str, at: datetime | None = None, **changes: Any) -> None:
        """`at`: when it was ordered; it comes now."""
        order = SmsOutbound(message_id=id, number=NUMBER, contact=ANN, text="Hello")
        await self.handle(order.but(**changes), id=f"e-{id}", at=at)

    async def work(self, seconds: float = 0) -> None:
        """Let time pass, then do all that is due."""
        self.clock.advance(seconds)
        for _ in range(50):
            done = [await loop.once() for loop in self.loops]
            await self.parts.service.relay.drain()
            if not any(done):
                return
        raise AssertionError("the loops find no rest: something stays due")

    @property
    def loops(self) -> list[DueLoop]:
        return [*self.parts.loops.values(), self.parts.campaign_loop, self.parts.daily_cap_loop]

    async def budgets(self) -> None:
        """Look after the budgets, and do what follows."""
        for _ in range(5):
            await self.parts.budget_loop.once()
            await self.work()

    async def message(self, id: str) -> Message:
        found = await self.parts.tools.messages.get(TENANT, id)
        assert found is not None
        return found

    async def status(self, id: str) -> str:
        return (await self.message(id)).status

    async def states(self, id: str) -> list[str]:
        """All that it went through, also those that are not published."""
        return [step.status for step in (await self.message(id)).history]

    async def receipt(self, id: str, status: str, **changes: Any) -> None:
        data = SmsReceipt.read(
            {
                "carrier_message_id": f"car-{id}",
                "connection_id": CONNECTION,
                "message_id": id,
                "number": NUMBER,
                "contact": ANN,
                "status": status,
                "occurred_at": self.clock.now(),
                **changes,
            }
        )
        await self.handle(data)

    async def stop(self, contact: str = ANN) -> None:
        await self.keyword("stop", contact)

    async def keyword(self, word: str, contact: str = ANN) -> None:
        now = self.clock.now()
        data = {"message_id": new_id("msg"), "carrier_message_id": "c", "connection_id": CONNECTION, "number": NUMBER}
        data |= {"contact": contact, "text": word, "keyword": word, "received_at": now, "effective_at": now}
        await self.handle(SmsInbound.read(data))

    async def withdraw(self, **fields: Any) -> None:
        thread = {} if "campaign_id" in fields else {"number": NUMBER, "contact": ANN}
        await self.handle(SmsWithdrawn.read({**thread, **fields}))

    async def withdraw_ids(self, *ids: str, tenant: str = TENANT) -> None:
        """By ids alone, as a neighbouring system may."""
        await self.handle(SmsWithdrawn(message_ids=ids, reason="changed_mind"), tenant)

    def statuses(self, id: str) -> list[SmsStatus]:
        mine = [event.data for event in self.broker.of(SmsStatus) if event.data.message_id == id]
        return sorted(mine, key=lambda data: data.revision)

    def told(self, id: str) -> list[str]:
        return [data.status for data in self.statuses(id)]

    def usage(self, id: str) -> list[UsageEntry]:
        booked = [event.data for event in self.broker.of(UsageRecorded) if event.data.message_id == id]
        return [entry for data in booked for entry in data.entries()]

    def sent(self) -> list[str]:
        return [request.key for request in self.carrier.requests]

    async def own(self, data: EventData) -> None:
        await self.handle(data)


async def one_sender(
    filled: bool = True, after: OneSender | None = None, alone: bool = False, **settings: Any
) -> OneSender:
    """Ready to be given events. With `filled=False` it has not read the opt-outs yet. `after`: on the database of this
    one, which has died. `alone`: it knows that no other process lives."""
    answers, clock, broker, carrier = rows(), ManualClock(NOON), Published(), ScriptedCarrier()
    database: Database = EmbeddedDatabase(None)
    if after:
        clock, broker, carrier, database = after.clock, after.broker, after.carrier, after.parts.service.database

    def answer(request: httpx2.Request) -> httpx2.Response:
        row = answers.get(request.url.path)
        return httpx2.Response(200, json=row) if row else httpx2.Response(404)

    internal = InternalClient(KEYRING, clock, lambda _: "http://owner", httpx2.MockTransport(answer))
    chosen = Settings(_env_file=None, public_url="https://me.test", sender_account_parts_per_second=1e9, **settings)  # pyright: ignore
    holder = Holder(alone)
    platform = Platform(broker, lambda _: database, clock, KEYRING, internal, chosen, holder)  # type: ignore[arg-type]
    parts = assemble(chosen, platform, carrier)
    await parts.service.database.start()
    if filled:
        await parts.tools.suppressions.fill()
    return OneSender(parts, clock, broker, carrier, answers, Retention("sender", parts.service.forget, internal, clock))


async def set_number(world: OneSender, revision: int, **changes: Any) -> None:
    number = NumberChanged.read(world.rows[f"/internal/accounts/numbers/{NUMBER}"])
    await world.own(number.but(revision=revision, **changes))
