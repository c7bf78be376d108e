"""`python -m bench`: measure, in turns with the floors, and print the table."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bench import importing, scale, starting, unfinished
from bench.busy import campaign_out, fairness, stop
from bench.cost import bill as cost
from bench.dashboard import rows as dashboard
from bench.ground import Ground
from bench.handling import rows as handling
from bench.large import rows as large
from bench.latency import rows as latency
from bench.naive import answers, kill, out, webhook
from bench.naive.stage import staged
from bench.options import Options
from bench.table import Row, rendered
from bench.tracing import rows as tracing
from shared import logging
from testkit.servers import rabbitmq
from testkit.servers.found import Missing

Section = Callable[[Ground, Options], Awaitable[list[Row]]]
SECTIONS: dict[str, Section] = {
    "webhook": staged(webhook.measure),
    "burst": staged(answers.measure_burst),
    "alone": staged(answers.measure_alone),
    "out": staged(out.measure, "bench.naive.fed"),
    "kill": staged(kill.measure),
    "unfinished": unfinished.measure,
    "handling": handling.measure,
    "latency": latency.measure,
    "start": starting.measure,
    "tracing": tracing.measure,
    "cost": cost.measure,
    "large": large.measure,
    "dashboard": dashboard.measure,
    "import": importing.measure,
    "campaign": campaign_out.measure,
    "stop": stop.measure,
    "fairness": fairness.measure,
    "scale": scale.measure,
}

GOALS = ("cost", "webhook", "burst", "alone", "out", "kill", "start", "large", "dashboard", "import", "campaign")
"""`--only goals`: the product as a whole, most of it beside the naive pipeline."""


def main() -> None:
    given = _arguments()
    options = Options.quick() if given.quick else Options()
    if given.seconds:
        options = replace(options, seconds=given.seconds)
    if given.rounds:
        options = replace(options, rounds=given.rounds, kills=given.rounds, starts=given.rounds)
        options = replace(options, import_rounds=given.rounds)
    if given.rows:
        options = replace(options, import_rows=given.rows)
    logging.configure("error", "json")
    grounds, stop = _grounds(given.rabbitmq)
    print(f"# {_machine()}; {' and '.join(ground.name for ground in grounds)}", file=sys.stderr, flush=True)
    try:
        rows = [row for name in given.only for ground in grounds for row in _run(name, ground, options)]
    finally:
        stop()
    print(rendered(rows))


def _run(name: str, ground: Ground, options: Options) -> list[Row]:
    started = time.monotonic()
    rows = asyncio.run(_measured(name, ground, options))
    print(f"# {name} on {ground.name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    for row in rows:
        print("#   " + " | ".join(row.cells()), file=sys.stderr, flush=True)
    return rows


async def _measured(name: str, ground: Ground, options: Options) -> list[Row]:
    return await SECTIONS[name](ground, options)


def _grounds(url: str) -> tuple[list[Ground], Callable[[], None]]:
    """Embedded always; RabbitMQ where one is to be had, and a loud line where not."""
    if url == "none":
        return [Ground()], lambda: None
    server = rabbitmq.acquire({**os.environ, "TEST_BROKER_URL": url} if url else os.environ)
    if isinstance(server, Missing):
        print(f"# NOT MEASURED on RabbitMQ: {server.reason}", file=sys.stderr)
        return [Ground()], lambda: None
    print(f"# RabbitMQ {server.version} ({server.how})", file=sys.stderr)
    return [Ground(), Ground(server.url)], server.stop


def _machine() -> str:
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    return f"{cores} cores, Python {platform.python_version()}, {platform.system()}, load before: {load:.1f}"


def _arguments() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(prog="bench", description=__doc__)
    arguments.add_argument(
        "--only", default=",".join(SECTIONS), help="some of " + ",".join(SECTIONS) + "; goals: the table of goals"
    )
    arguments.add_argument("--rabbitmq", default="", help="amqp://…; none: embedded only; default: found or started")
    arguments.add_argument("--seconds", type=float, default=0, help="per round of what is measured by time")
    arguments.add_argument("--rounds", type=int, default=0, help="of each comparison")
    arguments.add_argument("--rows", type=int, default=0, help="of an import")
    arguments.add_argument("--quick", action="store_true", help="short: shows that it runs, not how fast")
    given = arguments.parse_args()
    asked = [GOALS if name == "goals" else (name,) for name in given.only.split(",") if name]
    given.only = [name for names in asked for name in names]
    if unknown := [name for name in given.only if name not in SECTIONS]:
        arguments.error(f"unknown: {', '.join(unknown)}")
    return given


if __name__ == "__main__":
    main()
