"""Webhook accepted: requests per second at full load, and how long they take at half of it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench import shop
from bench.ground import ROOT, Ground, scratch
from bench.options import Options
from bench.processes import Running, ready, running
from bench.table import Paired, Row, percentile
from shared.testing.installation import free_port

SIDES = ("floor", "product")
GOAL_RATIO, GOAL_P99 = 0.7, 50.0


@dataclass(frozen=True)
class _Load:
    rate: float
    milliseconds: list[float]


async def measure(ground: Ground, options: Options) -> list[Row]:
    await ground.empty()
    async with _server("floor", ground) as floor, _server("product", ground) as product:
        ports = {"floor": floor, "product": product}
        for port in ports.values():
            await _load(port, 1.0)  # connections, caches, compiled patterns
        full = await _full(ground, ports, options)
        half = median(full.product) / 2
        slow = await _at(ground, ports, options, half)
    p50, p99 = (
        Paired(*([percentile(load.milliseconds, share) for load in slow[side]] for side in SIDES))
        for share in (0.5, 0.99)
    )
    at = f"at {half:,.0f}/s"
    return [
        full.row("webhook accepted, full load", ground.name, "/s", f"≥ {GOAL_RATIO}", full.ratio >= GOAL_RATIO),
        p50.row(f"… {at}, p50", ground.name, "ms", "–", None),
        p99.row(f"… {at}, p99", ground.name, "ms", f"< {GOAL_P99:.0f} ms", median(p99.product) < GOAL_P99),
    ]


async def _full(ground: Ground, ports: dict[str, int], options: Options) -> Paired:
    rates: dict[str, list[float]] = {side: [] for side in SIDES}
    for _ in range(options.rounds):
        for side in SIDES:
            await ground.empty()
            rates[side].append((await _load(ports[side], options.seconds)).rate)
    return Paired(rates["floor"], rates["product"])


async def _at(ground: Ground, ports: dict[str, int], options: Options, rate: float) -> dict[str, list[_Load]]:
    loads: dict[str, list[_Load]] = {side: [] for side in SIDES}
    for _ in range(options.rounds):
        for side in SIDES:
            await ground.empty()
            loads[side].append(await _load(ports[side], options.seconds, rate))
    return loads


async def _load(port: int, seconds: float, rate: float = 0) -> _Load:
    path = f"/webhooks/telnyx/{shop.CONNECTION}"
    words = ["--port", str(port), "--path", path, "--seconds", str(seconds), "--rate", str(rate)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load", *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    found: dict[str, Any] = json.loads(output)
    if found["bad"]:
        raise SystemExit(f"{found['bad']} webhooks were not answered with 200: nothing was measured")
    return _Load(found["rate"], [1000 * seconds for seconds in found["seconds"]])


@asynccontextmanager
async def _server(side: str, ground: Ground) -> AsyncGenerator[int]:
    port = free_port()
    with scratch() as folder:
        words = [side, "--port", str(port), "--folder", str(folder), "--rabbitmq", ground.rabbitmq]
        with running(Running("bench.servers", words, folder)):
            await ready(port)
            yield port
