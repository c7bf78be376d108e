"""An installation in which the sending rules are tried: real senders on one database, behind a driver's gate.

Every access to a lane, record, suppression or the broker is a point where the driver may switch to another task, let
time pass, freeze or kill. The carrier throttles, refuses, loses answers, accepts and then answers 500 (which frees its
key), and reports late, twice or never. Left out (docs/sending.md, "What remains"): a 500 after acceptance, when that
answer is lost with (or frozen in) the process that saw it.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx2

from price_cards import prices, rate_card
from sender.domain.lane import Lane
from sender.domain.message import Message
from sender.domain.outcome import SendOutcome
from sender.sending.carrier import CarrierAccount, RecordSearch, Request
from sender.settings import Settings
from sender.store import LANES as LANE_KIND
from sender.wiring import Assembly, assemble
from sender_rows import KEYRING, NUMBER, TENANT, Rows, rows
from shared.clock import ManualClock
from shared.events import CarrierError, Money, Priority, TenantChanged, thread_id
from shared.events.envelope import EventData
from shared.internal.client import InternalClient
from shared.service.service import Platform
from simulation import DisturbedDatabase, Driver, InlineDatabase, Task

CONTACTS = {"ann": "+13125550101", "bob": "+13125550102"}
LANES = {name: thread_id(TENANT, NUMBER, contact) for name, contact in CONTACTS.items()}
START = datetime(2026, 3, 10, 12, 20, tzinfo=UTC)
MORNING = 2400  # seconds after START it is 8:00 in Chicago, and campaign texts may leave
FRESH = 10
PRICE = 10_000_000  # of a part, where there is a cap
GATED = {"lanes", "messages", "suppressions"}

NO = SendOutcome("refused", "invalid_recipient", errors=(CarrierError(code="40310"),))
ANSWERS = {
    "429": SendOutcome("not_sent", "carrier_busy"),
    "503": SendOutcome("not_sent", "carrier_unavailable"),
    "400": NO,
    "500": SendOutcome("server_error", "carrier_500"),
    "none": SendOutcome("no_answer", "no_answer"),
}


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
class SenderTask(Task):
    """What a sender of the simulation is doing: a command that it handles, or a look at a lane or budget."""

    customer: str = ""
    command: EventData | None = None
    line: Priority | None = None
    process: int = 0
    watched: bool = False
    """A reply could leave when it began."""


@dataclass
class Installation:
    """Three senders on one database, their carrier and the referee's notes, under one seed."""

    seed: int
    mistake: str = ""
    weather: Weather = FAIR
    cap: int | None = None
    """The tenant's daily cap, in messages."""
    stored: InlineDatabase = field(default_factory=InlineDatabase)
    r: random.Random = field(init=False)
    clock: ManualClock = field(init=False)
    driver: Driver = field(default_factory=Driver)
    processes: list[Assembly] = field(default_factory=list[Assembly])
    began: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    accepted: list[str] = field(default_factory=list[str])
    keys: set[str] = field(default_factory=set[str])
    receipts: list[str] = field(default_factory=list[str])
    lanes: dict[str, Lane] = field(default_factory=dict[str, Lane])
    suppressed_at: float | None = None
    saves: int = 0
    claimed: dict[str, int] = field(default_factory=dict[str, int])
    withdrawn: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        self.r = random.Random(self.seed)
        self.clock = ManualClock(START)

    @property
    def now(self) -> float:
        return (self.clock.now() - START).total_seconds()

    def saved(self, document: dict[str, Any]) -> None:
        """The referee's notes on each save of a lane."""
        self.saves += 1
        lane = Lane.read(document["state"])
        self.lanes[document["id"]] = lane
        for message in lane.messages:
            if message.attempt:
                self.claimed.setdefault(message.id, self.saves)
            if any(message.id in withdrawal.message_ids for withdrawal in lane.withdrawals):
                self.withdrawn.setdefault(message.id, self.saves)
        for withdrawal in lane.withdrawals:
            for id in withdrawal.message_ids:
                self.withdrawn.setdefault(id, self.saves)

    async def around(
        self, collection: str, operation: str, call: Callable[[], Awaitable[Any]], arguments: tuple[Any, ...]
    ) -> Any:
        """Every access to what is gated is a point of the driver; the referee notes what was saved."""
        if collection in GATED or (self.cap and collection == "budgets"):
            await self.driver.pause()
        if operation == "replace" and collection == "lanes" and self.mistake == "claim-without-version":
            call = partial(self._replace_blindly, arguments[0])
        result = await call()
        if result is True and collection == "lanes":
            self.saved(arguments[0])
        if result is True and collection == "suppressions" and self.suppressed_at is None:
            self.suppressed_at = self.now
        return result

    async def _replace_blindly(self, document: dict[str, Any]) -> bool:
        lanes = self.stored.collection(LANE_KIND.spec())
        current = await lanes.get(document["id"])
        assert current is not None
        document["version"] = max(document["version"], current["version"] + 1)
        return await lanes.replace(document, current["version"])


class GatedBroker:
    def __init__(self, world: Installation) -> None:
        self._world = world

    async def publish(self, _message: Any) -> None:
        await self._world.driver.pause()

    def trouble(self) -> str | None:
        return None


class Carrier:
    """Throttles, refuses, loses answers, and frees its key after a 500; behind sender's own port."""

    def __init__(self, world: Installation) -> None:
        self._world = world

    def body(self, message: Message, account: CarrierAccount, webhook_url: str) -> bytes:
        return message.order.text.encode()

    async def search(self, trace: RecordSearch) -> SendOutcome | None:
        return None

    async def send(self, request: Request) -> SendOutcome:
        world, asked = self._world, self._world.now
        await world.driver.pause()  # waiting for a connection
        if world.now - asked > request.within_seconds:
            return SendOutcome("not_sent", "no_connection")
        answer = self._post(request)
        if answer == "500":
            world.driver.make_immune()
        await world.driver.pause()
        if answer == "ok":
            return SendOutcome("accepted", carrier_message_id=f"car-{request.key}", parts=1)
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


def rows_with(cap: int | None) -> Rows:
    if not cap:
        return rows()
    tenant = TenantChanged(tenant_id=TENANT, revision=1, name="A", daily_cap=Money(nano=cap * PRICE))
    return rows(tenant, prices(1, rate_card("0.01"), tenant=TENANT))


ROWS_OF = {cap: rows_with(cap) for cap in (None, *range(1, 13))}


async def process(world: Installation) -> Assembly:
    internal = InternalClient(
        KEYRING, world.clock, lambda _: "http://x",
        httpx2.MockTransport(lambda request: httpx2.Response(200, json=ROWS_OF[world.cap][request.url.path])),
    )  # fmt: skip
    fresh = 1e9 if world.mistake == "no-freshness-check" else FRESH
    settings = Settings(_env_file=None, sender_account_parts_per_second=1e9, sender_fresh_seconds=fresh)
    gated: Any = DisturbedDatabase(world.stored, world)
    broker: Any = GatedBroker(world)
    parts = assemble(
        settings, Platform(broker, lambda _: gated, world.clock, KEYRING, internal, settings), Carrier(world)
    )
    await parts.tools.suppressions.fill()
    return parts
