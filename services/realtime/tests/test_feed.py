"""A feed passes on only what comes next; what it cannot pass on it looks up, or says so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from realtime.domain.frames import Frame, LogEntry, NewLogEntry, Position, frame_of, parse_frame
from realtime.event_log import EventLog
from realtime.live.feed import Feed
from realtime.live.listener import Listener
from shared.access.gate import Principal
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from testkit.eventually import eventually

T = "ten_1"
NOW = ManualClock().now()


class Desk:
    """A log, a feed on it, and somebody who listens."""

    def __init__(self) -> None:
        self.database = EmbeddedDatabase(None)
        self.log = EventLog(self.database, ManualClock())
        self.feed = Feed(T, self.log, ManualClock())
        self.listener = Listener(Principal(T, "viewer", "key_1", None, NOW))

    async def number(self, *marks: str) -> list[Frame]:
        drafts = [NewLogEntry(mark=mark, type="x", time=NOW, body='{"a": 1}') for mark in marks]
        epoch, entries = await self.log.number(T, drafts)
        return [frame_of(epoch, entry) for entry in entries]

    def seen(self) -> list[tuple[str, int]]:
        frames = []
        while frame := self.listener.take():
            frames.append((frame.type, frame.position.n))
        return frames


@pytest.fixture
async def desk() -> Any:
    made = Desk()
    await made.database.start()
    await made.feed.join(made.listener, "")
    assert made.seen() == [("hello", 0)]
    yield made
    made.feed.stop()
    await made.database.close()


async def test_the_next_frame_is_passed_on_at_once_and_a_repeat_is_not(desk):
    (one,) = await desk.number("a")
    desk.feed.offer(one)
    desk.feed.offer(one)
    assert desk.seen() == [("x", 1)]


async def test_frames_that_were_swapped_are_put_right_without_asking_the_log(desk):
    one, two, three = await desk.number("a", "b", "c")
    for frame in (three, two, two):
        desk.feed.offer(frame)
        assert desk.seen() == []
    desk.feed.offer(one)
    assert desk.seen() == [("x", 1), ("x", 2), ("x", 3)]


async def test_a_lost_frame_is_found_in_the_log(desk):
    _, two = await desk.number("a", "b")
    desk.feed.offer(two)
    got: list[tuple[str, int]] = []
    await eventually(lambda: got.extend(desk.seen()) or len(got) == 2)
    assert got == [("x", 1), ("x", 2)]


async def test_a_lost_last_frame_is_found_at_the_next_look(desk):
    await desk.number("a")
    await desk.feed.check()
    assert desk.seen() == [("x", 1)]


async def test_what_the_log_no_longer_has_is_a_reset_and_no_gap(desk):
    for start in range(0, 400, 100):
        await desk.number(*(f"m{n}" for n in range(start, start + 100)))
    await desk.feed.check()
    assert desk.seen() == [("reset", 400)]
    (next_one,) = await desk.number("after")
    desk.feed.offer(next_one)
    assert desk.seen() == [("x", 401)]


async def test_a_rebuilt_log_is_a_reset(desk):
    await desk.number("a")
    await desk.feed.check()
    await desk.database.clear()
    (fresh,) = await desk.number("b")
    desk.feed.offer(fresh)
    got: list[tuple[str, int]] = []
    await eventually(lambda: got.extend(desk.seen()) or len(got) == 2)
    assert got == [("x", 1), ("reset", 1)]


async def test_a_client_that_knows_more_than_this_instance_is_believed_once_the_log_agrees(desk):
    frames = await desk.number("a", "b", "c")
    desk.feed.offer(frames[0])
    ahead = Listener(desk.listener.who)
    await desk.feed.join(ahead, str(frames[1].position))
    hello = ahead.take()
    assert hello is not None
    assert json.loads(hello.text)["data"]["recovered"] is True
    following = ahead.take()
    assert following is not None
    assert following.position == frames[2].position


async def test_the_hello_of_a_resumed_stream_carries_the_cursor_it_goes_on_from(desk):
    frames = await desk.number("a", "b")
    again = Listener(desk.listener.who)
    await desk.feed.check()
    await desk.feed.join(again, str(frames[0].position))
    hello = again.take()
    assert hello is not None
    assert json.loads(hello.text)["id"] == str(frames[0].position)
    assert json.loads(hello.text)["data"]["top"] == 2


async def test_an_older_cursor_than_memory_holds_is_answered_from_the_log(desk):
    frames = await desk.number(*(f"m{n}" for n in range(50)))
    fresh = Feed(T, desk.log, ManualClock())
    listener = Listener(desk.listener.who)
    await fresh.join(listener, str(frames[4].position))
    assert fresh._last(0) == []
    numbers = []
    while frame := listener.take():
        numbers.append(frame.position.n)
    assert numbers == [5, *range(6, 51)]


def test_a_frame_is_the_same_on_both_wires():
    entry = LogEntry(mark="m", type="conversation.updated", time=NOW, body='{"text":"a\\nb\\u2028 ü"}', n=7)
    frame = frame_of("ep_1", entry)
    assert parse_frame(frame.text.encode()) == frame
    lines = frame.as_sse.decode().split("\n")
    assert lines[:2] == ["id: ep_1:7", "event: conversation.updated"]
    assert json.loads(lines[2].removeprefix("data: ")) == json.loads(frame.text)
    assert lines[3:] == ["", ""]


@pytest.mark.parametrize(
    "text", ["", "ep_1", "ep_1:", ":1", "ep_1:01", "ep_1:-1", "ep_1:1 ", "ep_1:1\n", "é:1", "a:1:2"]
)
def test_only_positions_we_write_are_read(text):
    assert Position.parse(text) is None
    assert Position.parse("ep_1:0") == Position("ep_1", 0)
