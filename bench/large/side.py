"""One of the two installations: a data folder with its tenant, filled once and started again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from bench import shop
from bench.cost.installation import OpenShop, open_shop
from bench.ground import Ground
from bench.large.filling import Place, fill
from bench.latency.rows import environment_of
from bench.processes import trees
from bench.processes.running import Running, ready, running
from bench.wire import Wire
from shared.settings import PlatformSettings
from testkit.ports import free_port

_PATIENCE_SECONDS = 180.0


@dataclass(frozen=True)
class Start:
    seconds: float
    megabytes: float


class Up:
    """A running installation. Every request returns its milliseconds."""

    def __init__(self, port: int, pid: int, opened: OpenShop) -> None:
        self._port, self.pid, self._opened = port, pid, opened
        self._wire = Wire(port)
        self.body = b""
        """Of the last answer."""

    async def get(self, path: str) -> float:
        key = self._opened.key
        head = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{self._port}\r\nauthorization: Bearer {key}\r\n\r\n"
        return await self._timed(head.encode())

    async def webhook(self, n: int) -> float:
        return await self._timed(shop.inbound_webhook(n).request(self._opened.webhooks, self._port))

    async def _timed(self, request: bytes) -> float:
        started = time.perf_counter()
        status, self.body = await self._wire.exchange(request)
        took = time.perf_counter() - started
        if status != 200:
            raise SystemExit(f"answered with {status}: {self.body[:300]!r}")
        return 1000 * took

    def close(self) -> None:
        self._wire.close()


class Side:
    def __init__(self, folder: Path, outside: int) -> None:
        self._folder, self._outside, self._port = folder, outside, free_port()
        self._environment = environment_of(Ground(), folder, self._port, outside)
        self._opened: OpenShop | None = None

    async def prepare(self, conversations: int) -> None:
        """A tenant that answers nothing by itself, with so many conversations."""
        self._folder.mkdir()
        with running(Running("all_in_one", [], self._folder, self._environment)):
            await ready(self._port, _PATIENCE_SECONDS)
            async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self._port}", trust_env=False) as http:
                self._opened = await open_shop(http, ai_mode="off")
        given = {name.lower(): value for name, value in self._environment.items()}
        settings = PlatformSettings(_env_file=None, **given)  # pyright: ignore[reportCallIssue, reportArgumentType]
        await fill(settings, self._folder / "data", Place(self._opened.tenant_id, shop.NUMBER), conversations)

    async def start(self) -> Start:
        """Started and stopped."""
        async with self._process() as (pid, seconds):
            return Start(seconds, trees.memory([pid]).proportional)

    @asynccontextmanager
    async def up(self) -> AsyncGenerator[Up]:
        assert self._opened is not None
        async with self._process() as (pid, _):
            found = Up(self._port, pid, self._opened)
            try:
                yield found
            finally:
                found.close()
                await asyncio.sleep(0)

    @asynccontextmanager
    async def _process(self) -> AsyncGenerator[tuple[int, float]]:
        started = time.perf_counter()
        with running(Running("all_in_one", [], self._folder, self._environment)) as process:
            await ready(self._port, _PATIENCE_SECONDS)
            yield process.pid, time.perf_counter() - started
