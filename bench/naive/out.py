"""Texts out that another program wants sent: over the HTTP API, as events, and in bulk."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from statistics import median
from typing import Any

import aio_pika

from bench import shop
from bench.naive.baseline import Naive
from bench.naive.parley import Parley
from bench.naive.pipeline import table
from bench.naive.pipeline.configuration import OUTBOUND
from bench.naive.sides import cpu, quiet
from bench.naive.stage import Stage
from bench.options import Options
from bench.table import Paired, Row
from bench.wire import Wire
from shared.events.kinds import thread_id

GOAL = 0.5
_CONNECTIONS = 32
_EVENTS_PER_REQUEST = 100
_CONTACTS = count(3_000_000)
_TEXT = "Your order is ready."

Send = Callable[[list[str]], Awaitable[None]]


@dataclass(frozen=True)
class _Way:
    what: str
    naive: Send
    product: Send


@dataclass(frozen=True)
class _Round:
    rate: float
    milliseconds: float


async def measure(stage: Stage, options: Options) -> list[Row]:
    naive, product = stage.naive, stage.product
    ways = [
        _Way("texts out one to one, by the HTTP API", lambda to: _api(naive, to), lambda to: start(product, to)),
        _Way("texts out one to one, as events", lambda to: _queue(naive, to), lambda to: events(product, to, "one")),
        _Way("texts out in bulk", lambda to: _list(naive, to), lambda to: events(product, to, "bulk")),
    ]
    return [await _measure(stage, way, options) for way in ways]


async def _measure(stage: Stage, way: _Way, options: Options) -> Row:
    found: dict[str, list[_Round]] = {"naive": [], "product": []}
    sends = (("naive", way.naive), ("product", way.product))
    for name, send in sends:
        await _round(stage, name, send, options.warm_up)
    for _ in range(options.rounds):
        for name, send in sends:
            found[name].append(await _round(stage, name, send, options.out))
    pair = Paired(*([each.rate for each in found[name]] for name, _send in sends))
    row = pair.row(f"{options.out:,} {way.what}", "embedded", "/s", f"≥ {GOAL}", pair.ratio >= GOAL)
    cpu = [f", {median(each.milliseconds for each in found[name]):.1f} ms CPU" for name, _send in sends]
    return replace(row, floor=row.floor + cpu[0], product=row.product + cpu[1])


async def _round(stage: Stage, name: str, send: Send, size: int) -> _Round:
    side = stage.naive if name == "naive" else stage.product
    await quiet(side)
    await stage.ledger.forget()
    to = contacts(size)
    before, began = cpu(side), time.monotonic()
    await send(to)
    await stage.ledger.until(size)
    await stage.ledger.reported()
    await quiet(side)
    took = max(await stage.ledger.moments()) - began
    return _Round(size / took, 1000 * (cpu(side) - before) / size)


def contacts(count: int) -> list[str]:
    """New ones each time."""
    return [shop.contact(next(_CONTACTS)) for _ in range(count)]


async def start(product: Parley, to: list[str]) -> None:
    bodies = [{"to": contact, "from": shop.NUMBER, "text": _TEXT} for contact in to]
    await _post(product.port, "/api/conversations", bodies, product.key)


async def _api(naive: Naive, to: list[str]) -> None:
    await _post(naive.port, "/texts", [{"to": each, "sender": shop.NUMBER, "text": _TEXT} for each in to])


async def _list(naive: Naive, to: list[str]) -> None:
    await _post(naive.port, "/texts/bulk", [{"to": to, "sender": shop.NUMBER, "text": _TEXT}])


async def events(product: Parley, to: list[str], priority: str) -> None:
    orders = [_event(product.tenant_id, contact, priority) for contact in to]
    packets = [orders[n : n + _EVENTS_PER_REQUEST] for n in range(0, len(orders), _EVENTS_PER_REQUEST)]
    await _post(product.port, "/bench/events", packets)


async def _queue(naive: Naive, to: list[str]) -> None:
    """As a program beside it would: a row, then the queue."""
    pool = await table.connect(naive.servers.database.url)
    ids = await table.queued_many(pool, to, shop.NUMBER, _TEXT)
    await pool.close()
    async with await aio_pika.connect(naive.servers.broker.url) as connection:
        exchange = (await connection.channel()).default_exchange
        orders = [
            {"id": id, "contact": contact, "number": shop.NUMBER, "text": _TEXT}
            for id, contact in zip(ids, to, strict=True)
        ]
        kept = aio_pika.DeliveryMode.PERSISTENT
        await asyncio.gather(
            *(
                exchange.publish(aio_pika.Message(json.dumps(order).encode(), delivery_mode=kept), OUTBOUND)
                for order in orders
            )
        )


def _event(tenant: str, contact: str, priority: str) -> dict[str, Any]:
    id = str(uuid.uuid4())
    campaign = {"campaign_id": "cmp_bench", "feed": 1} if priority == "bulk" else {}
    data = {
        "message_id": f"msg_{id}",
        "number": shop.NUMBER,
        "contact": contact,
        "text": _TEXT,
        "author": "campaign" if priority == "bulk" else "api",
        "priority": priority,
        **campaign,
    }
    return {
        "specversion": "1.0",
        "id": id,
        "source": "bench",
        "type": "sms.outbound",
        "subject": contact,
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "tenantid": tenant,
        "partitionkey": thread_id(tenant, shop.NUMBER, contact),
        "dataversion": 1,
        "data": data,
    }


async def _post(port: int, path: str, bodies: Sequence[Any], key: str = "") -> None:
    left = [json.dumps(body).encode() for body in bodies]
    head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
    head += f"authorization: Bearer {key}\r\n" if key else ""

    async def one() -> None:
        wire = Wire(port)
        while left:
            body = left.pop()
            status, said = await wire.exchange(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
            if status >= 300:
                raise SystemExit(f"{path}: {status} {said[:300]!r}")
        wire.close()

    await asyncio.gather(*(one() for _ in range(min(_CONNECTIONS, len(left)))))
