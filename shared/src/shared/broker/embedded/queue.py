"""One queue of the embedded broker: who is next in line, and who gets it.

The first part of the line is in memory, the rest stays on disk and is read in batches, so a million waiting messages
cost no memory and a short line costs no reading.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Protocol

import structlog

from shared.broker.embedded import rows
from shared.broker.embedded.journal import Journal
from shared.broker.embedded.rows import Entry

_WINDOW = 1_000
_WINDOW_BYTES = 8 * 1024 * 1024
_PAUSE_SECONDS = 1.0
_log = structlog.get_logger(__name__)


class Taker(Protocol):
    """A consumer, as far as its line is concerned."""

    @property
    def room(self) -> int: ...
    def take(self, entry: Entry) -> None: ...


class Line:
    def __init__(self, name: str, journal: Journal, overdrawn: Callable[[Entry], None]) -> None:
        self.name = name
        self.delivery_limit: int | None = None
        self.waiting = 0
        self._journal = journal
        self._overdrawn = overdrawn
        self._window: deque[Entry] = deque()
        self._window_bytes = 0
        self._loaded_to = 0
        self._loading = False
        self._takers: list[Taker] = []

    def found_on_disk(self, count: int) -> None:
        self.waiting = count

    def arrived(self, entry: Entry) -> None:
        """Committed at the end of the line. Kept in memory only if nothing before it is on disk alone."""
        whole = self.waiting == len(self._window) and not self._loading
        self.waiting += 1
        if whole and len(self._window) < _WINDOW and self._window_bytes < _WINDOW_BYTES:
            self._append(entry)
            self.hand_out()

    def came_back(self, entry: Entry) -> None:
        """Given back unsettled: it is first again."""
        entry.handed_out += 1
        self.waiting += 1
        self._window.appendleft(entry)
        self._window_bytes += len(entry.message.body)
        self._journal.write(rows.CAME_BACK, [(entry.handed_out, entry.seq)], _only_a_count)
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

    def _append(self, entry: Entry) -> None:
        self._window.append(entry)
        self._window_bytes += len(entry.message.body)
        self._loaded_to = entry.seq

    def _load_more(self) -> None:
        low = len(self._window) < _WINDOW // 2 and self._window_bytes < _WINDOW_BYTES // 2
        if self._loading or not low or self.waiting <= len(self._window):
            return
        self._loading = True
        after = self._loaded_to

        def read(connection: sqlite3.Connection) -> list[Entry]:
            return rows.load(connection, self.name, after, _WINDOW, _WINDOW_BYTES)

        self._journal.run(read, self._loaded)

    def _loaded(self, found: list[Entry] | None, error: Exception | None) -> None:
        self._loading = False
        if error is not None or found is None:
            _log.error("broker_read_failed", queue=self.name, error=str(error))
            asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self.hand_out)
            return
        for entry in found:
            self._append(entry)
        if not found:
            # Nothing behind the window after all: the count was wrong, the file is right.
            self.waiting = len(self._window)
        self.hand_out()


def _only_a_count(_: object, error: Exception | None) -> None:
    if error is not None:
        _log.warning("broker_count_not_written", error=str(error))
