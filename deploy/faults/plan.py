"""What goes wrong, in turns: each fault lasts for some seconds and is healed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from faults.system import Instance, Stage, System, faketime

LOST_PERCENT, CLOCK_AHEAD_SECONDS = 10, 20
NAMES = (
    "kill-instance", "cut-broker-node", "pause-host", "lose-packets", "skew-clock", "kill-broker-node", "kill-host",
    "cut-host", "pause-database", "lose-packets-of-database",
)  # fmt: skip
During = Callable[[], AbstractAsyncContextManager[str]]
"""Yields what exactly was done; healed at its end."""


@dataclass(frozen=True)
class Fault:
    name: str
    """For `--faults`."""
    what: str
    seconds: float
    during: During


def plan(stage: Stage, system: System, chance: random.Random) -> list[Fault]:
    """In the order in which they come, again from the start if there is time. Clocks need libfaketime."""
    a, b, database = stage.hosts["a"], stage.hosts["b"], stage.hosts["db"]

    def one() -> list[Instance]:
        return [chance.choice(system.instances)]

    def of_host(name: str) -> list[Instance]:
        return [instance for instance in system.instances if instance.host.name == name]

    faults = [
        Fault("kill-instance", "kill -9 of one instance", 3, lambda: _killed(one())),
        Fault("cut-broker-node", "a broker node is cut off", 20,
              lambda: _cut(stage, chance.choice(("b1", "b2", "b3")))),
        Fault("pause-host", "a host stands still", 15, lambda: _paused(stage, a.name)),
        Fault("lose-packets", f"a host loses {LOST_PERCENT} % of its packets", 20, lambda: _losing(stage, b.name)),
        Fault("skew-clock", f"clocks are {CLOCK_AHEAD_SECONDS} s ahead on one host", 20,
              lambda: _skewed(of_host("b"), system.skewed)),
        Fault("kill-broker-node", "kill -9 of a broker node", 10, lambda: _node_killed(stage, chance.randrange(3))),
        Fault("kill-host", "kill -9 of every instance of a host", 5, lambda: _killed(of_host("b"))),
        Fault("cut-host", "a host is cut off", 15, lambda: _cut(stage, a.name)),
        Fault("pause-database", "the database's host stands still", 8, lambda: _paused(stage, database.name)),
        Fault("lose-packets-of-database", f"the database's host loses {LOST_PERCENT} % of its packets", 15,
              lambda: _losing(stage, database.name)),
    ]  # fmt: skip
    return [fault for fault in faults if fault.name != "skew-clock" or faketime()]


@asynccontextmanager
async def _killed(instances: list[Instance]) -> AsyncGenerator[str]:
    for instance in instances:
        instance.kill()
    yield ", ".join(instance.name for instance in instances)
    for instance in instances:
        instance.start()


@asynccontextmanager
async def _node_killed(stage: Stage, n: int) -> AsyncGenerator[str]:
    stage.nodes[n].kill()
    yield stage.nodes[n].host.name
    stage.nodes[n].start()


@asynccontextmanager
async def _cut(stage: Stage, name: str) -> AsyncGenerator[str]:
    stage.hosts[name].cut()
    try:
        yield name
    finally:
        stage.hosts[name].heal()


@asynccontextmanager
async def _losing(stage: Stage, name: str) -> AsyncGenerator[str]:
    stage.hosts[name].lose(LOST_PERCENT)
    try:
        yield name
    finally:
        stage.hosts[name].heal()


@asynccontextmanager
async def _paused(stage: Stage, name: str) -> AsyncGenerator[str]:
    stage.hosts[name].pause()
    try:
        yield name
    finally:
        stage.hosts[name].go_on()


@asynccontextmanager
async def _skewed(instances: list[Instance], names: tuple[str, ...]) -> AsyncGenerator[str]:
    chosen = [instance for instance in instances if instance.name.startswith(names)]
    for instance in chosen:
        instance.kill()
        instance.start(CLOCK_AHEAD_SECONDS)
    yield ", ".join(instance.name for instance in chosen)
    for instance in chosen:
        await asyncio.to_thread(instance.kill)
        instance.start()
