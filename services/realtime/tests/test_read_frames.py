"""A user's read marks reach the streams of that user and no others."""

from __future__ import annotations

import orjson

from realtime.domain.frames import LogEntry, frame_of, parse_frame
from realtime.domain.public_fields import read_mark
from realtime.live.listener import Listener
from shared.access.gate import Principal
from shared.clock import ManualClock
from shared.events import Event, ReadUpdated

NOW = ManualClock().now()


def _frame(user_id: str = "usr_1"):
    data = ReadUpdated(user_id=user_id, conversation_id="cnv_1", unread=0, read_texts=4, revision=7)
    event = Event("evt_1", "conversation", "cnv_1", NOW, "ten_1", user_id, data)
    return frame_of("e1", LogEntry.of(read_mark(event), 5))


def _seen(user_id: str | None) -> tuple[list[str], list[str]]:
    """Of such a frame among those of the beginning, and later; also as another instance made it."""
    frame = parse_frame(_frame().text.encode())
    early, late = [Listener(Principal("ten_1", "agent", "ses_1", user_id, NOW)) for _ in range(2)]
    early.welcome([frame])
    late.push(_frame())
    taken = [[one.type for one in iter(listener.take, None)] for listener in (early, late)]
    return taken[0], taken[1]


def test_only_the_streams_of_the_user_get_it():
    assert _seen("usr_1") == (["read.updated"], ["read.updated"])
    assert _seen("usr_2") == ([], [])
    assert _seen(None) == ([], []), "an API key has no read marks"


def test_it_says_what_is_read():
    assert orjson.loads(_frame().text)["data"] == {
        "user_id": "usr_1",
        "conversation_id": "cnv_1",
        "unread": 0,
        "read_texts": 4,
        "revision": 7,
    }
