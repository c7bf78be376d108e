"""From starting the process to ready, and what it weighs idle: the all-in-one, and each service alone on servers."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from statistics import median

from bench.ground import SECRET, Ground, scratch
from bench.naive.baseline import Naive, Servers
from bench.options import Options
from bench.processes import trees
from bench.processes.running import Running, ready, running
from bench.table import Row
from testkit.installation import SERVICES, Installation
from testkit.ports import free_port
from testkit.servers import mongodb
from testkit.servers.found import Missing

GOAL_SECONDS, GOAL_MEGABYTES, GOAL_MEGABYTES_OF_A_SERVICE = 1.5, 110.0, 150.0
_IDLE_SECONDS = 3.0
"""After this long, what only the start needed is over."""


@dataclass(frozen=True)
class Start:
    seconds: float
    cpu: float
    """Seconds of processor time until ready."""
    memory: trees.Memory
    """Of all its processes, idle."""


async def measure(ground: Ground, options: Options) -> list[Row]:
    if ground.rabbitmq:
        return await _services(ground)
    starts = [await all_in_one(idle_seconds=_IDLE_SECONDS) for _ in range(options.starts)]
    seconds = [start.seconds for start in starts]
    resident, proportional = (
        [getattr(start.memory, word) for start in starts] for word in ("resident", "proportional")
    )
    naive = await _naive_memory()
    return [
        _row("start of all-in-one to ready", ground.name, seconds, "s", GOAL_SECONDS),
        # Shared pages of several processes count once in PSS; that is what the machine has to have.
        _row("… idle memory of all its processes (PSS)", ground.name, proportional, "MB", GOAL_MEGABYTES,
             f"{naive.proportional:.0f} MB" if naive else "NOT MEASURED"),
        Row("… RSS", ground.name, f"{naive.resident:.0f} MB" if naive else "–", _spread(resident, "MB")),
    ]  # fmt: skip


async def all_in_one(collector: str = "", idle_seconds: float = 0) -> Start:
    """Starts as `make run` does the first time: empty data folder, sandbox, demo tenant."""
    port = free_port()
    with scratch() as folder:
        environment = {
            "PORT": str(port),
            "SECRET_KEY": SECRET,
            "ADMIN_TOKEN": "admin-token-of-the-benchmark-long-enough",
            "DATABASE_URL": f"embedded:{folder / 'data'}",
            "LOG_LEVEL": "warning",
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector,
        }
        began = time.perf_counter()
        with running(Running("all_in_one", [], folder, environment)) as process:
            await ready(port)
            took, cpu = time.perf_counter() - began, trees.cpu_seconds([process.pid])
            await asyncio.sleep(idle_seconds)
            return Start(took, cpu, trees.memory([process.pid]))


async def _naive_memory() -> trees.Memory | None:
    """Of the naive pipeline with its servers, idle."""
    servers = Servers.acquire()
    if isinstance(servers, Missing):
        return None
    with scratch() as folder:
        naive = Naive(folder, free_port(), servers)
        try:
            await naive.start()
            await asyncio.sleep(_IDLE_SECONDS)
            return trees.memory(naive.roots())
        finally:
            naive.stop()
            servers.stop()


async def _services(ground: Ground) -> list[Row]:
    """One process per service, as in production, on whichever MongoDB protocol server is to be had."""
    database = mongodb.acquire()
    if isinstance(database, Missing):
        return [Row("memory of each service (RSS)", ground.name, product=f"not measured: {database.reason}")]
    with scratch() as folder:
        parley = Installation(folder, (ground.rabbitmq, database.url), LOG_LEVEL="warning")
        try:
            await parley.start()
            weights = {name: trees.memory([parley.processes[name].pid]).resident for name in SERVICES}
        finally:
            await parley.stop()
            database.stop()
    heaviest = max(weights.values())
    every = ", ".join(f"{name} {weight:.0f}" for name, weight in weights.items())
    goal, met = f"< {GOAL_MEGABYTES_OF_A_SERVICE:.0f} MB", heaviest < GOAL_MEGABYTES_OF_A_SERVICE
    backend = "RabbitMQ + MongoDB" if "stand-in" not in database.how else "RabbitMQ + stand-in"
    what = "memory of each service (RSS)"
    return [Row(what, backend, product=f"≤ {heaviest:.0f} MB ({every})", goal=goal, met=met)]


def _row(what: str, backend: str, values: list[float], unit: str, goal: float, beside: str = "–") -> Row:
    met = median(values) < goal
    return Row(what, backend, beside, _spread(values, unit), goal=f"< {goal:g} {unit}", met=met)


def _spread(values: list[float], unit: str) -> str:
    digits = 0 if median(values) >= 100 else 2
    low, middle, high = (f"{value:.{digits}f}" for value in (min(values), median(values), max(values)))
    return f"{middle} {unit} ({low}–{high})"
