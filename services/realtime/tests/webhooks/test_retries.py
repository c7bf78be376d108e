"""What follows from a failed attempt: another one later, for a day; then the webhook is turned off, with a notice."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from itertools import pairwise

import orjson
import pytest

from realtime.webhooks.domain.delivery import Delivery, attempted
from realtime.webhooks.domain.webhook import Changes
from shared.errors import NotFound, Refused
from testkit.eventually import eventually
from testkit.ports import free_port
from webhook_world import T, World, playing, receiving, text

DAY = 24 * 3600.0


async def test_a_failed_delivery_is_tried_again_with_growing_delay_under_the_same_id() -> None:
    async with playing() as world, receiving(*[500] * 5) as receiver:
        webhook, _ = await world.webhook(receiver.url, ["message.received"])
        await world.happens(text(world.clock, "msg_1"))
        moments: list[float] = []
        start = world.clock.now()
        while len(receiver.posts) < 6:
            before = len(receiver.posts)
            await world.deliver()
            if len(receiver.posts) > before:
                moments.append((world.clock.now() - start).total_seconds())
            world.clock.advance(5)
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        assert gaps == sorted(gaps)
        assert gaps[0] <= 10
        assert gaps[-1] >= 600
        assert len(set(receiver.ids)) == 1
        assert len({post.body for post in receiver.posts}) == 1
        [delivery] = await world.listed(webhook)
        assert (delivery.state, delivery.attempts, delivery.last and delivery.last.status) == ("delivered", 6, 200)
        assert (await world.now(webhook)).failing_since is None


async def test_an_address_that_no_resolver_understands_fails_like_any_other() -> None:
    async with playing() as world:
        webhook, _ = await world.webhook("https://a..b/", ["message.received"])
        await world.happens(text(world.clock, "msg_1"))
        await world.deliver()
        [delivery] = await world.listed(webhook)
        assert (delivery.attempts, delivery.last and delivery.last.problem) == (1, "connection")
        assert (await world.now(webhook)).failing_since


async def test_after_a_day_without_success_the_webhook_is_turned_off_and_everybody_can_see_why() -> None:
    async with playing() as world, receiving(*[503] * 1000) as receiver:
        webhook, _ = await world.webhook(receiver.url, ["message.received"])
        began = world.clock.now()
        await world.happens(text(world.clock, "msg_1"))
        await world.deliver_for(2 * DAY, step=300.0)
        off = await world.now(webhook)
        assert not off.active
        assert off.disabled is not None
        assert off.disabled.reason == "failing"
        assert "503" in off.disabled.detail
        assert timedelta(days=1) <= off.disabled.at - began <= timedelta(days=1, minutes=10)
        [delivery] = await world.listed(webhook)
        assert delivery.state == "failed"
        assert 8 <= len(receiver.posts) <= 20
        last = world.frames[-1]
        assert last.type == "webhook.updated"
        shown = orjson.loads(last.body)["webhook"]
        assert (shown["active"], shown["disabled"]["reason"]) == (False, "failing")
        assert "secret" not in last.body.replace("old_secret_signs_until", "")

        await world.happens(text(world.clock, "msg_2"))
        await world.deliver()
        assert len(await world.listed(webhook)) == 1, "nothing is collected while it is off"


async def test_turned_on_again_it_goes_on_with_what_waited() -> None:
    async with playing() as world, receiving(410) as receiver:
        webhook, _ = await world.webhook(receiver.url, ["message.received"])
        await world.happens(*(text(world.clock, f"msg_{n}") for n in range(20)))
        await world.deliver()
        off = await world.now(webhook)
        assert (off.active, off.disabled and off.disabled.reason) == (False, "gone")
        tried = len(receiver.posts)
        assert tried <= 8, "answered 410, it is left alone at once"
        world.clock.advance(3600)
        await world.deliver()
        assert len(receiver.posts) == tried
        on = await world.switch(off, active=True)
        assert on.disabled is None
        await world.deliver()
        world.clock.advance(60)
        await world.deliver()
        assert len(set(receiver.ids)) == 20
        assert {delivery.state for delivery in await world.listed(webhook)} == {"delivered"}


async def test_one_delivery_that_is_never_accepted_holds_up_no_other_and_fails_alone() -> None:
    async with playing() as world, receiving() as receiver:
        webhook, _ = await world.webhook(receiver.url, ["message.received"])
        [entry] = await world.happens(text(world.clock, "msg_bad"))
        [bad] = await world.listed(webhook)
        for hour in range(26):
            receiver.statuses = []
            await world.happens(text(world.clock, f"msg_{hour}"))
            await _answering_500_to(bad.event_id, world, receiver)
            world.clock.advance(3600)
        states = {delivery.id: delivery.state for delivery in await world.listed(webhook)}
        assert states.pop(bad.id) == "failed"
        assert set(states.values()) == {"delivered"}
        assert (await world.now(webhook)).active
        assert entry.n == 1

        retried = await world.requests.retry(T, webhook.id, bad.id)
        assert retried.state == "waiting"
        await world.deliver()
        assert (await world.deliveries.get(webhook, bad.id)).state == "delivered"
        with pytest.raises(Refused, match="already_delivered"):
            await world.requests.retry(T, webhook.id, bad.id)


async def _answering_500_to(event_id: str, world: World, receiver) -> None:
    """Deliver; whatever is posted under this id is answered with 500."""
    posted = world.poster.post

    async def post(webhook, delivery):
        attempt = await posted(webhook, delivery)
        return attempt.but(status=500, problem="status") if delivery.event_id == event_id else attempt

    world.poster.post = post  # type: ignore[method-assign]
    await world.deliver()
    world.poster.post = posted  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("statuses", "options", "problem"),
    [
        ([302], {"headers": "Location: http://127.0.0.1:1/\r\n"}, "redirect"),
        ([404], {}, "status"),
        ([200], {"body": b"x" * (64 * 1024 + 1)}, "answer_too_large"),
        ([204], {}, ""),
        ([410], {}, "gone"),
    ],
)
async def test_a_test_says_what_an_answer_counts_as(statuses, options, problem) -> None:
    async with playing() as world, receiving(*statuses, **options) as receiver:
        webhook, secret = await world.webhook(receiver.url, active=False)
        delivery = await world.requests.test(T, webhook.id, "dlv_test")
        assert delivery.last is not None
        assert delivery.last.problem == problem
        assert delivery.state == ("failed" if problem else "delivered")
        assert receiver.posts[0].type == "webhook.test"
        assert receiver.posts[0].signed_with(secret)
        repeated = await world.requests.test(T, webhook.id, "dlv_test")
        assert (repeated, len(receiver.posts)) == (delivery, 1)
        world.clock.advance(3600)
        await world.deliver()
        assert len(receiver.posts) == 1, "a test is posted once"


async def test_a_receiver_that_is_not_there_and_one_that_hangs_up_are_told_apart() -> None:
    async def hang_up(reader, writer) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with playing() as world:
        away, _ = await world.webhook(f"http://127.0.0.1:{free_port()}/")
        rude, _ = await world.webhook(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        problems = [
            (await world.requests.test(T, webhook.id, f"dlv_{webhook.id}")).last.problem for webhook in (away, rude)
        ]
        assert problems == ["connection", "no_answer"]
    server.close()


async def test_a_dead_receiver_gets_one_request_at_a_time_and_delays_no_other() -> None:
    silent = asyncio.Event()
    async with playing() as world, receiving(hold=silent) as dead, receiving() as alive:
        first, _ = await world.webhook(dead.url, ["message.received"])
        await world.webhook(alive.url, ["message.received"], "ten_2")
        await world.happens(*(text(world.clock, f"msg_{n}") for n in range(50)))
        loop = world.loop()
        stuck = asyncio.create_task(loop.once())
        await eventually(lambda: dead.posts)
        await world.happens(*(text(world.clock, f"msg_{n}") for n in range(50)), tenant_id="ten_2")
        await world.loop().once()
        assert len(alive.posts) == 50
        assert len(dead.posts) <= 8
        dead.statuses = [500] * 8
        silent.set()
        await stuck
        failing = await world.now(first)
        assert (failing.slow, failing.failures) == (True, 1)
        asked = len(dead.posts)
        dead.statuses = [500]
        world.clock.advance(60)
        await world.loop().once()
        assert len(dead.posts) == asked + 1


async def test_the_backlog_is_bounded_and_what_found_no_room_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.webhooks.reader.MOST_WAITING", 10)
    async with playing() as world, receiving(500) as receiver:
        webhook, _ = await world.webhook(receiver.url, ["message.received"])
        await world.happens(*(text(world.clock, f"msg_{n}") for n in range(25)))
        full = await world.now(webhook)
        assert (len(await world.listed(webhook)), full.missed, full.missed_at) == (10, 15, world.clock.now())
        await world.notices.announce_left()
        assert orjson.loads(world.frames[-1].body)["webhook"]["missed"] == 15
        await world.deliver()
        world.clock.advance(10)
        await world.deliver()
        await world.happens(text(world.clock, "msg_after"))
        await world.deliver()
        assert len(set(receiver.ids)) == 11


async def test_a_new_address_is_tried_at_once() -> None:
    async with playing() as world, receiving(*[500] * 20) as wrong, receiving() as right:
        webhook, _ = await world.webhook(wrong.url, ["message.received"])
        await world.happens(text(world.clock, "msg_1"))
        await world.deliver()
        changed = await world.requests.change(T, webhook.id, Changes(url=right.url))
        assert (changed.failures, changed.slow) == (0, True)
        world.clock.advance(10)
        await world.deliver()
        assert len(right.posts) == 1
        assert not (await world.now(webhook)).slow


async def test_a_deleted_webhook_leaves_nothing_behind() -> None:
    hold = asyncio.Event()
    async with playing() as world, receiving(hold=hold) as receiver:
        webhook, _ = await world.webhook(receiver.url, ["message.received"])
        await world.happens(*(text(world.clock, f"msg_{n}") for n in range(20)))
        under_way = asyncio.create_task(world.deliver())
        await eventually(lambda: receiver.posts)
        with pytest.raises(NotFound):
            await world.requests.delete("ten_2", webhook.id)
        await world.requests.delete(T, webhook.id)
        hold.set()
        await under_way
        assert await world.listed(webhook) == []
        with pytest.raises(NotFound):
            await world.now(webhook)


async def test_the_last_attempt_is_a_day_after_the_first() -> None:
    """Whatever the times at which the attempts were really made."""
    async with playing() as world, receiving(*[500] * 100) as receiver:
        webhook, _ = await world.webhook(receiver.url, ["message.received"])
        await world.happens(text(world.clock, "msg_1"))
        [delivery] = await world.listed(webhook)
        tried: Delivery = delivery
        moments = []
        while tried.state == "waiting":
            assert tried.due_at is not None
            world.clock.advance(max(0.0, (tried.due_at - world.clock.now()).total_seconds()))
            moments.append(world.clock.now())
            tried = attempted(tried, await world.poster.post(webhook, tried))
        assert moments[-1] - moments[0] == timedelta(days=1)
        assert tried.state == "failed"
        assert len(moments) == 13


async def test_an_answer_that_drips_in_for_ever_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time; the whole does not."""
    monkeypatch.setattr("realtime.webhooks.posting.TOTAL_SECONDS", 0.3)

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        gone = asyncio.Event()
        while not writer.transport.is_closing():
            writer.write(b"x")
            with contextlib.suppress(TimeoutError, OSError):
                await asyncio.wait_for(gone.wait(), 0.02)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with playing() as world:
        webhook, _ = await world.webhook(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        tried = await world.requests.test(T, webhook.id, "dlv_test")
        assert tried.last is not None
        assert tried.last.problem == "timeout"
    server.close()
