"""The two brokers measured: the embedded one and RabbitMQ. The database is SQLite with both.

The tests' MongoDB stand-in says nothing about speed, so RabbitMQ is measured with the embedded database.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aio_pika
import httpx2
from fastapi import FastAPI, HTTPException

from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Broker
from shared.broker.rabbitmq.broker import RabbitBroker
from shared.clock import SystemClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events.catalogue import topology
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service.service import Platform
from shared.settings import PlatformSettings

ROOT = Path(__file__).parent.parent
SECRET = "the-secret-key-of-the-benchmark-0123456789"
CLOCK = SystemClock()
KEYRING = Keyring(SECRET)

Rows = dict[str, dict[str, Any]]
"""What the owners of read models would tell: path → key → row."""


@dataclass(frozen=True)
class Ground:
    """`rabbitmq` is the server's address; empty means the embedded broker."""

    rabbitmq: str = ""

    @property
    def name(self) -> str:
        return "RabbitMQ + SQLite" if self.rabbitmq else "embedded"

    @property
    def broker_url(self) -> str:
        return self.rabbitmq or "embedded:"

    def broker(self, folder: Path) -> Broker:
        if self.rabbitmq:
            return RabbitBroker(self.rabbitmq, CLOCK, "bench")
        return EmbeddedBroker(folder / "broker.sqlite", CLOCK)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[tuple[Path, Broker]]:
        """An empty folder and a started, empty broker."""
        await self.empty()
        with scratch() as folder:
            broker = self.broker(folder)
            await broker.start(topology())
            try:
                yield folder, broker
            finally:
                await broker.close()

    async def empty(self) -> None:
        """Forget what earlier measurements left in the server's queues."""
        if not self.rabbitmq:
            return
        connection = await aio_pika.connect(self.rabbitmq)
        async with connection:
            channel = await connection.channel()
            try:
                for subscription in topology():
                    await (await channel.get_queue(subscription.queue, ensure=False)).purge()
            except aio_pika.exceptions.ChannelNotFoundEntity:
                return  # nothing declared yet: the first use of this server


class scratch:  # noqa: N801 - reads as a statement
    """A temporary folder on the disk of the project: where temporary files are kept in memory, a sync costs nothing."""

    def __enter__(self) -> Path:
        place = ROOT / ".tools" / "bench"
        place.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(dir=place))
        return self._folder

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def platform(folder: Path, broker: Broker, rows: Rows) -> Platform:
    """A platform as the all-in-one makes it, with owners that answer from `rows`."""
    internal = InternalClient(KEYRING, CLOCK, lambda _service: "http://owner", httpx2.ASGITransport(_owner(rows)))
    return Platform(
        broker=broker,
        open_database=lambda name: EmbeddedDatabase(folder / f"{name}.sqlite"),
        clock=CLOCK,
        keyring=KEYRING,
        internal=internal,
        settings=PlatformSettings(_env_file=None),  # pyright: ignore[reportCallIssue]
    )


def _owner(rows: Rows) -> FastAPI:
    app = FastAPI()

    @app.get("/internal/{service}/{path}/{key}")
    async def one(service: str, path: str, key: str) -> Any:
        if key not in rows.get(path, {}):
            raise HTTPException(404)
        return rows[path][key]

    @app.get("/internal/{service}/{path}")
    async def page(service: str, path: str) -> Any:
        return {"items": list(rows.get(path, {}).values()), "next_cursor": None}

    return app
