"""One queue of the embedded broker: which message is next, and which consumer gets it.

The head of the queue is in memory; the rest stays on disk and is read in batches. So a million waiting messages cost no
memory, and a short queue costs no reading.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Protocol

import structlog

from shared.broker.embedded import rows
from shared.broker.embedded.rows import QueueEntry
from shared.sqlite.writer import Writer

_WINDOW = 1_000
_WINDOW_BYTES = 8 * 1024 * 1024
_PAUSE_SECONDS = 1.0
_log = structlog.get_logger(__name__)


class Taker(Protocol):
    """A consumer, as its queue sees it."""

    @property
    def room(self) -> int: ...
    def take(self, entry: QueueEntry) -> None: ...


class Queue:
    def __init__(self, name: str, writer: Writer, overdrawn: Callable[[QueueEntry], None]) -> None:
        self.name = name
        self.delivery_limit: int | None = None
        self.waiting = 0
        self._writer = writer
        self._overdrawn = overdrawn
        self._window: deque[QueueEntry] = deque()
        self._window_bytes = 0
        self._loaded_to = 0
        self._loading = False
        self._takers: list[Taker] = []

    @property
    def consumers(self) -> int:
        return len(self._takers)

    def found_on_disk(self, count: int) -> None:
        self.waiting = count

    def arrived(self, entry: QueueEntry) -> None:
        """Committed at the end of the queue. Kept in memory only if everything before it is in memory too."""
        whole = self.waiting == len(self._window) and not self._loading
        self.waiting += 1
        if whole and len(self._window) < _WINDOW and self._window_bytes < _WINDOW_BYTES:
            self._append(entry)
            self.hand_out()

    def came_back(self, entry: QueueEntry) -> None:
        """Given back unsettled: it is first again."""
        entry.handed_out += 1
        self.waiting += 1
        self._window.appendleft(entry)
        self._window_bytes += len(entry.message.body)
        self._writer.write(rows.CAME_BACK, [(entry.handed_out, entry.seq)], _only_a_count, idle=True)
        self.hand_out()

    def join(self, taker: Taker) -> None:
        self._takers.append(taker)
        self.hand_out()

    def leave(self, taker: Taker) -> None:
        self._takers.remove(taker)

    def hand_out(self) -> None:
        while self._window and (taker := self._freest()) is not None:
            entry = self._window.popleft()
            self._window_bytes -= len(entry.message.body)
            self.waiting -= 1
            if self.delivery_limit is not None and entry.handed_out > self.delivery_limit:
                self._overdrawn(entry)
            else:
                taker.take(entry)
        if self._takers:
            self._load_more()

    def _freest(self) -> Taker | None:
        best = max(self._takers, key=lambda taker: taker.room, default=None)
        return best if best is not None and best.room > 0 else None

    def _append(self, entry: QueueEntry) -> None:
        self._window.append(entry)
        self._window_bytes += len(entry.message.body)
        self._loaded_to = entry.seq

    def _load_more(self) -> None:
        low = len(self._window) < _WINDOW // 2 and self._window_bytes < _WINDOW_BYTES // 2
        if self._loading or not low or self.waiting <= len(self._window):
            return
        self._loading = True
        after = self._loaded_to

        def read(connection: sqlite3.Connection) -> list[QueueEntry]:
            return rows.load(connection, self.name, after, _WINDOW, _WINDOW_BYTES)

        self._writer.submit(read, self._loaded)

    def _loaded(self, found: list[QueueEntry] | None, error: Exception | None) -> None:
        self._loading = False
        if error is not None or found is None:
            _log.error("broker_read_failed", queue=self.name, error=str(error))
            asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self.hand_out)
            return
        for entry in found:
            self._append(entry)
        if not found:
            # The count was wrong: the file, which is right, holds nothing behind the window.
            self.waiting = len(self._window)
        self.hand_out()


def _only_a_count(_: object, error: Exception | None) -> None:
    if error is not None:
        _log.warning("broker_count_not_written", error=str(error))
