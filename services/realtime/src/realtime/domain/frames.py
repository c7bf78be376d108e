"""Positions, log entries and the frames made of them. Pure: what a number means and how a frame looks on the wire.

A position is `<epoch>:<n>`. Within an epoch a tenant's events are numbered 1, 2, 3, … without a gap. A new epoch means
that the log was rebuilt: its numbers cannot be compared with those of the old one. The `id` of every frame, control
frames included, is the position a client has reached once it has processed that frame. So a client always resumes from
the last id it saw.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import orjson

from shared.values import Moment, Value

PERSONAL = frozenset({"read.updated"})
"""Types of frames that only one user's streams get: the user that `data.user_id` names."""
_POSITION = re.compile(r"([A-Za-z0-9_-]{1,64}):(0|[1-9]\d{0,17})")


@dataclass(frozen=True)
class Position:
    epoch: str
    n: int

    def __str__(self) -> str:
        return f"{self.epoch}:{self.n}"

    @staticmethod
    def parse(text: str) -> Position | None:
        """None for text that is no position; the answer to such a cursor is a reset."""
        found = _POSITION.fullmatch(text)
        return Position(found[1], int(found[2])) if found else None


class NewLogEntry(Value):
    """An event as the tenant's users may see it, not numbered yet. Two with the same `mark` are the same event."""

    mark: str
    type: str
    time: Moment
    body: str
    """JSON of `data`, kept as text: its keys may come from customers, and the store must not read them as fields."""


EMPTIED = "erased"
"""Type of an entry that spoke of a person who was erased since. Clients ignore types that they do not know."""


class LogEntry(NewLogEntry):
    n: int

    def emptied(self) -> LogEntry:
        return self.but(type=EMPTIED, body="{}")

    @classmethod
    def of(cls, draft: NewLogEntry, n: int) -> LogEntry:
        return cls(mark=draft.mark, type=draft.type, time=draft.time, body=draft.body, n=n)


@dataclass(frozen=True)
class Frame:
    """A frame as it is sent: encoded once per tenant, shared by all its listeners."""

    position: Position
    type: str
    text: str
    only: str | None = None
    """The user whose streams get it; None: all of the tenant's."""

    @cached_property
    def size(self) -> int:
        return len(self.text)

    @cached_property
    def as_sse(self) -> bytes:
        # JSON has no raw line breaks, so one data line is enough.
        return f"id: {self.position}\nevent: {self.type}\ndata: {self.text}\n\n".encode()


class _FrameHead(Value):
    id: str
    type: str


class _Addressed(Value):
    user_id: str


class _PersonalFrame(Value):
    data: _Addressed


def frame_of(epoch: str, entry: LogEntry) -> Frame:
    only = _Addressed.decode(entry.body).user_id if entry.type in PERSONAL else None
    return _frame(Position(epoch, entry.n), entry.type, entry.time, orjson.Fragment(entry.body), only)


def parse_frame(body: bytes) -> Frame:
    """A frame another instance made. Raises ValueError."""
    head = _FrameHead.decode(body)
    position = Position.parse(head.id)
    if position is None:
        raise ValueError("not a frame")
    only = _PersonalFrame.decode(body).data.user_id if head.type in PERSONAL else None
    return Frame(position, head.type, body.decode(), only)


def hello(at: Position, top: Position, now: datetime, *, recovered: bool) -> Frame:
    """The first frame of a connection. The stream continues after `at`; if `recovered`, all up to `top` follow now."""
    return _frame(at, "hello", now, {"epoch": top.epoch, "top": top.n, "recovered": recovered})


def reset(at: Position, now: datetime) -> Frame:
    """The missed frames are not all available: the client reads a fresh snapshot. Frames after `at` follow."""
    return _frame(at, "reset", now, {"epoch": at.epoch, "top": at.n})


def heartbeat(at: Position, now: datetime) -> Frame:
    return _frame(at, "hb", now, {"epoch": at.epoch, "top": at.n})


def passing(at: Position, now: datetime, type_: str, data: object) -> Frame:
    """Without a number of its own: a client that misses it does not get it again."""
    return _frame(at, type_, now, data)


def farewell(at: Position, now: datetime, code: int, reason: str) -> Frame:
    """The last frame of an event stream that we end, because SSE has no close codes."""
    return _frame(at, "closed", now, {"code": code, "reason": reason})


def _frame(position: Position, type_: str, time: datetime, data: object, only: str | None = None) -> Frame:
    document = {"id": str(position), "type": type_, "time": time, "data": data}
    return Frame(position, type_, orjson.dumps(document, option=orjson.OPT_UTC_Z).decode(), only)
