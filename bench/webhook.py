"""Webhook accepted: requests per second at full load, and how long they take at half of it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from bench import shop
from bench.ground import ROOT, Ground, scratch
from bench.options import Options
from bench.processes import Running, cpu_seconds, ready, running
from bench.table import Paired, Row, percentile
from testkit.ports import free_port

SIDES = ("floor", "product")
GOAL_RATIO, GOAL_P99 = 0.7, 50.0


@dataclass(frozen=True)
class Server:
    port: int
    pid: int


@dataclass(frozen=True)
class Load:
    rate: float
    milliseconds: list[float]
    cpu: float
    """Milliseconds of the server's processor time per request."""


async def measure(ground: Ground, options: Options) -> list[Row]:
    await ground.empty()
    async with serving("floor", ground) as floor, serving("product", ground) as product:
        servers = {"floor": floor, "product": product}
        for server in servers.values():
            await load_of(server, 1.0)  # connections, caches, compiled patterns
        loads = await _rounds(ground, servers, options)
        full = Paired(*([load.rate for load in loads[side]] for side in SIDES))
        half = median(full.product) / 2
        slow = await _rounds(ground, servers, options, half)
    p50, p99 = (
        Paired(*([percentile(load.milliseconds, share) for load in slow[side]] for side in SIDES))
        for share in (0.5, 0.99)
    )
    at = f"at {half:,.0f}/s"
    row = full.row("webhook accepted, full load", ground.name, "/s", f"≥ {GOAL_RATIO}", full.ratio >= GOAL_RATIO)
    cpu = [f", {median(load.cpu for load in loads[side]):.2f} ms CPU" for side in SIDES]
    return [
        replace(row, floor=row.floor + cpu[0], product=row.product + cpu[1]),
        p50.row(f"… {at}, p50", ground.name, "ms", "–", None),
        p99.row(f"… {at}, p99", ground.name, "ms", f"< {GOAL_P99:.0f} ms", median(p99.product) < GOAL_P99),
    ]


async def _rounds(
    ground: Ground, servers: dict[str, Server], options: Options, rate: float = 0
) -> dict[str, list[Load]]:
    loads: dict[str, list[Load]] = {side: [] for side in SIDES}
    for _ in range(options.rounds):
        for side in SIDES:
            await ground.empty()
            loads[side].append(await load_of(servers[side], options.seconds, rate))
    return loads


async def load_of(server: Server, seconds: float, rate: float = 0) -> Load:
    path = f"/webhooks/telnyx/{shop.CONNECTION}"
    words = ["--port", str(server.port), "--path", path, "--seconds", str(seconds), "--rate", str(rate)]
    before = cpu_seconds(server.pid)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load", *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    found: dict[str, Any] = json.loads(output)
    if found["bad"]:
        raise SystemExit(f"{found['bad']} webhooks were not answered with 200: nothing was measured")
    milliseconds = [1000 * seconds for seconds in found["seconds"]]
    cpu = 1000 * (cpu_seconds(server.pid) - before) / len(milliseconds)
    return Load(found["rate"], milliseconds, cpu)


@asynccontextmanager
async def serving(side: str, ground: Ground) -> AsyncGenerator[Server]:
    port = free_port()
    with scratch() as folder:
        words = [side, "--port", str(port), "--folder", str(folder), "--rabbitmq", ground.rabbitmq]
        with running(Running("bench.servers", words, folder)) as process:
            await ready(port)
            yield Server(port, process.pid)
