"""`/readyz`: what keeps a load balancer away, and what is only said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from shared.aggregates import Relay
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.http.health import Health, health_router
from shared.service.service import Service
from testkit.recording import RecordingBroker


class World:
    def __init__(self) -> None:
        self.broker, self.clock, self.database = RecordingBroker(), ManualClock(), EmbeddedDatabase(None)
        relay = Relay(self.database, self.broker, self.clock)
        self.service = Service(name="shop", database=self.database, handlers=[], relay=relay)
        self.starting: str | None = None

    async def readyz(self) -> tuple[int, str, list[str]]:
        app = FastAPI()
        app.include_router(health_router(Health([self.service], self.broker, self.clock, lambda: self.starting)))
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as http:
            answer = await http.get("/readyz")
        return answer.status_code, answer.json()["status"], answer.json()["reasons"]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    await world.database.start()
    yield world
    await world.database.close()


async def test_with_all_it_needs_a_service_is_ready(world: World):
    assert await world.readyz() == (200, "ready", [])


async def test_a_broker_that_went_away_is_said_and_takes_no_instance_out(world: World):
    world.broker.away = True
    assert await world.readyz() == (200, "degraded", ["broker_away"])


async def test_a_broker_never_reached_stops_a_roll_out(world: World):
    world.broker.away, world.starting = True, "broker_away"
    assert await world.readyz() == (503, "not ready", ["broker_away"])


async def test_what_waits_is_named_with_its_service(world: World):
    world.service = replace(world.service, degraded=[lambda: "3 events wait"], not_ready=[lambda: None])
    assert await world.readyz() == (200, "degraded", ["shop: 3 events wait"])
    world.service = replace(world.service, not_ready=[lambda: "still reading tenants"])
    assert await world.readyz() == (503, "not ready", ["shop: still reading tenants", "shop: 3 events wait"])


async def test_without_its_database_a_service_is_not_ready(world: World):
    await world.database.close()
    assert await world.readyz() == (503, "not ready", ["shop: store_closed"])


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("the spool /var/lib/parley/spool is full", "the spool … is full"),
        (r"cannot write C:\\parley\\data.sqlite", "cannot write …"),
        ("no answer from amqp://user@broker:5672/v.", "no answer from …"),
        ("no answer from broker.internal:5672, again", "no answer from … again"),
        ("3 events wait: since 12:30", "3 events wait: since …"),
        ("3 events wait", "3 events wait"),
    ],
)
async def test_strangers_are_shown_no_paths_and_hosts(world: World, reason: str, shown: str):
    world.service = replace(world.service, not_ready=[lambda: reason])
    with capture_logs() as told:
        assert await world.readyz() == (503, "not ready", [f"shop: {shown}"])
    assert [line["reasons"] for line in told] == ([] if reason == shown else [[f"shop: {reason}"]])
