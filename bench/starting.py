"""From starting the process to ready, and what it weighs then: the all-in-one, and each service alone on servers."""

from __future__ import annotations

import time
from statistics import median

from bench.ground import SECRET, Ground, scratch
from bench.options import Options
from bench.processes import Running, cpu_seconds, family, proportional_megabytes, ready, resident_megabytes, running
from bench.table import Row
from testkit.installation import SERVICES, Installation
from testkit.ports import free_port
from testkit.servers import mongodb
from testkit.servers.found import Missing

GOAL_SECONDS, GOAL_MEGABYTES = 3.0, 150.0


async def measure(ground: Ground, options: Options) -> list[Row]:
    if ground.rabbitmq:
        return await _services(ground)
    seconds: list[float] = []
    megabytes: list[float] = []
    for _ in range(options.starts):
        took, weight, _cpu = await all_in_one()
        seconds.append(took)
        megabytes.append(weight)
    return [
        _row("start of all-in-one to ready", ground.name, seconds, "s", GOAL_SECONDS, median(seconds)),
        # The budget of 150 MB is per service; the seven together with the sandbox have none.
        Row("… memory of its processes (PSS)", ground.name, product=_spread(megabytes, "MB")),
    ]


async def all_in_one(collector: str = "") -> tuple[float, float, float]:
    """Starts as `make run` does the first time: empty data folder, sandbox, demo tenant.

    Returns seconds, megabytes, seconds of processor time.
    """
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
        started = time.perf_counter()
        with running(Running("all_in_one", [], folder, environment)) as process:
            await ready(port)
            took = time.perf_counter() - started
            cpu = sum(cpu_seconds(each) for each in family(process.pid))
            return took, proportional_megabytes(process.pid), cpu


async def _services(ground: Ground) -> list[Row]:
    """One process per service, as in production, on whichever MongoDB protocol server is to be had."""
    database = mongodb.acquire()
    if isinstance(database, Missing):
        return [Row("memory of each service (RSS)", ground.name, product=f"not measured: {database.reason}")]
    with scratch() as folder:
        parley = Installation(folder, (ground.rabbitmq, database.url), LOG_LEVEL="warning")
        try:
            await parley.start()
            weights = {name: resident_megabytes(parley.processes[name].pid) for name in SERVICES}
        finally:
            await parley.stop()
            database.stop()
    heaviest = max(weights.values())
    every = ", ".join(f"{name} {weight:.0f}" for name, weight in weights.items())
    goal, met = f"< {GOAL_MEGABYTES:.0f} MB", heaviest < GOAL_MEGABYTES
    backend = "RabbitMQ + MongoDB" if "stand-in" not in database.how else "RabbitMQ + stand-in"
    what = "memory of each service (RSS)"
    return [Row(what, backend, product=f"≤ {heaviest:.0f} MB ({every})", goal=goal, met=met)]


def _row(what: str, backend: str, values: list[float], unit: str, goal: float, typical: float) -> Row:
    return Row(what, backend, product=_spread(values, unit), goal=f"< {goal:.0f} {unit}", met=typical < goal)


def _spread(values: list[float], unit: str) -> str:
    digits = 0 if median(values) >= 100 else 2
    low, middle, high = (f"{value:.{digits}f}" for value in (min(values), median(values), max(values)))
    return f"{middle} {unit} ({low}–{high})"
