"""Inbound → SMS submitted: from the webhook's first byte to the carrier holding the send, one customer at a time.

Model and carrier answer at once, the quiet window is 0. The product is the whole all-in-one process. On RabbitMQ both
sides share one server but not one moment: the queues have the same names, so each side runs on its own.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from bench import chain, shop
from bench.ground import SECRET, Ground, scratch
from bench.options import Options
from bench.outside import Outside
from bench.processes import Running, ready, running
from bench.table import Paired, Row, percentile
from bench.wire import Wire
from shared.testing.installation import free_port

ADMIN, GOAL = "admin-token-of-the-benchmark", 3.0
_REST_SECONDS = 0.15
"""Receipts, records and live events of one message are over before the next one begins."""
_PATIENCE_SECONDS = 20.0


async def measure(ground: Ground, options: Options) -> list[Row]:
    outside, port = Outside(), free_port()
    await outside.open(port)
    try:
        floor, product = await _rounds(ground, options, outside, port)
    finally:
        await outside.close()
    p50, p99 = (Paired(*([percentile(r, share) for r in side] for side in (floor, product))) for share in (0.5, 0.99))
    everything = [took for one in product for took in one]
    met = p50.ratio <= GOAL
    return [
        p50.row(f"inbound → submitted, p50 ({chain.COUNTS})", ground.name, "ms", f"≤ {GOAL:.0f}", met),
        p99.row(f"… p99 of {len(everything)}", ground.name, "ms", "–", None),
    ]


async def _rounds(
    ground: Ground, options: Options, outside: Outside, port: int
) -> tuple[list[list[float]], list[list[float]]]:
    """One round per block of samples: the floor's process, then the product's, never both at once."""
    floor: list[list[float]] = []
    product: list[list[float]] = []
    blocks = 3
    for _ in range(blocks):
        await ground.empty()
        async with _floor(ground, port) as at:
            floor.append(await _samples(at, "/", shop.NUMBER, outside, options.samples // blocks))
        await ground.empty()
        async with _product(ground, port) as (at, path):
            product.append(await _samples(at, path, shop.NUMBER, outside, options.samples // blocks))
    return floor, product


async def _samples(port: int, path: str, number: str, outside: Outside, count: int) -> list[float]:
    wire = Wire(port)
    for n in range(3):
        await _one(wire, path, port, number, outside, 900_000 + n)
    took = [await _one(wire, path, port, number, outside, n) for n in range(count)]
    wire.close()
    return took


async def _one(wire: Wire, path: str, port: int, number: str, outside: Outside, n: int) -> float:
    webhook = shop.inbound_webhook(n, number)
    request = webhook.request(path, port).replace(b"\r\n", b"\r\nx-contact: %s\r\n" % shop.contact(n).encode(), 1)
    arrival = outside.arrival(shop.contact(n))
    started = time.perf_counter()
    status = await wire.ask(request)
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
        with running(Running("bench.chain", words, folder)):
            await ready(port)
            yield port


@asynccontextmanager
async def _product(ground: Ground, outside: int) -> AsyncGenerator[tuple[int, str]]:
    port = free_port()
    with scratch() as folder:
        environment = {
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
        with running(Running("all_in_one", [], folder, environment)):
            await ready(port)
            yield port, await _open_shop(f"http://127.0.0.1:{port}")


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
