"""Decides together what several callers ask of one thing at the same moment: one save instead of many that race.

While one batch of a key is under way, the next requests of that key gather; a lone request waits for no other. Each key
has its own line, so one busy tenant holds up no other.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from shared.errors import Unavailable

K = TypeVar("K", bound=Hashable)
A = TypeVar("A")
R = TypeVar("R")


class Batcher(Generic[K, A, R]):
    """`decide` gets a key and its requests, in the order of asking, and answers each, in the same order. What it raises
    is raised to every caller of that batch.

    A batch has at most `most` requests, and stops before one that takes its total `size` beyond `most_size`."""

    def __init__(
        self,
        decide: Callable[[K, list[A]], Awaitable[Sequence[R]]],
        *,
        most: int,
        most_size: int = 0,
        size: Callable[[A], int] = lambda _request: 0,
    ) -> None:
        self._decide = decide
        self._most = most
        self._most_size = most_size
        self._size = size
        self._waiting: defaultdict[K, deque[tuple[A, asyncio.Future[R]]]] = defaultdict(deque)
        self._working: dict[K, asyncio.Task[None]] = {}

    async def ask(self, key: K, request: A) -> R:
        """Raises `Unavailable("stopping")` if the process ends before the answer is known."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting[key].append((request, answer))
        if key not in self._working:
            self._working[key] = asyncio.create_task(self._work_off(key))
        return await answer

    async def _work_off(self, key: K) -> None:
        line = self._waiting[key]
        try:
            while line:
                await self._answer(key, self._take(line))
        finally:
            # No await since the line was seen empty: the next request starts a new task.
            del self._working[key], self._waiting[key]
            _fail([answer for _, answer in line], _stopping())

    def _take(self, line: deque[tuple[A, asyncio.Future[R]]]) -> list[tuple[A, asyncio.Future[R]]]:
        batch = [line.popleft()]
        size = self._size(batch[0][0])
        while line and len(batch) < self._most and (size := size + self._size(line[0][0])) <= self._most_size:
            batch.append(line.popleft())
        return batch

    async def _answer(self, key: K, batch: list[tuple[A, asyncio.Future[R]]]) -> None:
        answers = [answer for _, answer in batch]
        try:
            results = await self._decide(key, [request for request, _ in batch])
            pairs = list(zip(answers, results, strict=True))
        except Exception as error:  # noqa: BLE001 - every caller of the batch gets it
            _fail(answers, error)
            return
        except BaseException:
            _fail(answers, _stopping())
            raise
        for answer, result in pairs:
            if not answer.done():
                answer.set_result(result)


def _stopping() -> Unavailable:
    return Unavailable("stopping", "This process is stopping; try again.")


def _fail(answers: Sequence[asyncio.Future[R]], error: Exception) -> None:
    for answer in answers:
        if not answer.done():
            answer.set_exception(error)
