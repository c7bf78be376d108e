"""The two sides of a comparison, each as it would run: its processes, the way in, and when nothing is open."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import aio_pika
import httpx2

from bench import shop, trees
from bench.ground import SECRET
from bench.naive.pipeline.configuration import INBOUND
from bench.naive.programs import Program
from bench.processes import ready
from testkit.ports import free_port
from testkit.servers import postgresql, rabbitmq
from testkit.servers.found import Missing, TestServer

ADMIN = "admin-token-of-the-benchmark-long-enough"
FASTEST = {"parts_per_second": 1000}
"""Of the number: pacing is a promise to the carrier, not a cost. The account's pace is set likewise."""
_OPEN = ("queued", "submitting", "unknown", "unresolved")


class Side(Protocol):
    name: str
    port: int
    path: str
    """Where the carrier's webhooks go."""

    def roots(self) -> list[int]:
        """Its processes, servers included; their descendants belong to it too."""
        ...

    def killed(self) -> None:
        """`kill -9` to its own processes with all descendants; servers go on, as in life."""
        ...

    async def start(self) -> None:
        """Returns when it is ready."""
        ...

    def stop(self) -> None: ...

    async def open_texts(self) -> int:
        """How many outbound texts may still leave, as far as it knows."""
        ...

    async def answer(self, wanted: bool) -> None:
        """Whether texts are answered. If not, they are taken and kept all the same."""
        ...


def cpu(side: Side) -> float:
    return trees.cpu_seconds(side.roots())


@dataclass
class Parley:
    folder: Path
    outside: int
    module: str = "all_in_one"
    name: str = "product"
    port: int = field(default_factory=free_port)
    more_environment: dict[str, str] = field(default_factory=dict[str, str])
    ai_mode: str = "auto"
    path: str = ""
    key: str = ""
    tenant_id: str = ""

    def __post_init__(self) -> None:
        environment = {
            "PORT": str(self.port),
            "SECRET_KEY": SECRET,
            "ADMIN_TOKEN": ADMIN,
            "SANDBOX": "off",
            "TELNYX_API_BASE": f"http://127.0.0.1:{self.outside}/v2",
            "OPENAI_BASE_URL": f"http://127.0.0.1:{self.outside}/v1",
            "OPENAI_API_KEY": "bench",
            "LOG_LEVEL": "warning",
            "DATABASE_URL": f"embedded:{self.folder / 'data'}",
            "SENDER_ACCOUNT_PARTS_PER_SECOND": "10000",
        }
        self.program = Program(self.folder, environment | self.more_environment, [self.module])

    def roots(self) -> list[int]:
        return [self.program.pid]

    def killed(self) -> None:
        self.program.kill()

    async def start(self) -> None:
        self.program.start()
        await _ready(self.port, self.program)
        if not self.path:
            await self._open_shop()

    def stop(self) -> None:
        self.program.stop()

    async def open_texts(self) -> int:
        async with self.http() as http:
            pages = [await http.get(f"/api/messages?status={status}&limit=200") for status in _OPEN]
        return sum(len(page.raise_for_status().json()["items"]) for page in pages)

    async def answer(self, wanted: bool) -> None:
        async with self.http(ADMIN) as http:
            mode = {"ai_mode": "auto" if wanted else "off"}
            (await http.patch(f"/api/accounts/tenants/{self.tenant_id}", json=mode)).raise_for_status()

    def http(self, token: str = "") -> httpx2.AsyncClient:
        headers = {"authorization": f"Bearer {token or self.key}"}
        return httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", headers=headers, trust_env=False, timeout=60
        )

    async def _open_shop(self) -> None:
        """A tenant that answers at once."""
        async with self.http(ADMIN) as http:

            async def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
                answer = await http.post(f"/api/accounts/tenants{path}", json=body)
                if not answer.is_success:
                    raise SystemExit(f"{path}: {answer.status_code} {answer.text}")
                return json.loads(answer.content)

            tenant = await post("", {"name": "Bench", "ai_mode": self.ai_mode, "quiet_seconds": 0})
            self.tenant_id = tenant["id"]
            keys = {"kind": "telnyx", "api_key": "KEYbench", "public_key": shop.PUBLIC_KEY}
            connection = await post(f"/{tenant['id']}/connections", keys)
            number = {"phone_number": shop.NUMBER, "connection_id": connection["id"], **FASTEST}
            await post(f"/{tenant['id']}/numbers", number)
            self.key = (await post(f"/{tenant['id']}/api-keys", {"label": "bench", "role": "admin"}))["key"]
        self.path = f"/webhooks/telnyx/{connection['id']}"


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
        await _ready(self.port, self._api)

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


@asynccontextmanager
async def outside_world(folder: Path) -> AsyncGenerator[int]:
    """Carrier and model; yields their port."""
    port = free_port()
    program = Program(folder, {}, ["bench.naive.outside", str(port)])
    program.start()
    try:
        await ready(port)
        yield port
    finally:
        program.stop()


async def _ready(port: int, program: Program) -> None:
    try:
        await ready(port)
    except TimeoutError:
        raise SystemExit(f"{program.words[0]} does not answer:\n{program.last_words()}") from None


async def quiet(side: Side, within: float = 600) -> None:
    """Until its processes do nothing more: twice in a row under a tenth of one processor in a third of a second."""
    calm = 0
    async with asyncio.timeout(within):
        while calm < 2:
            before = cpu(side)
            await asyncio.sleep(0.33)
            calm = calm + 1 if cpu(side) - before < 0.033 else 0
