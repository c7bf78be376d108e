"""`asyncio.timeout` for many pieces of work with one length: a single timer serves all of them.

Each `asyncio.timeout` sets a timer of its own, which nearly always is cancelled unused: as dear as all the rest that
the runner does for an event.
"""

from __future__ import annotations

import asyncio
from types import TracebackType


class Deadlines:
    """`with deadlines.guard():` raises `TimeoutError` when its body takes longer than `seconds`, or up to a quarter
    more. One piece of work of a task at a time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends: dict[Deadline, float] = {}
        """In the order of their ends, because all are of one length."""
        self._timer: asyncio.TimerHandle | None = None

    def guard(self) -> Deadline:
        return Deadline(self)

    def begin(self, work: Deadline) -> None:
        loop = asyncio.get_running_loop()
        self._ends[work] = loop.time() + self.seconds
        if self._timer is None:
            self._timer = loop.call_later(self.seconds, self._look)

    def end(self, work: Deadline) -> None:
        self._ends.pop(work, None)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now, self._timer = loop.time(), None
        for work, ends in list(self._ends.items()):
            if ends > now:
                break
            del self._ends[work]
            work.expire()
        if self._ends:
            self._timer = loop.call_later(self.seconds / 4, self._look)


class Deadline:
    """Of one piece of work, within the task that began it."""

    __slots__ = ("_deadlines", "_expired", "_task", "_was_cancelled")

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self._expired = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a deadline needs a task")
        self._task, self._was_cancelled = task, task.cancelling()
        self._deadlines.begin(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._deadlines.end(self)
        # As `asyncio.timeout` does: a cancellation by others that came as well goes on.
        if self._expired and self._task.uncancel() <= self._was_cancelled and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def expire(self) -> None:
        self._expired = True
        self._task.cancel()
