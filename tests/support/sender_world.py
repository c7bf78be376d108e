"""The world in which the sending rules are tried: real senders on one database, behind a gate that a driver holds.

Every access to a lane, record, suppression or the broker is a place where the driver may switch to another task, let
time pass, freeze or kill. The carrier throttles, refuses, loses answers, accepts and then answers 500 (which frees its
key), and reports late, twice or never. Left out, as promise 2 says: a 500 after acceptance whose answer is lost with
(or frozen in) the process that saw it.
"""

from __future__ import annotations

import asyncio
import contextvars
import random
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2

from price_cards import price_rows, prices, rate_card
from sender.domain.lane import Lane
from sender.domain.message import Message
from sender.domain.outcome import Outcome
from sender.sending.carrier import Request, Trace
from sender.sending.gates import Account
from sender.settings import Settings
from sender.wiring import Parts, assemble
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import (
    CarrierError,
    ConnectionChanged,
    Money,
    NumberChanged,
    TenantChanged,
    thread_id,
)
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service.service import Platform

TENANT, NUMBER, CONNECTION = "ten_a", "+13125550001", "con_x.code"
CONTACTS = {"ann": "+13125550101", "bob": "+13125550102"}
LANES = {name: thread_id(TENANT, NUMBER, contact) for name, contact in CONTACTS.items()}
KEYRING = Keyring("a secret of 32 characters or more for tests")
START = datetime(2026, 3, 10, 12, 20, tzinfo=UTC)
MORNING = 2400  # seconds after START it is 8:00 in Chicago, and campaign texts may leave
FRESH = 10
PRICE = 10_000_000  # of a part, where there is a cap
GATED = {"lanes", "messages", "suppressions"}

NO = Outcome("refused", "invalid_recipient", errors=(CarrierError(code="40310"),))
ANSWERS = {
    "429": Outcome("not_sent", "carrier_busy"),
    "503": Outcome("not_sent", "carrier_unavailable"),
    "400": NO,
    "500": Outcome("server_error", "carrier_500"),
    "none": Outcome("no_answer", "no_answer"),
}


class Crash(Exception):
    """The process dies here."""


@dataclass(frozen=True)
class Weather:
    """How likely what goes wrong is. `early`: nothing, 429, 400 before the carrier looks at the key."""

    early: tuple[int, int, int] = (92, 6, 2)
    fates: tuple[int, ...] = (34, 10, 8, 10, 4, 12)
    crash: float = 0.02
    freeze: float = 0.04


FAIR = Weather()
ROUGH = Weather(early=(70, 15, 15), fates=(20, 30, 10, 10, 4, 12), crash=0.04, freeze=0.06)

FROZEN = Weather(freeze=0.2)
CLEAR = Weather(early=(1, 0, 0), fates=(1, 0, 0, 0, 0, 0), crash=0, freeze=0)
WEATHERS = {"FAIR": FAIR, "ROUGH": ROUGH, "FROZEN": FROZEN}


@dataclass(eq=False)
class Job:
    """One thing a process is doing."""

    world: World
    what: Coroutine[Any, Any, None]
    customer: str
    command: Any = None
    line: str = ""
    process: int = 0
    immune: bool = False
    disturbed: bool = False
    frozen_until: float = 0
    watched: bool = False
    task: asyncio.Task[None] | None = None


@dataclass(eq=False)
class Parked:
    job: Job
    go: asyncio.Future[None]


CURRENT: contextvars.ContextVar[Job | None] = contextvars.ContextVar("job", default=None)


@dataclass
class World:
    seed: int
    mistake: str = ""
    weather: Weather = FAIR
    cap: int | None = None
    """The tenant's daily cap, in messages."""
    r: random.Random = field(init=False)
    clock: ManualClock = field(init=False)
    parked: list[Parked] = field(default_factory=list)
    working: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    processes: list[Parts] = field(default_factory=list)
    began: list[tuple[float, str]] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    receipts: list[str] = field(default_factory=list)
    lanes: dict[str, Lane] = field(default_factory=dict)
    suppressed_at: float | None = None
    saves: int = 0
    claimed: dict[str, int] = field(default_factory=dict)
    withdrawn: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.r = random.Random(self.seed)
        self.clock = ManualClock(START)

    @property
    def now(self) -> float:
        return (self.clock.now() - START).total_seconds()

    async def pause(self) -> None:
        """A place where anything may happen: the driver decides when, and whether, it goes on."""
        job = CURRENT.get()
        if job is None or job.immune:
            return
        parked = Parked(job, asyncio.get_running_loop().create_future())
        self.parked.append(parked)
        await parked.go

    def saved(self, document: dict[str, Any]) -> None:
        """The referee's notes on each save of a lane."""
        self.saves += 1
        lane = Lane.model_validate(document["state"])
        self.lanes[document["id"]] = lane
        for message in lane.messages:
            if message.attempt:
                self.claimed.setdefault(message.id, self.saves)
            if any(message.id in withdrawal.message_ids for withdrawal in lane.withdrawals):
                self.withdrawn.setdefault(message.id, self.saves)
        for withdrawal in lane.withdrawals:
            for id in withdrawal.message_ids:
                self.withdrawn.setdefault(id, self.saves)


