"""Webhooks of realtime, without HTTP of our own: a store, a log, a clock that stands still, and real receivers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx2
from standardwebhooks.webhooks import Webhook as Verifier

from realtime.domain.frames import LogEntry, NewLogEntry
from realtime.event_log import EventLog
from realtime.webhooks.alarms import Alarms
from realtime.webhooks.domain.delivery import Delivery
from realtime.webhooks.domain.webhook import Changes, EventName, Webhook
from realtime.webhooks.notices import Notices
from realtime.webhooks.posting import LONGEST_ANSWER, Poster
from realtime.webhooks.reader import Reader
from realtime.webhooks.requests import NewWebhook, Parts, Requests
from realtime.webhooks.store import Deliveries, Webhooks, delivery_of
from realtime.webhooks.worker import AtWork, Worker
from shared.clock import Clock, ManualClock
from shared.database.protocol import Database
from shared.database.sqlite.database import EmbeddedDatabase
from shared.ids import new_id
from shared.keyring import Keyring
from shared.outgoing.guarded import GuardedTransport
from shared.outgoing.reach import LOOPBACK, Reach
from shared.service.due import DueLoop
from shared.service.holder import Holder

T, OTHER = "ten_1", "ten_2"
ALL: tuple[EventName, ...] = (
    "message.received", "message.status", "conversation.updated", "campaign.updated", "workflow.updated",
)  # fmt: skip


@dataclass
class Post:
    headers: dict[str, str]
    body: str

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def data(self) -> dict[str, Any]:
        return json.loads(self.body)["data"]

    @property
    def type(self) -> str:
        return json.loads(self.body)["type"]

    def signed_with(self, secret: str) -> bool:
        """The library's `verify` would also compare with the machine's clock."""
        at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        return Verifier(secret).sign(self.id, at, self.body) in self.headers["webhook-signature"].split()


@dataclass
class Receiver:
    """Answers each post with the next status, then 200. `hold`: it answers once that is set."""

    statuses: list[int] = field(default_factory=list[int])
    posts: list[Post] = field(default_factory=list[Post])
    hold: asyncio.Event | None = None
    headers: str = ""
    port: int = 0
    body: bytes = b""
    writers: list[asyncio.StreamWriter] = field(default_factory=list[asyncio.StreamWriter])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def ids(self) -> list[str]:
        return [post.id for post in self.posts]

    async def on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
                headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head)}
                body = (await reader.readexactly(int(headers["content-length"]))).decode()
                self.posts.append(Post(headers, body))
                if self.hold:
                    await self.hold.wait()
                status = self.statuses.pop(0) if self.statuses else 200
                start = f"HTTP/1.1 {status} Said\r\n{self.headers}Content-Length: {len(self.body)}\r\n\r\n"
                writer.write(start.encode() + self.body)
        except (asyncio.IncompleteReadError, OSError):
            writer.close()


@asynccontextmanager
async def receiving(*statuses: int, **options: Any) -> AsyncIterator[Receiver]:
    receiver = Receiver(list(statuses), **options)
    server = await asyncio.start_server(receiver.on_connection, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for writer in receiver.writers:
            writer.close()


class World:
    """One instance. Several may share a database and a clock."""

    def __init__(
        self,
        database: Database | None = None,
        clock: Clock | None = None,
        *,
        alone: bool = False,
        transport: httpx2.AsyncBaseTransport | None = None,
    ):
        self.clock: Any = clock or ManualClock()
        self.database = database or EmbeddedDatabase(None)
        self.keyring = Keyring("k" * 40)
        self.webhooks, self.deliveries = Webhooks(self.database), Deliveries(self.database)
        self.log = EventLog(self.database, self.clock, read_up_to=self.webhooks.read_up_to)
        self.frames: list[NewLogEntry] = []
        alarms, reach = Alarms(self.clock), Reach(LOOPBACK)
        self.reader = Reader(self.log, self.webhooks, self.deliveries, self.clock, alarms)
        self.poster = Poster(transport or GuardedTransport(reach, LONGEST_ANSWER), self.keyring, self.clock)
        self.notices = Notices(self.webhooks, self._publish, self.clock)
        at_work = AtWork(self.clock, Holder(alone), alarms)
        self.worker = Worker(self.webhooks, self.deliveries, self.poster, self.notices, at_work)
        self.requests = Requests(
            Parts(
                self.webhooks, self.deliveries, self.log, self.reader, self.worker, self.notices, alarms,
                self.keyring, self.clock, reach,
            )
        )  # fmt: skip
        self.loop = partial(DueLoop, self.webhooks.collection, self.worker.work, self.clock, rings_itself=True)

    async def _publish(self, tenant_id: str, draft: NewLogEntry) -> None:
        self.frames.append(draft)

    async def webhook(
        self, url: str, events: Sequence[EventName] = ALL, tenant_id: str = T, *, active: bool = True
    ) -> tuple[Webhook, str]:
        webhook, secret = await self.requests.make(tenant_id, NewWebhook(new_id("whk"), url, tuple(events), active))
        assert secret
        return webhook, secret

    async def switch(self, webhook: Webhook, *, active: bool) -> Webhook:
        return await self.requests.change(webhook.tenant_id, webhook.id, Changes(active=active))

    async def happens(self, *drafts: NewLogEntry, tenant_id: str = T) -> list[LogEntry]:
        """These are numbered, and the webhooks of the tenant are owed them."""
        _, entries = await self.log.number(tenant_id, drafts)
        await self.reader.catch_up_tenant(tenant_id)
        return entries

    async def deliver(self) -> None:
        """Until nothing is due at this moment."""
        loop = self.loop()
        while await loop.once():
            pass

    async def deliver_for(self, seconds: float, step: float = 60.0, done: Callable[[], bool] = lambda: False) -> None:
        """Deliver now and after each step of time."""
        for _ in range(int(seconds // step) + 1):
            await self.deliver()
            if done():
                return
            self.clock.advance(step)

    async def now(self, webhook: Webhook) -> Webhook:
        return await self.webhooks.get(webhook.tenant_id, webhook.id)

    async def listed(self, webhook: Webhook) -> list[Delivery]:
        page = await self.deliveries.page(webhook, None, 200, None)
        return [delivery_of(document) for document in page.items]

    async def close(self) -> None:
        await self.poster.close()


@asynccontextmanager
async def playing(**options: Any) -> AsyncIterator[World]:
    world = World(**options)
    await world.database.start()
    try:
        yield world
    finally:
        await world.close()
        await world.database.close()


def text(clock: Clock, id: str, revision: int = 1, direction: str = "inbound", words: str = "Hello") -> NewLogEntry:
    """A conversation in which this message is new or has changed."""
    message = {"id": id, "direction": direction, "text": words, "status": "received", "revision": revision}
    data = {
        "conversation_id": "cnv_1",
        "revision": revision,
        "conversation": {
            "id": "cnv_1",
            "contact": {"id": "cct_1", "phone_number": "+13125550123"},
            "phone_number": "+13125550100",
            "state": "open",
            "guide": "our secret",
            "revision": revision,
        },
        "messages": [message],
        "forgotten_before": None,
    }
    mark = f"{id}|{revision}"
    return NewLogEntry(mark=mark, type="conversation.updated", time=clock.now(), body=json.dumps(data))


def campaign(clock: Clock, revision: int) -> NewLogEntry:
    data = {"campaign_id": "cmp_1", "revision": revision, "campaign": {"id": "cmp_1"}}
    return NewLogEntry(mark=f"cmp|{revision}", type="campaign.updated", time=clock.now(), body=json.dumps(data))
