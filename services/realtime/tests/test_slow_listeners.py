"""A listener that is too slow is closed with a reason and delays no other."""

from __future__ import annotations

import asyncio
import json
import socket as sockets
import time
from datetime import UTC, datetime

import pytest
import websockets

from realtime.domain.frames import Position, heartbeat
from realtime.live.listener import BURST, BURST_SECONDS, MAX_BYTES, MAX_FRAMES, SLOW, Frame, Listener
from shared.access.gate import Principal
from testkit.eventually import eventually

T = "ten_1"
WHO = Principal(T, "viewer", "key_1", None, datetime(2026, 1, 1, tzinfo=UTC))


def frame(n: int, size: int = 10) -> Frame:
    return Frame(Position("ep", n), "conversation.updated", "x" * size)


class Seconds:
    """A clock for one listener."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def listener(seconds: Seconds) -> Listener:
    return Listener(WHO, seconds)


def test_who_stays_256_frames_behind_is_slow(listener, seconds):
    for n in range(MAX_FRAMES):
        listener.push(frame(n))
    seconds.now = 1000.0  # nothing was too much so far
    listener.push(frame(MAX_FRAMES))
    seconds.now += BURST_SECONDS
    listener.push(frame(MAX_FRAMES + 1))
    assert listener.ending is None
    seconds.now += 0.1
    listener.push(frame(MAX_FRAMES + 2))
    assert listener.ending == SLOW
    assert listener.ended.is_set()
    assert listener.take() is None


def test_who_catches_up_after_a_burst_is_not_slow(listener, seconds):
    for burst in range(5):
        for n in range(BURST * MAX_FRAMES):
            listener.push(frame(n))
        while listener.take():
            pass
        seconds.now += 2 * BURST_SECONDS
        assert listener.ending is None, burst


def test_a_burst_has_an_end(listener):
    for n in range(BURST * MAX_FRAMES):
        listener.push(frame(n))
    assert listener.ending is None
    listener.push(frame(BURST * MAX_FRAMES))
    assert listener.ending == SLOW


def test_what_was_taken_counts_no_longer(listener, seconds):
    for n in range(10 * MAX_FRAMES):
        seconds.now += 1
        listener.push(frame(n, size=MAX_BYTES // 4))
        taken = listener.take()
        assert taken is not None
        assert taken.position.n == n
    assert listener.ending is None


def test_a_line_holds_a_few_megabytes_but_always_one_frame(listener):
    listener.push(frame(1, size=2 * BURST * MAX_BYTES))
    assert listener.ending is None
    listener.push(frame(2))
    assert listener.ending == SLOW


def test_what_is_owed_from_the_start_does_not_make_anybody_slow():
    listener = Listener(WHO)
    listener.welcome([frame(n, size=10_000) for n in range(300)])
    for n in range(300, 300 + MAX_FRAMES):
        listener.push(heartbeat(Position("ep", n), datetime(2026, 1, 1, tzinfo=UTC)))
    assert listener.ending is None
    assert [listener.take().position.n for _ in range(556)] == list(range(556))  # type: ignore[union-attr]


async def test_one_who_does_not_read_is_closed_as_slow_and_can_come_back(installation, conversation_event):
    at = await installation.instance()
    key = installation.key(T)
    narrow = sockets.socket()
    narrow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", int(at.url.rsplit(":", 1)[1])))
    headers = {"Authorization": f"Bearer {key}"}
    options = {"sock": narrow, "max_queue": 1, "ping_interval": None, "proxy": None, "additional_headers": headers}
    async with installation.socket(at, key) as (quick, _), websockets.connect(at.ws_url, **options) as lazy:
        last = json.loads(await lazy.recv())["id"]
        for revision in range(1, 301):
            await installation.publish(conversation_event(T, revision, "x" * 40_000))
        await eventually(lambda: len(quick.frames) == 301, within=60)
        await eventually(lambda: any(listener.ending for listener in _listeners(at)) or len(_listeners(at)) == 1)
        try:
            while True:
                last = json.loads(await asyncio.wait_for(lazy.recv(), 5))["id"]
        except websockets.ConnectionClosed:
            assert (lazy.close_code, lazy.close_reason) == (4008, "slow")
    async with installation.socket(at, key, last) as (again, _):
        missed = 300 - int(last.split(":")[1])
        assert missed > 0
        await eventually(lambda: len(again.frames) == 1 + missed)
        assert again.types[0] == "hello"
        assert again.frames[1:] == quick.frames[-missed:]


async def test_an_event_stream_that_is_let_go_says_so(installation, conversation_event):
    at = await installation.instance()
    async with installation.sse(at, installation.key(T)) as seen:
        _listeners(at)[0].end(SLOW)
        await eventually(lambda: len(seen.frames) == 2)
        assert seen.types[-1] == "closed"
        assert seen.frames[-1]["data"] == {"code": 4008, "reason": "slow"}
        assert seen.frames[-1]["id"] == seen.frames[0]["id"]


async def test_a_burst_alone_makes_nobody_slow(installation, conversation_event):
    at = await installation.instance()
    async with installation.socket(at, installation.key(T)) as (seen, _):
        started = time.monotonic()
        events = [conversation_event(T, revision, id=f"cnv_{revision}") for revision in range(1, 1001)]
        await asyncio.gather(*(installation.publish(event) for event in events))
        await eventually(lambda: len(seen.frames) == 1001, within=30)
        assert time.monotonic() - started < 30
        assert [int(item["id"].split(":")[1]) for item in seen.frames] == list(range(1001))


def _listeners(at) -> list[Listener]:
    return [listener for feed in at.hub._feeds.values() for listener in feed.listeners]