class GatedCollection:
    """A collection behind the driver's gate."""

    def __init__(self, inner: Any, world: World) -> None:
        self._inner, self._world = inner, world
        self.spec = inner.spec

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)

        async def gated(*args: Any, **kwargs: Any) -> Any:
            world = self._world
            if self.spec.name in GATED or (world.cap and self.spec.name == "budgets"):
                await world.pause()
            world.working += 1
            world.idle.clear()
            try:
                if name == "replace" and self.spec.name == "lanes" and world.mistake == "claim-without-version":
                    result = await self._blindly(*args)
                else:
                    result = await method(*args, **kwargs)
            finally:
                world.working -= 1
                if not world.working:
                    world.idle.set()
            if result is True and self.spec.name == "lanes":
                world.saved(args[0])
            if result is True and self.spec.name == "suppressions" and world.suppressed_at is None:
                world.suppressed_at = world.now
            return result

        return gated

    async def _blindly(self, document: dict[str, Any], _version: int) -> bool:
        current = await self._inner.get(document["id"])
        document["version"] = max(document["version"], current["version"] + 1)
        return await self._inner.replace(document, current["version"])


class GatedDatabase:
    def __init__(self, inner: EmbeddedDatabase, world: World) -> None:
        self._inner, self._world = inner, world

    def collection(self, spec: Any) -> Any:
        return GatedCollection(self._inner.collection(spec), self._world)


class GatedBroker:
    def __init__(self, world: World) -> None:
        self._world = world

    async def publish(self, _message: Any) -> None:
        await self._world.pause()

    def trouble(self) -> str | None:
        return None


class Carrier:
    """The carrier of `reference/sender_rules.py`, behind sender's own port."""

    def __init__(self, world: World) -> None:
        self._world = world

    def body(self, message: Message, account: Account, webhook_url: str) -> bytes:
        return message.order.text.encode()

    async def search(self, trace: Trace) -> Outcome | None:
        return None

    async def send(self, request: Request) -> Outcome:
        world, asked = self._world, self._world.now
        await world.pause()  # waiting for a connection
        if world.now - asked > request.within_seconds:
            return Outcome("not_sent", "no_connection")
        answer = self._post(request)
        if answer == "500":
            job = CURRENT.get()
            assert job is not None
            job.immune = True
        await world.pause()
        if answer == "ok":
            return Outcome("accepted", carrier_message_id=f"car-{request.key}", parts=1)
        return ANSWERS[answer]

    def _post(self, request: Request) -> str:
        world, r, id = self._world, self._world.r, request.key
        world.began.append((world.now, id))
        early = r.choices((None, "429", "400"), world.weather.early)[0]  # before it looks at the key
        if early:
            return early
        if id in world.keys and world.mistake != "no-key":
            return "ok"
        fates = ("ok", "lost", "lost before", "503", "500 before", "500 after")
        fate = r.choices(fates, world.weather.fates)[0]
        if fate in ("ok", "lost", "500 after"):
            world.accepted.append(id)
            if fate != "500 after":
                world.keys.add(id)
            world.receipts += [id] * r.choice((0, 1, 1, 2))
        return {"lost": "none", "lost before": "none", "500 before": "500", "500 after": "500"}.get(fate, fate)


def rows(cap: int | None = None) -> dict[str, dict[str, Any]]:
    tenant = TenantChanged(tenant_id=TENANT, revision=1, name="A")
    own = prices(0, tenant=TENANT)
    if cap:
        tenant = tenant.but(daily_cap=Money(nano=cap * PRICE))
        own = prices(1, rate_card("0.01"), tenant=TENANT)
    number = NumberChanged(
        phone_number=NUMBER, revision=1, tenant_id=TENANT, connection_id=CONNECTION, assigned_at=START,
        parts_per_second=1e9,
    )  # fmt: skip
    connection = ConnectionChanged(
        connection_id=CONNECTION, revision=1, tenant_id=TENANT, public_keys=(), encrypted_api_key=KEYRING.seal("KEY")
    )
    return {
        f"/internal/accounts/tenants/{TENANT}": tenant.model_dump(mode="json"),
        **price_rows(own),
        f"/internal/accounts/numbers/{NUMBER}": number.model_dump(mode="json"),
        f"/internal/accounts/connections/{CONNECTION}": connection.model_dump(mode="json"),
        "/internal/conversation/consents": {"items": [], "next_cursor": None},
    }


ROWS = rows()
ROWS_OF = {None: ROWS, **{cap: rows(cap) for cap in range(1, 13)}}


async def process(world: World, database: EmbeddedDatabase) -> Parts:
    internal = InternalClient(
        KEYRING, world.clock, lambda _: "http://x",
        httpx2.MockTransport(lambda request: httpx2.Response(200, json=ROWS_OF[world.cap][request.url.path])),
    )  # fmt: skip
    fresh = 1e9 if world.mistake == "no-freshness-check" else FRESH
    settings = Settings(_env_file=None, sender_account_parts_per_second=1e9, sender_fresh_seconds=fresh)
    gated: Any = GatedDatabase(database, world)
    broker: Any = GatedBroker(world)
    parts = assemble(
        settings, Platform(broker, lambda _: gated, world.clock, KEYRING, internal, settings), Carrier(world)
    )
    await database.start()
    await parts.tools.suppressions.fill()
    return parts
