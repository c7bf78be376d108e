"""The section `cost` of the bench: the bill of one text, and its rows with goals."""

from __future__ import annotations

from collections.abc import Sequence

from bench.cost.commands import note_commands
from bench.cost.processor import milliseconds_per_text
from bench.cost.table import undisturbed
from bench.cost.tally import KINDS, Kind, totals
from bench.cost.texts import Measured
from bench.cost.texts import measure as measure_texts
from bench.ground import Ground, scratch
from bench.options import Options
from bench.table import Row
from testkit.servers import mongodb
from testkit.servers.found import Missing

GOALS: dict[Kind, int] = {"handlings": 14, "commits": 16, "round trips": 45}
_IDLE_SECONDS = 5.0
_TEXTS = 5


async def measure(ground: Ground, options: Options) -> list[Row]:
    """Embedded; with RabbitMQ also on whichever MongoDB protocol server is to be had."""
    if ground.rabbitmq:
        return await on_mongodb(ground.rabbitmq)
    rows = await embedded(_TEXTS)
    cpu = await milliseconds_per_text(options.samples // 2)
    return [*rows, Row("… processor, all processes", ground.name, product=f"{cpu:.1f} ms")]


async def embedded(texts: int) -> list[Row]:
    with scratch() as folder:
        measured = await measure_texts(folder, texts, idle_seconds=_IDLE_SECONDS)
    print(bill(measured, "embedded"), flush=True)
    return rows_of(measured, "embedded", ("events", "handlings", "gets", "finds", "writes", "commits"))


async def on_mongodb(broker_url: str = "") -> list[Row]:
    name = "RabbitMQ + MongoDB" if broker_url else "embedded broker + MongoDB"
    server = mongodb.acquire()
    if isinstance(server, Missing):
        return [Row("one text: round trips", name, product=f"not measured: {server.reason}")]
    note_commands()
    try:
        with scratch() as folder:
            measured = await measure_texts(
                folder, _TEXTS, idle_seconds=_IDLE_SECONDS, database_url=server.url, broker_url=broker_url
            )
    finally:
        server.stop()
    print(bill(measured, f"{name} ({server.how})"), flush=True)
    return rows_of(measured, name, ("handlings", "round trips"))


def rows_of(measured: Measured, backend: str, kinds: Sequence[Kind]) -> list[Row]:
    each = [totals(text.counts) for text in measured.texts]
    rows: list[Row] = []
    for kind in kinds:
        counts = sorted(text[kind] for text in each)
        middle, goal = counts[len(counts) // 2], GOALS.get(kind)
        spread = f" ({counts[0]}–{counts[-1]})" if counts[0] != counts[-1] else ""
        what = f"one text answered, with receipts: {kind}" if not rows else f"… {kind}"
        wanted, met = (f"≤ {goal}", middle <= goal) if goal else ("–", None)
        rows.append(Row(what, backend, product=f"{middle}{spread}", goal=wanted, met=met))
    size = sorted(text.written for text in measured.texts)[len(each) // 2]
    return [*rows, Row("… bytes written to files", backend, product=f"{size / 1e6:.2f} MB")]


def bill(measured: Measured, backend: str) -> str:
    """By place, the lowest count of all texts."""
    counts = undisturbed(measured.texts)
    lines = [f"One text answered, with receipts, {backend}:"]
    for kind in KINDS:
        places = {place: count for (its_kind, place), count in counts.items() if its_kind == kind}
        if not places:
            continue
        lines.append(f"  {kind}: {sum(places.values())}")
        lines += [f"    {count:4} {place}" for place, count in sorted(places.items())]
    idle = totals(measured.idle)
    rates = ", ".join(f"{count / measured.idle_seconds:.1f} {kind}" for kind, count in idle.items()) or "nothing"
    lines.append(f"  without a text, each second: {rates}")
    return "\n".join(lines)
