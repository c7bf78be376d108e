"""One open stream: a bounded queue of frames, and the reason why it ended.

A slow listener must not delay others. So its stream is closed with a reason; the client reconnects with its last id and
misses nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from realtime.domain.frames import Frame
from shared.access.gate import Principal

MAX_FRAMES = 256
MAX_BYTES = 1024 * 1024
BURST_SECONDS = 5.0
"""How long a listener may be further behind than the bounds. A burst of events does not mean that it is slow."""
BURST = 4
"""At this many times the bounds it ends at once."""


@dataclass(frozen=True)
class Ending:
    """Why we end a stream: the close code of the WebSocket, and the reason as one word."""

    code: int
    reason: str


SLOW = Ending(4008, "slow")
REVOKED = Ending(4401, "revoked")
GOING_AWAY = Ending(1001, "restarting")


class Listener:
    def __init__(self, who: Principal, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.who = who
        self._monotonic = monotonic
        self._behind_since: float | None = None
        self.ended = asyncio.Event()
        self.ending: Ending | None = None
        self._waiting: deque[tuple[Frame, int]] = deque()
        self._counted = 0
        self._bytes = 0
        self._filled = asyncio.Event()

    def welcome(self, frames: list[Frame]) -> None:
        """The first frames. They do not count against the bounds: at most 300, shared, and soon sent."""
        self._waiting.extend((frame, 0) for frame in frames if self._is_for_us(frame))
        self._filled.set()

    def push(self, frame: Frame) -> None:
        if self.ending is not None or not self._is_for_us(frame):
            return
        if self._is_slow(frame):
            self.end(SLOW)
            return
        self._waiting.append((frame, frame.size))
        self._counted += 1
        self._bytes += frame.size
        self._filled.set()

    def _is_for_us(self, frame: Frame) -> bool:
        return frame.only is None or frame.only == self.who.user_id

    def _is_slow(self, frame: Frame) -> bool:
        """Far too much waits for it, or too much has waited for too long. One frame alone always has room."""
        if not self._counted or self._has_room(frame, 1):
            self._behind_since = None
            return False
        now = self._monotonic()
        if self._behind_since is None:
            self._behind_since = now
        return now - self._behind_since > BURST_SECONDS or not self._has_room(frame, BURST)

    def _has_room(self, frame: Frame, times: int) -> bool:
        return self._counted < times * MAX_FRAMES and self._bytes + frame.size <= times * MAX_BYTES

    def end(self, why: Ending) -> None:
        """End the stream now and drop the frames it has not sent."""
        if self.ending is None:
            self.ending = why
            self._waiting.clear()
            self.ended.set()

    async def wait_for_frame(self) -> None:
        """Wait until `take` has a frame."""
        await self._filled.wait()

    def take(self) -> Frame | None:
        """Remove and return the next frame. Frames count against the bounds until then."""
        if not self._waiting:
            self._filled.clear()
            return None
        frame, cost = self._waiting.popleft()
        if cost:
            self._counted -= 1
            self._bytes -= cost
        return frame
