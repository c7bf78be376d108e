"""Event handling per service: a full queue, and the time until all of it is handled and its effects carried out.

The floor consumes the same messages as raw bytes with the same prefetch: one read, one conditional write of a document
like the product's, one publish for every event the product published for it. It parses, decides and files nothing.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from prometheus_client import REGISTRY

from bench.ground import CLOCK, Ground, platform
from bench.handling.cases import CASES, TENANTS, Case
from bench.handling.counting import Countdown, Published
from bench.options import Options
from bench.shop import owners_rows
from bench.table import Paired, Row
from shared.broker.protocol import Broker, Delivery, Message
from shared.consuming.consumer import PREFETCH, QueueConsumer, consumers_of
from shared.consuming.crash_marks import CrashMarks
from shared.database.protocol import Collection, Document
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events.catalogue import subscriptions_of
from shared.ids import new_id
from shared.service.service import Service

GOAL = 0.5
_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Took:
    seconds: float
    cpu: float
    """Of all threads of this process: what a noisy neighbour does not change."""


class Watch:
    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def read(self) -> Took:
        return Took(time.perf_counter() - self._wall, time.process_time() - self._cpu)


@dataclass(frozen=True)
class Template:
    """What the product did in a rehearsal, for the floor to do the like."""

    document: Document
    effects: Sequence[Published]
    events: int

    def effects_of(self, n: int) -> Sequence[Published]:
        """Those of the n-th event; where the product publishes 1.5 per event, so does the floor."""
        n %= self.events
        return self.effects[n * len(self.effects) // self.events : (n + 1) * len(self.effects) // self.events]


async def measure(ground: Ground, options: Options) -> list[Row]:
    return [await measure_one(case, ground, options) for case in CASES]


async def measure_one(case: Case, ground: Ground, options: Options) -> Row:
    template = await _rehearse(case, ground, options.events)
    floor: list[Took] = []
    ours: list[Took] = []
    for _ in range(options.rounds):
        floor.append(await _floor(case, ground, options.events, template))
        ours.append(await product(case, ground, options.events))
    paired = Paired(*([options.events / took.seconds for took in side] for side in (floor, ours)))
    what = f"{case.service} on {case.data_type.TYPE} ({len(template.effects) / template.events:.1f} effects)"
    # The budget speaks of RabbitMQ; embedded has none, but is held to the same.
    row = paired.row(what, ground.name, "/s", f"≥ {GOAL}", paired.ratio >= GOAL)
    cpu = [f", {1000 * median(took.cpu for took in side) / options.events:.2f} ms CPU" for side in (floor, ours)]
    return replace(row, floor=row.floor + cpu[0], product=row.product + cpu[1])


async def _rehearse(case: Case, ground: Ground, count: int) -> Template:
    async with ground.open() as (folder, broker):
        noting = Countdown(broker, count)
        service = await service_of(case, folder, noting)
        await work_off(case, service, noting, count)
        page = await service.database.collection(case.document).find({}, limit=1)
        await service.database.close()
    return Template(page.items[0], noting.noted, count)


async def product(case: Case, ground: Ground, count: int) -> Took:
    """One round of the product's own handling."""
    async with ground.open() as (folder, broker):
        service = await service_of(case, folder, broker)
        took = await work_off(case, service, Countdown(broker, count), count)
        await service.database.close()
    return took


async def service_of(case: Case, folder: Path, broker: Broker) -> Service:
    given = platform(folder, broker, owners_rows(TENANTS))
    service = case.build(case.settings(_env_file=None), given)
    await service.database.start()
    for model in service.read_models:
        await model.fill()
    return service


async def work_off(
    case: Case, service: Service, broker: Countdown, count: int, around: AbstractContextManager[object] | None = None
) -> Took:
    """The product's own consumer, on this one queue. No background tasks: only the handling is measured."""
    queues = consumers_of(service.name, list(service.handlers), subscriptions_of(service.name))
    queue = next(queue for queue in queues if queue.subscription.queue == case.queue)
    consumer = QueueConsumer(queue, broker, service.database, CrashMarks(service.database, CLOCK))
    await _preload(case, broker, count)
    watch = Watch()
    done = _done(case)
    with around or nullcontext():
        consuming = await consumer.start()
        await asyncio.wait_for(broker.finished.wait(), _PATIENCE_SECONDS)
    took = watch.read()
    await consuming.stop()
    if _done(case) - done < count:
        raise SystemExit(
            f"{case.service}: only {_done(case) - done:.0f} of {count} events ended well; nothing to measure"
        )
    return took


def _done(case: Case) -> float:
    labels = {"service": case.service, "type": case.data_type.TYPE, "outcome": "done"}
    return REGISTRY.get_sample_value("parley_events_handled_total", labels) or 0.0


async def _floor(case: Case, ground: Ground, count: int, template: Template) -> Took:
    async with ground.open() as (folder, broker):
        database = EmbeddedDatabase(folder / "floor.sqlite")
        worker = _Floor(case, database.collection(case.document), broker, template)
        await database.start()
        await _preload(case, broker, count)
        countdown = Countdown(broker, count)
        watch = Watch()
        consuming = await countdown.subscribe(case.queue, worker.handle, prefetch=PREFETCH)
        await asyncio.wait_for(countdown.finished.wait(), _PATIENCE_SECONDS)
        took = watch.read()
        await consuming.stop()
        await database.close()
    return took


class _Floor:
    def __init__(self, case: Case, documents: Collection, broker: Broker, template: Template) -> None:
        self._case, self._documents, self._broker, self._template = case, documents, broker, template
        self._n = 0

    async def handle(self, delivery: Delivery) -> None:
        n, self._n = self._n, self._n + 1
        await self._write(self._case.key(delivery.message))
        await asyncio.gather(*(self._publish(effect) for effect in self._template.effects_of(n)))
        await delivery.ack()

    async def _write(self, id: str) -> None:
        done = False
        while not done:
            known = await self._documents.get(id)
            version = known.get("version", 1) if known else 0
            document = {**self._template.document, "id": id, "version": version + 1}
            done = await (self._documents.replace(document, version) if known else self._documents.insert(document))

    async def _publish(self, effect: Published) -> None:
        old = effect.message
        message = Message(old.routing_key, old.body, new_id("evt"), old.tenant_id, old.partition_key)
        await (self._broker.publish_transient(message) if effect.transient else self._broker.publish(message))


async def _preload(case: Case, broker: Broker, count: int) -> None:
    messages = case.messages(count)
    for start in range(0, count, 100):
        some = messages[start : start + 100]
        await asyncio.gather(*(broker.send_to_queue(case.queue, message) for message in some))
    gc.collect()
