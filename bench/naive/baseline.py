"""The naive pipeline as a side: its two programs and the two servers that they need."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import aio_pika

from bench import shop
from bench.naive.pipeline.configuration import INBOUND
from bench.naive.programs import Program
from bench.naive.sides import answering
from bench.processes import trees
from testkit.ports import free_port
from testkit.servers import postgresql, rabbitmq
from testkit.servers.found import Missing, TestServer


@dataclass(frozen=True)
class Servers:
    broker: TestServer
    database: TestServer
    roots: tuple[int, ...]

    @classmethod
    def acquire(cls) -> Servers | Missing:
        """`Missing` also if a server's processes are not of this machine: their processor time counts."""
        broker = rabbitmq.acquire()
        if isinstance(broker, Missing):
            return broker
        database = postgresql.acquire()
        if isinstance(database, Missing):
            broker.stop()
            return database
        roots = [trees.listening_on(urlsplit(server.url).port or 0) for server in (broker, database)]
        found = cls(broker, database, tuple(root for root in roots if root))
        if len(found.roots) < 2:
            found.stop()
            return Missing("RabbitMQ and PostgreSQL must run on this machine, because their processor time counts")
        return found

    def stop(self) -> None:
        self.database.stop()
        self.broker.stop()


@dataclass
class Naive:
    """The pipeline of `bench/naive/pipeline`: two programs and two servers."""

    folder: Path
    outside: int
    servers: Servers
    name: str = "naive"
    port: int = field(default_factory=free_port)
    path: str = "/webhooks/telnyx"

    def __post_init__(self) -> None:
        environment = {
            "NAIVE_DATABASE_URL": self.servers.database.url,
            "NAIVE_BROKER_URL": self.servers.broker.url,
            "NAIVE_CARRIER_BASE": f"http://127.0.0.1:{self.outside}/v2",
            "NAIVE_MODEL_BASE": f"http://127.0.0.1:{self.outside}/v1",
            "NAIVE_PUBLIC_KEY": shop.PUBLIC_KEY,
            "NAIVE_WEBHOOK_URL": f"http://127.0.0.1:{self.port}{self.path}",
        }
        self._api = Program(self.folder, environment, ["bench.naive.pipeline.api", str(self.port)])
        self._worker = Program(self.folder, environment, ["bench.naive.pipeline.worker"])

    def roots(self) -> list[int]:
        return [self._api.pid, self._worker.pid, *self.servers.roots]

    def killed(self) -> None:
        self._api.kill()
        self._worker.kill()

    async def start(self) -> None:
        self._api.start()
        self._worker.start()
        await answering(self.port, self._api)

    def stop(self) -> None:
        self._api.stop()
        self._worker.stop()

    async def open_texts(self) -> int:
        """Its rows do not say it: one stays `queued` for good if its worker was killed. Quiet processors must do."""
        return 0

    async def answer(self, wanted: bool) -> None:
        if not wanted:
            self._worker.stop()
            return
        async with await aio_pika.connect(self.servers.broker.url) as connection:
            await (await (await connection.channel()).get_queue(INBOUND)).purge()
        self._worker.start()
