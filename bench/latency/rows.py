"""Inbound → SMS submitted: from the webhook's first byte to the carrier holding the send, one customer at a time.

Model and carrier answer at once, the quiet window is 0. The product is the whole all-in-one process; the floor is in
`chain.py`. Messages go through floor and product in turns.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from bench import shop
from bench.ground import SECRET, Ground, scratch
from bench.latency import chain
from bench.options import Options
from bench.outside import Outside
from bench.processes.running import Running, ready, running
from bench.table import Paired, Row, percentile
from bench.wire import Wire
from testkit.ports import free_port

ADMIN, GOAL = "admin-token-of-the-benchmark-long-enough", 3.0
_REST_SECONDS = 0.15
"""Receipts, records and live events of one message are over before the next one begins."""
_PATIENCE_SECONDS = 20.0
_WARM_UP = 5
_BLOCK = 15
"""Messages a percentile is taken of, before the two sides are compared."""


async def measure(ground: Ground, options: Options) -> list[Row]:
    outside, port = Outside(), free_port()
    await outside.open(port)
    try:
        floor, product = await _rounds(ground, options, outside, port)
    finally:
        await outside.close()
    p50, slowest = (Paired(*([percentile(r, share) for r in side] for side in (floor, product))) for share in (0.5, 1))
    met = p50.ratio <= GOAL
    return [
        p50.row(f"inbound → submitted, p50 ({chain.COUNTS})", ground.name, "ms", f"≤ {GOAL:.0f}", met),
        slowest.row(f"… slowest of {_BLOCK}", ground.name, "ms", "–", None),
    ]


async def _rounds(
    ground: Ground, options: Options, outside: Outside, port: int
) -> tuple[list[list[float]], list[list[float]]]:
    """Both processes are up; one message through the one, one through the other, and so on."""
    await ground.empty()
    async with _floor(ground, port) as floor, product(ground, port) as (_, at, path):
        sides = [_Side(floor, "/"), _Side(at, path)]
        for n in range(_WARM_UP):
            for side in sides:
                await side.take(outside, 900_000 + n)
        for n in range(options.samples):
            for side in sides:
                side.took.append(await side.take(outside, n))
        for side in sides:
            side.wire.close()
    return _blocks(sides[0].took), _blocks(sides[1].took)


def _blocks(took: list[float]) -> list[list[float]]:
    return [took[start : start + _BLOCK] for start in range(0, len(took), _BLOCK)]


class _Side:
    def __init__(self, port: int, path: str) -> None:
        self._port, self._path = port, path
        self.wire = Wire(port)
        self.took: list[float] = []

    async def take(self, outside: Outside, n: int) -> float:
        """Milliseconds from the webhook's first byte until the carrier has the whole send."""
        request = shop.inbound_webhook(n).request(self._path, self._port)
        request = request.replace(b"\r\n", b"\r\nx-contact: %s\r\n" % shop.contact(n).encode(), 1)
        arrival = outside.arrival(shop.contact(n))
        started = time.perf_counter()
        status = await self.wire.ask(request)
        if status != 200:
            raise SystemExit(f"a webhook was answered with {status}")
        took = await asyncio.wait_for(arrival, _PATIENCE_SECONDS) - started
        await asyncio.sleep(_REST_SECONDS)
        return 1000 * took


@asynccontextmanager
async def _floor(ground: Ground, outside: int) -> AsyncGenerator[int]:
    port = free_port()
    with scratch() as folder:
        words = ["--port", str(port), "--outside", str(outside), "--folder", str(folder), "--rabbitmq", ground.rabbitmq]
        with running(Running("bench.latency.chain", words, folder)):
            await ready(port)
            yield port


@asynccontextmanager
async def product(ground: Ground, outside: int) -> AsyncGenerator[tuple[int, int, str]]:
    """Its process, its port, and the path of its webhooks."""
    port = free_port()
    with scratch() as folder:
        environment = environment_of(ground, folder, port, outside)
        with running(Running("all_in_one", [], folder, environment)) as process:
            await ready(port)
            yield process.pid, port, await _open_shop(f"http://127.0.0.1:{port}")


def environment_of(ground: Ground, folder: Path, port: int, outside: int) -> dict[str, str]:
    """Of an all-in-one with this carrier and model."""
    return {
        "PORT": str(port),
        "SECRET_KEY": SECRET,
        "ADMIN_TOKEN": ADMIN,
        "SANDBOX": "off",
        "TELNYX_API_BASE": f"http://127.0.0.1:{outside}/v2",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{outside}/v1",
        "OPENAI_API_KEY": "bench",
        "LOG_LEVEL": "warning",
        "BROKER_URL": ground.broker_url,
        "DATABASE_URL": f"embedded:{folder / 'data'}",
    }


async def _open_shop(url: str) -> str:
    """A tenant that answers by itself and at once; the path of its webhooks."""
    headers = {"authorization": f"Bearer {ADMIN}"}
    async with httpx2.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=30) as http:

        async def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
            answer = await http.post(f"/api/accounts/tenants{path}", json=body)
            if not answer.is_success:
                raise SystemExit(f"{path}: {answer.status_code} {answer.text}")
            return json.loads(answer.content)

        tenant = await post("", {"name": "Bench", "ai_mode": "auto", "quiet_seconds": 0})
        keys = {"kind": "telnyx", "api_key": "KEYbench", "public_key": shop.PUBLIC_KEY}
        connection = await post(f"/{tenant['id']}/connections", keys)
        number = {"phone_number": shop.NUMBER, "connection_id": connection["id"], "parts_per_second": 50}
        await post(f"/{tenant['id']}/numbers", number)
    return f"/webhooks/telnyx/{connection['id']}"
