"""Sends one tenant's events to all its listeners in this process, in order and without a gap.

Frames come from the instances over a transient queue, which may lose, repeat or reorder them. So a feed passes on only
the frame with the next number. A frame that comes too early waits a moment, then the feed reads the log. If the log no
longer holds all missed entries, listeners get a `reset`, never a silent gap.
"""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import islice

import structlog

from realtime.domain import frames
from realtime.domain.frames import Frame, Position, frame_of
from realtime.event_log import EventLog, LogSlice
from realtime.live.listener import Listener
from realtime.metrics import RESETS
from shared.clock import Clock
from shared.errors import ParleyError

log = structlog.get_logger()

MAX_MISSING = 300
"""Missed frames. Above this a fresh snapshot costs less than a replay."""
_KEPT_BYTES = 1024 * 1024
_EARLY = 300
_PATIENCE_SECONDS = 0.05
"""How long an early frame waits for its predecessors. Frames of two instances overtake each other by about as much."""


class Feed:
    def __init__(self, tenant_id: str, entries: EventLog, clock: Clock) -> None:
        self.tenant_id = tenant_id
        self.listeners: set[Listener] = set()
        self.at = Position("", 0)
        self._log = entries
        self._clock = clock
        self._recent: deque[Frame] = deque()
        self._recent_bytes = 0
        self._early: dict[int, Frame] = {}
        self._reading = asyncio.Lock()
        self._soon: asyncio.Task[None] | None = None

    async def join(self, listener: Listener, after: str) -> None:
        """Give this listener the frames after its last id, then all new ones. `after` is "" for a new listener."""
        if not self.at.epoch:
            await self.catch_up()
        cursor = Position.parse(after) if after else None
        if cursor and cursor.epoch == self.at.epoch and cursor.n > self.at.n:
            await self.catch_up()  # its last frame came from an instance that is ahead of this one
        missed = await self._missed(cursor) if cursor else None
        # No `await` from here on: a frame offered between the missed and the new ones would be lost.
        now = self._clock.now()
        if cursor and missed is not None:
            listener.welcome([frames.hello(cursor, self.at, now, recovered=True), *missed])
        else:
            start = [frames.hello(self.at, self.at, now, recovered=False)]
            if after:
                RESETS.inc()
                start.append(frames.reset(self.at, now))
            listener.welcome(start)
        self.listeners.add(listener)

    def offer(self, frame: Frame) -> None:
        """Take a frame from the queue: pass on the next one, drop an old one, keep an early one until its turn."""
        if not self.at.epoch:
            return  # the first listener to join reads the log
        if frame.position.epoch != self.at.epoch or frame.position.n > self.at.n + 1:
            if len(self._early) < _EARLY:
                self._early[frame.position.n] = frame
            self._look_soon()
            return
        self._take(frame)
        while (waiting := self._early.pop(self.at.n + 1, None)) and waiting.position.epoch == self.at.epoch:
            self._take(waiting)

    def heartbeat(self) -> None:
        self._send_to_all(frames.heartbeat(self.at, self._clock.now()))

    def tell(self, type_: str, data: object, only: Listener | None = None) -> None:
        """A frame that is not in the log."""
        frame = frames.passing(self.at, self._clock.now(), type_, data)
        for listener in [only] if only else list(self.listeners):
            listener.push(frame)

    async def check(self) -> None:
        """Compare with the log: if the newest frame was lost, no later one shows the gap."""
        if await self._log.top(self.tenant_id) != self.at:
            await self.catch_up()

    async def catch_up(self) -> None:
        """Read what the log has beyond our position, or start from its end if entries are gone."""
        async with self._reading:
            while True:
                part = await self._log.after(self.tenant_id, self.at, limit=100)
                if part.entries is None or part.top.n - self.at.n > MAX_MISSING:
                    self._start_afresh(part.top)
                    continue  # read again: events may have come meanwhile
                for entry in part.entries:
                    self._take(frame_of(part.top.epoch, entry))
                if self.at.n >= part.top.n:
                    break
            self._early = {n: frame for n, frame in self._early.items() if n > self.at.n}

    def stop(self) -> None:
        if self._soon is not None:
            self._soon.cancel()

    async def _missed(self, cursor: Position) -> list[Frame] | None:
        """All frames between the cursor and our position, or None if they are too many or gone."""
        missing = self.at.n - cursor.n
        if cursor.epoch != self.at.epoch or not 0 <= missing <= MAX_MISSING:
            return None
        if missing <= len(self._recent):
            return self._last(missing)
        part = await self._log.after(self.tenant_id, cursor, limit=MAX_MISSING)
        return self._slice_and_recent(cursor, part)

    def _slice_and_recent(self, cursor: Position, part: LogSlice) -> list[Frame] | None:
        """The frames read from the log and those that came since. None if they leave a gap."""
        if part.entries is None or part.top.epoch != self.at.epoch:
            return None
        logged = [frame_of(part.top.epoch, entry) for entry in part.entries if entry.n <= self.at.n]
        since = self.at.n - cursor.n - len(logged)
        return [*logged, *self._last(since)] if since <= len(self._recent) else None

    def _last(self, count: int) -> list[Frame]:
        return list(islice(self._recent, len(self._recent) - count, None))

    def _take(self, frame: Frame) -> None:
        if frame.position != Position(self.at.epoch, self.at.n + 1):
            return
        self.at = frame.position
        self._recent.append(frame)
        self._recent_bytes += frame.size
        while len(self._recent) > MAX_MISSING or self._recent_bytes > _KEPT_BYTES:
            self._recent_bytes -= self._recent.popleft().size
        self._send_to_all(frame)

    def _start_afresh(self, top: Position) -> None:
        first = not self.at.epoch
        self.at = top
        self._recent.clear()
        self._recent_bytes = 0
        self._early.clear()
        if not first:
            RESETS.inc(len(self.listeners))
            self._send_to_all(frames.reset(top, self._clock.now()))

    def _send_to_all(self, frame: Frame) -> None:
        for listener in list(self.listeners):
            listener.push(frame)

    def _look_soon(self) -> None:
        if self._soon is None or self._soon.done():
            self._soon = asyncio.create_task(self._look())

    async def _look(self) -> None:
        await asyncio.sleep(_PATIENCE_SECONDS)
        if not self._early:
            return
        try:
            await self.catch_up()
        except ParleyError as error:
            log.warning("feed_cannot_read_log", code=error.code)  # the regular check tries again
