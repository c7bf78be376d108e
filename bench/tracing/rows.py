"""What traces cost, in turns without (in place of a floor) and with them: processor time per event, and of a start."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median

from bench import starting
from bench.ground import Ground, scratch
from bench.handling import rows as handling
from bench.handling.cases import CASES, Case
from bench.options import Options
from bench.processes.running import Running, ready, running
from bench.table import Row
from shared import tracing
from testkit.ports import free_port

TRACED = ("conversation", "sender")


@dataclass(frozen=True)
class _Cost:
    without: list[float]
    traced: list[float]


async def measure(ground: Ground, options: Options) -> list[Row]:
    port = free_port()
    with scratch() as folder, running(Running("bench.tracing.collecting", [str(port)], folder)):
        await ready(port)
        address = f"http://127.0.0.1:{port}"
        rows = [await _handling(case, ground, options, address) for case in CASES if case.service in TRACED]
        return rows if ground.rabbitmq else [*rows, await _start(ground, options, address)]


async def _handling(case: Case, ground: Ground, options: Options, address: str) -> Row:
    cost = _Cost([], [])
    for _ in range(options.rounds):
        cost.without.append((await handling.product(case, ground, options.events)).cpu)
        tracing.start(f"{address}/v1/traces")
        try:
            traced = (await handling.product(case, ground, options.events)).cpu
        finally:
            sending = time.process_time()
            tracing.stop()
        cost.traced.append(traced + time.process_time() - sending)
    without, traced = (1000 * median(side) / options.events for side in (cost.without, cost.traced))
    what = f"{case.service} on {case.data_type.TYPE}, traced"
    return Row(what, ground.name, f"{without:.2f} ms CPU", f"{traced:.2f} ms CPU", f"+{traced - without:.2f} ms")


async def _start(ground: Ground, options: Options, address: str) -> Row:
    starts = [(await starting.all_in_one(), await starting.all_in_one(address)) for _ in range(options.starts)]
    without, traced = (
        f"{median(side.cpu for side in turn):.2f} s CPU, {median(side.memory.resident for side in turn):.0f} MB"
        for turn in zip(*starts, strict=True)
    )
    return Row("start of all-in-one to ready, traced", ground.name, without, traced)
