"""Whose words are forgotten when, in what order, and what does not stand in the way."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from shared.clock import ManualClock
from shared.database.paging import pages
from shared.database.protocol import CollectionSpec, In, Range, Sort
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import StoreUnavailable
from shared.internal.client import InternalClient
from shared.keyring import Keyring
from shared.service.retention import ROUND_SECONDS, Retention

SPEC = CollectionSpec("notes", {"tenant_id": "str", "at": "datetime"}, (("tenant_id", "at"),))


class World:
    """A service that keeps notes. `days` is what accounts says; None: nobody answers there."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.database = EmbeddedDatabase(None)
        self.notes = self.database.collection(SPEC)
        self.days: dict[str, int | None] | None = {}
        self.steps: list[str] = []
        internal = InternalClient(
            Keyring("a secret of at least thirty-two characters"),
            self.clock,
            lambda _service: "http://accounts",
            httpx2.MockTransport(self._accounts),
        )
        self.retention = Retention("notes", {"broken": self.broken, "notes": self.forget}, internal, self.clock)

    def _accounts(self, _request: httpx2.Request) -> httpx2.Response:
        if self.days is None:
            return httpx2.Response(503)
        rows = [{"tenant_id": id, "retention_days": kept} for id, kept in self.days.items()]
        return httpx2.Response(200, json={"items": rows, "next_cursor": None})

    async def broken(self, _tenant_id: str, _before: datetime) -> AsyncGenerator[int]:
        raise StoreUnavailable("store_unavailable", "away")
        yield 0

    async def forget(self, tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        where = {"tenant_id": tenant_id, "at": Range(lt=before)}
        async for page in pages(self.notes, where, Sort("at")):
            self.steps.append(tenant_id)
            yield await self.notes.delete({"id": In([note["id"] for note in page])})

    async def write(self, tenant_id: str, how_many: int, days_ago: float) -> None:
        at = self.clock.now() - timedelta(days=days_ago)
        await self.notes.insert_many(
            [{"id": f"{tenant_id}-{days_ago}-{n}", "tenant_id": tenant_id, "at": at} for n in range(how_many)]
        )

    async def left(self) -> dict[Any, int]:
        return await self.notes.count_by({"at": Range(gt=datetime(2000, 1, 1, tzinfo=UTC))}, "tenant_id")


async def opened() -> World:
    world = World()
    await world.database.start()
    return world


async def test_only_tenants_that_ask_for_it_lose_only_what_is_too_old() -> None:
    world = await opened()
    for tenant in ("ten_a", "ten_b", "ten_c"):
        await world.write(tenant, 3, 31)
        await world.write(tenant, 2, 29)
    world.days = {"ten_a": 30, "ten_b": 365, "ten_c": None}
    assert await world.retention.round()
    assert await world.left() == {"ten_a": 2, "ten_b": 5, "ten_c": 5}


async def test_a_shortened_retention_holds_from_the_next_round_on() -> None:
    world = await opened()
    await world.write("ten_a", 3, 100)
    world.days = {"ten_a": 365}
    await world.retention.round()
    assert await world.left() == {"ten_a": 3}
    world.days = {"ten_a": 30}
    await world.retention.round()
    assert await world.left() == {}


async def test_nothing_is_forgotten_while_it_may_still_be_delivered_again() -> None:
    """Whatever a setting says: accounts refuses less than 30 days, and so do we."""
    world = await opened()
    await world.write("ten_a", 3, 29)
    world.days = {"ten_a": 1}
    await world.retention.round()
    assert await world.left() == {"ten_a": 3}


async def test_one_with_much_to_forget_does_not_keep_the_others_waiting() -> None:
    world = await opened()
    await world.write("ten_a", 700, 40)
    await world.write("ten_b", 300, 40)
    world.days = {"ten_a": 30, "ten_b": 30}
    await world.retention.round()
    assert world.steps == ["ten_a", "ten_b", "ten_a", "ten_b", "ten_a", "ten_a"]
    assert await world.left() == {}


async def test_a_long_round_ends_and_the_next_one_goes_on_with_the_settings_of_that_moment() -> None:
    world = await opened()
    await world.write("ten_a", 700, 40)
    world.days = {"ten_a": 30}
    rests: list[float] = []

    async def slowly(tenant_id: str, before: datetime) -> AsyncGenerator[int]:
        async for count in world.forget(tenant_id, before):
            world.clock.advance(ROUND_SECONDS / 4)
            yield count

    async def rest(seconds: float) -> None:
        rests.append(seconds)
        world.clock.advance(seconds)

    slow = Retention("notes", {"notes": slowly}, world.retention.internal, world.clock, rest)
    assert not await slow.round()
    assert rests == [ROUND_SECONDS / 4] * 2, "as long as it worked, so that others have half of the time"
    assert await world.left() == {"ten_a": 300}
    world.days = {"ten_a": None}
    assert await slow.round()
    assert await world.left() == {"ten_a": 300}
