"""Guides as both databases keep them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conversation.guides import store
from conversation.guides.domain.guide import Guide
from conversation.guides.store import GUIDES, Guides
from shared.aggregates import Aggregates, Cause, Relay
from shared.clock import ManualClock
from shared.database.protocol import Database, Page
from shared.errors import NotFound, Refused
from testkit.recording import RecordingBroker

START = datetime(2026, 3, 1, tzinfo=UTC)


class CountedGuides(Aggregates[Guide]):
    finds = 0

    async def find(self, *args: Any, **more: Any) -> Page:
        self.finds += 1
        return await super().find(*args, **more)


class Stage:
    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, ManualClock()
        relay = Relay(database, RecordingBroker(), self.clock)  # type: ignore[arg-type]  # only what the relay uses
        self.aggregates = CountedGuides(GUIDES, database, relay, self.clock, "conversation")
        self.guides = Guides(self.aggregates, self.clock)
        self.elsewhere = Guides(self.aggregates, self.clock)
        """Another process."""

    def limit(self, most: int) -> None:
        self.guides.room.most = self.elsewhere.room.most = most

    async def create(self, id: str, tenant: str = "ten_a", guides: Guides | None = None, **more: Any) -> Guide:
        at = START + timedelta(minutes=len(id))
        new = Guide(
            id=id, tenant_id=tenant, name=id, instructions="Be kind.", created_at=at, updated_at=at, **more
        )  # fmt: skip
        return await (guides or self.guides).create(new, Cause.request(tenant))

    async def names(self, guides: Guides | None = None, tenant: str = "ten_a") -> list[str]:
        return [guide.name for guide in await (guides or self.guides).of_tenant(tenant)]


@pytest.fixture
async def stage(either_database: Database) -> Stage:
    made = Stage(either_database)
    await either_database.start()
    return made


async def test_those_that_apply_come_by_priority_and_of_their_tenant_only(stage: Stage) -> None:
    await stage.create("a", priority=1)
    await stage.create("bb", priority=9)
    await stage.create("ccc", active=False)
    await stage.create("dddd", tenant="ten_b")
    assert await stage.names() == ["bb", "a"]
    assert await stage.names(tenant="ten_b") == ["dddd"]
    page = await stage.guides.page("ten_a", 2, None)
    rest = await stage.guides.page("ten_a", 2, page.next_cursor)
    assert [stage.guides.state_of(one).name for one in page.items + rest.items] == ["a", "bb", "ccc"]
    with pytest.raises(NotFound):
        await stage.guides.get("ten_b", "a")


async def test_a_deleted_one_is_gone_and_its_key_makes_no_second_one(stage: Stage) -> None:
    await stage.create("a")
    await stage.guides.delete("ten_a", "a")
    assert await stage.names() == []
    assert (await stage.guides.page("ten_a", 9, None)).items == []
    for act in (stage.guides.get("ten_a", "a"), stage.guides.delete("ten_a", "a")):
        with pytest.raises(NotFound):
            await act
    assert (await stage.create("a")).deleted_at


async def test_requests_of_a_second_share_one_read_and_a_change_shows_at_once_or_after_it(stage: Stage) -> None:
    await stage.create("a")
    assert await stage.names() == await stage.names() == await stage.names(stage.elsewhere) == ["a"]
    assert stage.aggregates.finds == 2, "one for each process"
    await stage.guides.revise("ten_a", "a", {"name": "b"}, None)
    assert (await stage.names(), await stage.names(stage.elsewhere)) == (["b"], ["a"])
    stage.clock.advance(store.REMEMBERED_SECONDS)
    assert await stage.names(stage.elsewhere) == ["b"]


async def test_a_tenant_has_so_many_at_most(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.limit(2)
    await stage.create("a")
    await stage.create("bb")
    with pytest.raises(Refused, match="delete one first"):
        await stage.create("ccc")
    assert (await stage.create("bb")).name == "bb", "a repeat makes nothing new"
    await stage.guides.delete("ten_a", "a")
    assert (await stage.create("ccc")).name == "ccc"


async def test_requests_that_race_for_the_last_place_never_pass_the_limit(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.limit(3)
    await stage.create("a")
    here = [stage.create(f"here{n}") for n in range(3)]
    made = await asyncio.gather(*here, return_exceptions=True)
    assert len([one for one in made if isinstance(one, Guide)]) == 2, "in one process every place is given"
    await stage.guides.delete("ten_a", "a")
    both = [stage.create("here", guides=stage.guides), stage.create("elsewhere", guides=stage.elsewhere)]
    last = await asyncio.gather(*both, return_exceptions=True)
    assert [one for one in last if isinstance(one, Refused)], "one of them at least is refused"
    assert len((await stage.guides.page("ten_a", 9, None)).items) <= 3


async def test_who_finds_too_many_after_the_save_takes_the_guide_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.limit(1)
    counted, counts = stage.guides._there, 0

    async def another_saves_between(tenant_id: str) -> int:
        nonlocal counts
        found, counts = await counted(tenant_id), counts + 1
        if counts == 1:
            await stage.create("there", guides=stage.elsewhere)
        return found

    stage.guides._there = another_saves_between  # type: ignore[method-assign]
    with pytest.raises(Refused, match="delete one first"):
        await stage.create("late")
    assert await stage.names() == ["there"]
