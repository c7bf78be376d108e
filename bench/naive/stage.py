"""Both sides up at once, with one outside world: sections measure them in turns."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.ground import Ground, scratch
from bench.naive.baseline import Naive, Servers
from bench.naive.ledger import Ledger
from bench.naive.parley import Parley
from bench.naive.sides import Side, outside_world
from bench.options import Options
from bench.table import Row
from testkit.servers.found import Missing


@dataclass(frozen=True)
class Stage:
    naive: Naive
    product: Parley
    ledger: Ledger
    outside: int

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.naive, self.product


Measure = Callable[[Stage, Options], Awaitable[list[Row]]]


def staged(measure: Measure, module: str = "all_in_one") -> Callable[[Ground, Options], Awaitable[list[Row]]]:
    """A section of the bench. The product is the embedded one: on RabbitMQ it is counted, not timed (`cost`)."""

    async def section(ground: Ground, options: Options) -> list[Row]:
        if ground.rabbitmq:
            return []
        servers = Servers.acquire()
        if isinstance(servers, Missing):
            print(f"# NOT MEASURED beside the naive pipeline: {servers.reason}", file=sys.stderr, flush=True)
            return [Row(f"{measure.__module__} beside naive", ground.name, product=f"NOT MEASURED: {servers.reason}")]
        for server in (servers.broker, servers.database):
            print(f"# {server.kind} {server.version} ({server.how})", file=sys.stderr, flush=True)
        try:
            with scratch() as folder:
                async with _stage(folder, servers, module) as stage:
                    return await measure(stage, options)
        finally:
            servers.stop()

    return section


@asynccontextmanager
async def _stage(folder: Path, servers: Servers, module: str) -> AsyncGenerator[Stage]:
    async with outside_world(folder) as outside:
        stage = Stage(Naive(folder, outside, servers), Parley(folder, outside, module), Ledger(outside), outside)
        try:
            for side in stage.sides:
                await side.start()
            yield stage
        finally:
            for side in stage.sides:
                side.stop()
