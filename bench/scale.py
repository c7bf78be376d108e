"""The same burst of texts on 1, 2 and 4 instances of the busiest services, on RabbitMQ and the MongoDB stand-in.

On two cores more instances cannot be faster: broker, database, carrier, model and every instance share them. The row
shows what more instances cost, in processor per text, and that nothing is lost or doubled. docs/scale.md is the model
for more machines.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.ground import Ground, scratch
from bench.options import Options
from bench.processes import trees
from bench.table import Row
from testkit.eventually import eventually
from testkit.installation import Installation
from testkit.servers import mongodb
from testkit.servers.found import Missing, TestServer
from testkit.shop import Shop

INSTANCES = (1, 2, 4)
BUSIEST = ("ingress", "conversation", "ai-responder", "sender")
_WARM_UP, _WITHIN = 5, 600.0


@dataclass(frozen=True)
class _Measured:
    rate: float
    services: float
    """Seconds of processor per text, of all instances together; then of the two servers."""
    broker: float
    database: float
    by_service: dict[str, float]
    lost: int
    doubled: int


async def measure(ground: Ground, options: Options) -> list[Row]:
    if not ground.rabbitmq:
        return []
    rows: list[Row] = []
    for count in INSTANCES:
        await ground.empty()
        server = await asyncio.to_thread(mongodb.acquire)
        if isinstance(server, Missing):
            return [Row("texts answered by more instances", ground.name, product=f"not measured: {server.reason}")]
        try:
            rows.append(_row(count, await _measured(ground, server, count, options.scaled), server))
        finally:
            await asyncio.to_thread(server.stop)
    return rows


def _row(count: int, found: _Measured, server: TestServer) -> Row:
    shown = (
        f"{found.rate:.1f}/s; processor per text {1000 * found.services:.0f} ms, broker {1000 * found.broker:.0f}, "
        f"database {1000 * found.database:.0f}; {found.lost} lost, {found.doubled} doubled"
    )
    shares = ", ".join(f"{service} {1000 * used:.0f}" for service, used in sorted(found.by_service.items()))
    print(f"# {count} of each: ms of processor per text: {shares}", file=sys.stderr, flush=True)
    name = f"{count} of each of {', '.join(BUSIEST)}: a burst of texts answered"
    good = found.lost + found.doubled == 0
    return Row(name, f"RabbitMQ + {server.how}", product=shown, goal="0 lost, 0 doubled", met=good)


async def _measured(ground: Ground, server: TestServer, count: int, texts: int) -> _Measured:
    with scratch() as folder:
        parley = Installation(folder, (ground.rabbitmq, server.url), LOG_LEVEL="warning")
        try:
            await parley.start()
            for service in BUSIEST:
                for copy in range(1, count):
                    await parley.another(service, str(copy))
            shop = await Shop(parley, "+17732004444").open(quiet_seconds=0)
            return await _burst(shop, [urlsplit(url).port or 0 for url in (ground.rabbitmq, server.url)], texts)
        finally:
            await parley.stop()


async def _burst(shop: Shop, ports: list[int], texts: int) -> _Measured:
    await _answered(shop, [f"+1312400{n:04}" for n in range(_WARM_UP)])
    servers = [[trees.listening_on(port) or 0] for port in ports]
    processes = shop.parley.processes
    roots = [*([process.pid] for process in processes.values()), *servers]
    customers = [f"+1312500{n:04}" for n in range(texts)]
    before, began = [trees.cpu_seconds(root) for root in roots], time.monotonic()
    await _answered(shop, customers)
    took = time.monotonic() - began
    used = [(trees.cpu_seconds(root) - earlier) / texts for root, earlier in zip(roots, before, strict=True)]
    by_service: Counter[str] = Counter()
    for name, seconds in zip(processes, used, strict=False):
        by_service[name.rstrip("-0123456789")] += seconds  # pyright: ignore[reportArgumentType]
    sent = Counter(sms["to"] for sms in await shop.sent_to_all())
    lost = sum(not sent[customer] for customer in customers)
    doubled = sum(times > 1 for times in sent.values())
    *services, broker, database = used
    return _Measured(texts / took, sum(services), broker, database, dict(by_service), lost, doubled)


async def _answered(shop: Shop, customers: list[str]) -> None:
    for customer in customers:
        await shop.text(customer, "Do you open on Sunday?")

    async def all_of_them() -> bool:
        return set(customers) <= {sms["to"] for sms in await shop.sent_to_all()}

    await eventually(all_of_them, within=_WITHIN, every=0.1)
