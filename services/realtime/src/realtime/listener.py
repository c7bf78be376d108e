"""One open stream as the rest of the service sees it: a bounded line of frames, and the reason why it ended.

Nobody ever waits for a listener. One that does not keep up is let go with a reason; it comes back with its last id and
misses nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from realtime.domain.frames import Frame
from shared.access.gate import Principal

MAX_FRAMES = 256
MAX_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Ending:
    """Why we end a stream: the close code of the WebSocket, and a word."""

    code: int
    reason: str


SLOW = Ending(4008, "slow")
REVOKED = Ending(4401, "revoked")
GOING_AWAY = Ending(1001, "restarting")


class Listener:
    def __init__(self, who: Principal) -> None:
        self.who = who
        self.ended = asyncio.Event()
        self.ending: Ending | None = None
        self._line: deque[tuple[Frame, int]] = deque()
        self._counted = 0
        self._bytes = 0
        self._filled = asyncio.Event()

    def welcome(self, frames: list[Frame]) -> None:
        """What it is owed from the start. Not counted: at most 300, shared with everybody else, and soon gone."""
        self._line.extend((frame, 0) for frame in frames)
        self._filled.set()

    def push(self, frame: Frame) -> None:
        if self.ending is not None:
            return
        full = self._counted >= MAX_FRAMES or self._bytes + frame.size > MAX_BYTES
        if full and self._counted:
            self.end(SLOW)
            return
        self._line.append((frame, frame.size))
        self._counted += 1
        self._bytes += frame.size
        self._filled.set()

    def end(self, why: Ending) -> None:
        """Now, with what it has not read yet dropped."""
        if self.ending is None:
            self.ending = why
            self._line.clear()
            self.ended.set()

    async def some(self) -> None:
        """Wait until there is something to take."""
        await self._filled.wait()

    def take(self) -> Frame | None:
        """The next frame; it counts against the bounds until it is taken."""
        if not self._line:
            self._filled.clear()
            return None
        frame, cost = self._line.popleft()
        if cost:
            self._counted -= 1
            self._bytes -= cost
        return frame
