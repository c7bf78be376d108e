"""`/readyz`: what keeps a load balancer away, and what is only said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest
from fastapi import FastAPI

from shared.aggregates import Relay
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.http.health import health_router
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
        app.include_router(health_router([self.service], self.broker, self.clock, lambda: self.starting))
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


async def test_a_broker_that_went_away_is_said_and_takes_nobody_out(world: World):
    world.broker.away = True
    assert await world.readyz() == (200, "degraded", ["the broker is away"])


async def test_a_broker_never_reached_stops_a_roll_out(world: World):
    world.broker.away, world.starting = True, world.broker.trouble() or "the broker is away"
    assert await world.readyz() == (503, "not ready", ["the broker is away"])


async def test_what_waits_is_named_with_its_service(world: World):
    world.service = replace(world.service, degraded=[lambda: "3 events wait"], not_ready=[lambda: None])
    assert await world.readyz() == (200, "degraded", ["shop: 3 events wait"])
    world.service = replace(world.service, not_ready=[lambda: "still reading tenants"])
    assert await world.readyz() == (503, "not ready", ["shop: still reading tenants", "shop: 3 events wait"])


async def test_without_its_database_a_service_is_not_ready(world: World):
    await world.database.close()
    assert await world.readyz() == (503, "not ready", ["shop: the database does not answer"])
