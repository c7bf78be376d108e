"""A process that dies at any moment loses no delivery: the next one makes it, with the same ids."""

from __future__ import annotations

import asyncio
from typing import Any

from realtime.event_log import IN_HEAD
from realtime.webhooks.domain.webhook import LEASE
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.outgoing.guarded import GuardedTransport
from shared.outgoing.reach import LOOPBACK, Reach
from testkit.eventually import eventually
from webhook_world import T, World, playing, receiving, text


class Crashed(BaseException):
    """No `except` of ours catches it, as none catches `kill -9`."""


class Fuse:
    """Burns through at the so-manieth call, before it is made or after."""

    def __init__(self, at: int, *, before: bool) -> None:
        self._left = at
        self._before = before
        self.burnt = False

    async def call(self, method: Any, *args: Any, **options: Any) -> Any:
        if self.burnt:
            raise Crashed
        self._left -= 1
        if self._left == 0:
            self.burnt = True
            if self._before:
                raise Crashed
            await method(*args, **options)
            raise Crashed
        return await method(*args, **options)


class Fused:
    """A collection, or a transport, of a process that will die."""

    def __init__(self, real: Any, fuse: Fuse) -> None:
        self._real, self._fuse = real, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if not asyncio.iscoroutinefunction(found):
            return found
        return lambda *args, **options: self._fuse.call(found, *args, **options)


class FusedDatabase(Fused):
    def collection(self, spec: Any) -> Any:
        return Fused(self._real.collection(spec), self._fuse)


async def _live(world: World, *events: Any) -> None:
    """Number these events, read the log, and deliver: what one process does."""
    await world.log.number(T, events)
    await world.reader.catch_up_tenant(T)
    page = await world.webhooks.collection.find({"active": True})
    for document in page.items:
        await world.worker.work(document)


async def _one_life(transport: Any, at: int, *, before: bool) -> bool:
    """Make a webhook and three events; die at that call; then live on. Whether the fuse burnt."""
    clock, database, fuse = ManualClock(), EmbeddedDatabase(None), Fuse(at, before=before)
    survivor = World(database, clock, transport=transport)
    doomed = World(FusedDatabase(database, fuse), clock, transport=Fused(transport, fuse))  # type: ignore[arg-type]
    await database.start()
    events = [text(clock, f"msg_{n}", revision=n) for n in (1, 2, 3)]
    async with receiving() as receiver:
        webhook, _ = await survivor.webhook(receiver.url, ["message.received"])
        task = asyncio.create_task(_live(doomed, *events))
        await asyncio.wait({task})
        assert fuse.burnt == isinstance(task.exception(), Crashed)
        clock.advance(LEASE.total_seconds() + 1)
        await survivor.happens(*events)  # the broker delivers again what was not acknowledged
        await survivor.deliver()
        assert sorted({post.data["message"]["id"] for post in receiver.posts}) == ["msg_1", "msg_2", "msg_3"], at
        assert len(set(receiver.ids)) == 3, "made again, a delivery carries the same id"
        assert {delivery.state for delivery in await survivor.listed(webhook)} == {"delivered"}
        if not fuse.burnt:
            assert len(receiver.posts) == 3, "without a crash each comes once"
    await database.close()
    return fuse.burnt


async def test_a_crash_at_any_call_loses_no_delivery() -> None:
    transport = GuardedTransport(Reach(LOOPBACK))
    for before in (True, False):
        at = 1
        while await _one_life(transport, at, before=before):
            at += 1
        assert at > 15, "there were calls to die at"
    await transport.aclose()


async def test_a_restarted_process_that_is_alone_waits_for_no_lease() -> None:
    hold = asyncio.Event()
    clock, database = ManualClock(), EmbeddedDatabase(None)
    dead, next_one = World(database, clock, alone=True), World(database, clock, alone=True)
    await database.start()
    async with receiving(hold=hold) as receiver:
        await dead.webhook(receiver.url, ["message.received"])
        await dead.happens(text(clock, "msg_1"))
        [document] = (await dead.webhooks.collection.find({"active": True})).items
        killed = asyncio.create_task(dead.worker.work(document))
        await eventually(lambda: receiver.posts)
        killed.cancel()
        hold.set()
        await next_one.deliver()
        assert len(receiver.posts) == 1, "its lease still holds"
        await next_one.worker.take_over()
        await next_one.deliver()
        assert len(receiver.posts) == 2
        assert len(set(receiver.ids)) == 1
    await dead.close()
    await next_one.close()
    await database.close()


async def test_many_instances_share_the_work_and_each_event_comes_once() -> None:
    clock, database = ManualClock(), EmbeddedDatabase(None)
    worlds = [World(database, clock) for _ in range(4)]
    await database.start()
    async with receiving() as one, receiving() as two:
        for receiver in (one, two):
            await worlds[0].webhook(receiver.url, ["message.received"])
        events = [text(clock, f"msg_{n}") for n in range(60)]
        await worlds[0].log.number(T, events)

        async def live(world: World) -> None:
            await world.reader.catch_up_tenant(T)
            await world.deliver()

        await asyncio.gather(*map(live, worlds))
        await worlds[0].deliver()
        for receiver in (one, two):
            assert sorted(receiver.ids) == sorted(set(receiver.ids))
            assert len(receiver.ids) == 60
    for world in worlds:
        await world.close()
    await database.close()


async def test_the_log_keeps_what_a_webhook_has_not_read(monkeypatch) -> None:
    monkeypatch.setattr("realtime.event_log.KEPT_ENTRIES", 20)
    monkeypatch.setattr("realtime.event_log._TRIM_EVERY", 10)
    async with playing() as world, receiving() as receiver:
        await world.webhook(receiver.url, ["message.received"])
        await world.webhook(receiver.url, ["message.received"], "ten_2")
        for n in range(60):
            await world.log.number(T, [text(world.clock, f"msg_{n}")])
        await world.reader.catch_up_all()
        await world.deliver()
        assert len(set(receiver.ids)) == 60
        for n in range(60, 120):
            await world.log.number(T, [text(world.clock, f"msg_{n}")])
            await world.reader.catch_up_tenant(T)
        rows = await world.log._rows.count({"tenant_id": T})
        assert rows <= 30, "what was read is dropped as before"


async def test_if_the_log_lost_entries_all_the_same_it_is_told() -> None:
    async with playing() as world, receiving() as receiver:
        webhook, _ = await world.webhook(receiver.url, ["message.received"])
        for n in range(2 * IN_HEAD):
            await world.log.number(T, [text(world.clock, f"msg_{n}")])
        world.clock.advance(2 * 3600)
        await world.log.trim()  # without the reader before it, which nothing in production does
        await world.happens(text(world.clock, "msg_new"))
        await world.happens(text(world.clock, "msg_newer"))
        await world.deliver()
        assert (await world.now(webhook)).missed == 2 * IN_HEAD + 1
        assert [post.data["message"]["id"] for post in receiver.posts] == ["msg_newer"]
