"""The whole service under the real runner and a real broker: wiring, read models, live changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from ingress.settings import Settings
from ingress.wiring import build
from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Message
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import Event, NumberChanged
from shared.http.app import create_app
from shared.service.process import LARGE_BODY_PATHS
from shared.service.runner import Runner
from shared.service.service import Platform
from testkit.eventually import eventually


@pytest.fixture
async def running(world) -> AsyncIterator[Any]:
    """The world of the other tests, but served by a runner, on a broker with every queue of the installation."""
    broker = EmbeddedBroker(None, world.clock)
    internal = world.service.read_models[0]._internal
    settings = Settings(_env_file=None)
    platform = Platform(broker, lambda _: EmbeddedDatabase(None), world.clock, world.keyring, internal, settings)
    service, app = build(settings, platform), create_app("ingress", "", LARGE_BODY_PATHS)
    runner = Runner([service], platform, app)
    await runner.start()
    tasks = asyncio.create_task(runner.run_tasks())
    await eventually(lambda: all(model.complete for model in service.read_models))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as http:
        yield replace(world, http=http, service=service, broker=broker)
    tasks.cancel()
    await asyncio.wait({tasks})
    await runner.stop()


async def test_a_text_reaches_every_queue_that_wants_it(running):
    queues = [f"{service}.sms.inbound.v1" for service in ("conversation", "sender", "campaigns")]
    assert (await running.deliver(running.text())).status_code == 200
    assert [await running.broker.depth(queue) for queue in queues] == [1, 0, 0]
    assert (await running.deliver(running.text(text="STOP"))).status_code == 200
    assert [await running.broker.depth(queue) for queue in queues] == [2, 1, 0]
    assert (await running.http.get("/readyz")).json() == {"status": "ready", "reasons": []}
    assert 'parley_webhooks_total{outcome="published"}' in (await running.http.get("/metrics")).text


async def test_a_number_told_of_by_an_event_needs_no_owner(running):
    running.accounts.away = True
    row = NumberChanged.read(
        running.accounts.rows["numbers/+17735550002"] | {"phone_number": "+17735550077", "revision": 4}
    )
    event = Event("e1", "accounts", row.phone_number, running.clock.now(), "ten_a", row.phone_number, row)
    await running.broker.publish(Message("number.changed", event.encode(), event.id, "ten_a", event.partition_key))

    async def known() -> bool:
        return "+17735550077" in {row["id"] for row in await running.stored("copy_numbers")}

    await eventually(known)
    assert (await running.deliver(running.text(to="+17735550077"), "")).status_code == 200
