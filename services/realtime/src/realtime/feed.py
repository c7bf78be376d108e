"""One tenant's events in this process: in order, without a gap, to everybody who listens.

Frames come from other instances over a transient queue, which may lose, repeat or swap them. So a frame is passed on
only if it is the next one; a later one waits a moment, then the log is asked. What the log cannot tell whole any more
becomes a `reset`, never a silent gap.
"""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import islice

import structlog

from realtime.domain import frames
from realtime.domain.frames import Frame, Position, frame_of
from realtime.event_log import Log, Part
from realtime.listener import Listener
from realtime.metrics import RESETS
from shared.clock import Clock
from shared.errors import ParleyError

log = structlog.get_logger()

MAX_MISSING = 300
"""More than this is cheaper to read afresh than to replay."""
_KEPT_BYTES = 1024 * 1024
_EARLY = 300
_PATIENCE_SECONDS = 0.05
"""How long a frame that came too early waits for its predecessors: two instances may pass each other by as much."""


class Feed:
    def __init__(self, tenant_id: str, entries: Log, clock: Clock) -> None:
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
        """Owe this listener what followed its last id, then everything new. `after` is "" for a new one."""
        if not self.at.epoch:
            await self.catch_up()
        cursor = Position.parse(after) if after else None
        if cursor and cursor.epoch == self.at.epoch and cursor.n > self.at.n:
            await self.catch_up()  # it heard from an instance that is ahead of us
        missed = await self._missed(cursor) if cursor else None
        # From here on nothing waits, so no frame can slip in between what was missed and what is new.
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
        """A frame heard of: the next one is passed on, an old one dropped, a too early one kept until it can be."""
        if not self.at.epoch:
            return  # nobody has joined yet; the first to do so reads the log
        if frame.position.epoch != self.at.epoch or frame.position.n > self.at.n + 1:
            if len(self._early) < _EARLY:
                self._early[frame.position.n] = frame
            self._look_soon()
            return
        self._take(frame)
        while (waiting := self._early.pop(self.at.n + 1, None)) and waiting.position.epoch == self.at.epoch:
            self._take(waiting)

    def heartbeat(self) -> None:
        self._tell(frames.heartbeat(self.at, self._clock.now()))

    async def check(self) -> None:
        """Compare with the log, in case the last frame of all was lost on its way."""
        if await self._log.top(self.tenant_id) != self.at:
            await self.catch_up()

    async def catch_up(self) -> None:
        """Read what the log has beyond us, or start afresh where it cannot be told whole."""
        async with self._reading:
            while True:
                part = await self._log.after(self.tenant_id, self.at, limit=100)
                if part.entries is None or part.top.n - self.at.n > MAX_MISSING:
                    self._start_afresh(part.top)
                    continue  # once more, for what was offered while we read
                for entry in part.entries:
                    self._take(frame_of(part.top.epoch, entry))
                if self.at.n >= part.top.n:
                    break
            self._early = {n: frame for n, frame in self._early.items() if n > self.at.n}

    def stop(self) -> None:
        if self._soon is not None:
            self._soon.cancel()

    async def _missed(self, cursor: Position) -> list[Frame] | None:
        """Everything between the cursor and where we are, or None."""
        missing = self.at.n - cursor.n
        if cursor.epoch != self.at.epoch or not 0 <= missing <= MAX_MISSING:
            return None
        if missing <= len(self._recent):
            return self._last(missing)
        part = await self._log.after(self.tenant_id, cursor, limit=MAX_MISSING)
        return self._joined_up(cursor, part)

    def _joined_up(self, cursor: Position, part: Part) -> list[Frame] | None:
        """The log's answer and what has come since it was read, if together they leave no gap."""
        if part.entries is None or part.top.epoch != self.at.epoch:
            return None
        told = [frame_of(part.top.epoch, entry) for entry in part.entries if entry.n <= self.at.n]
        since = self.at.n - cursor.n - len(told)
        return [*told, *self._last(since)] if since <= len(self._recent) else None

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
        self._tell(frame)

    def _start_afresh(self, top: Position) -> None:
        first = not self.at.epoch
        self.at = top
        self._recent.clear()
        self._recent_bytes = 0
        self._early.clear()
        if not first:
            RESETS.inc(len(self.listeners))
            self._tell(frames.reset(top, self._clock.now()))

    def _tell(self, frame: Frame) -> None:
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
