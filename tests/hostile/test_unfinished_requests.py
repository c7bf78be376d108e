"""Strangers who hold connections open, against a real process: the carrier's webhooks are answered all the same."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from testkit.eventually import eventually
from testkit.installation import Installation, Process
from testkit.shop import Shop

SUPPORT = Path(__file__).parents[1] / "support"
DESCRIPTORS = 800
"""Fewer than the strangers have connections. The soft limit is half of it, so it has to be raised at start."""
IDLE, UNFINISHED, TEXTS = 1_000, 200, 20
ROUTES = ("/webhooks/telnyx/con_a.0123456789", "/api/accounts/login", "/api/campaigns/imports", "/nowhere")


@pytest.fixture
async def parley(tmp_path: Path) -> AsyncIterator[Installation]:
    installation = Installation(tmp_path)
    await installation.world.start()
    settings = installation.environment | {"PORT": str(installation.port), "PYTHONPATH": str(SUPPORT)}
    process = Process("all-in-one", tmp_path, settings, "limited", str(DESCRIPTORS), "all_in_one")
    installation.processes["all-in-one"], installation.ports["all-in-one"] = process, installation.port
    process.start()
    await installation.ready()
    yield installation
    await installation.stop()


class Strangers:
    """Connections that never send a whole request. One that was closed is opened again, as a stubborn program would."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.opened = 0
        self._tasks: list[asyncio.Task[None]] = []

    def hold(self, number: int, beginning: bytes, more: bytes = b"") -> None:
        self._tasks += [asyncio.create_task(self._hold(beginning, more)) for _ in range(number)]

    async def _hold(self, beginning: bytes, more: bytes) -> None:
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                self.opened += 1
                writer.write(beginning)
                with contextlib.closing(writer):
                    await self._stay(reader, writer, more)
            await asyncio.sleep(0.5)

    @staticmethod
    async def _stay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, more: bytes) -> None:
        while more:
            writer.write(more)
            await writer.drain()
        await reader.read()

    async def go(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def test_webhooks_are_answered_while_strangers_hold_every_connection(parley: Installation) -> None:
    shop = await Shop(parley, "+13125550100").open()
    strangers = Strangers(parley.port)
    try:
        strangers.hold(IDLE, b"")
        strangers.hold(1, b"GET / HTTP/1.1\r\nHost: x\r\nX-Endless: ", b"a" * 1_000)
        for route in ROUTES:
            head = (
                f"POST {route} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
            )
            strangers.hold(UNFINISHED // len(ROUTES), head.encode())
        await eventually(lambda: strangers.opened > IDLE + UNFINISHED, within=20)
        customers = [f"+1312555{number:04}" for number in range(200, 200 + TEXTS)]
        await asyncio.gather(*(shop.text(customer, "Are you open on Sunday?") for customer in customers))
        await eventually(lambda: _all_arrived(shop, customers), within=20)
    finally:
        await strangers.go()
    log = parley.processes["all-in-one"].log.read_text()
    assert "connections_at_limit" in log
    assert "Too many open files" not in log
    assert "Exception in ASGI application" not in log
    for pid in parley.processes["all-in-one"].family():
        assert int(_status(pid, "FDSize").split()[0]) <= 1024
        assert int(_status(pid, "VmHWM").split()[0]) < 400_000


async def _all_arrived(shop: Shop, customers: list[str]) -> bool:
    found = {conversation["contact"]["phone_number"] for conversation in await shop.conversations()}
    return found >= set(customers)


def _status(pid: int, name: str) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line for line in lines if line.startswith(name)).split(":")[1]
