"""Deterministic simulation: one seed is one life. Real code runs on stores behind a gate, where it may be disturbed.

Two kinds of disturbance share what is here. `Unrest` lets others run first or kills the process, at random, at every
access. `Driver` parks every task at every access and alone decides which goes on, dies or freezes; so a life takes no
real time, and the same seed is always the same life.

A life ends with a judgement: the list of broken rules. A planted mistake takes one rule away from the real code, and
`first_caught` must find a seed under which it shows: a test that cannot fail proves nothing.
"""

from __future__ import annotations

import asyncio
import contextvars
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from shared.database.protocol import Collection, CollectionSpec, Database

QUIET_TURNS = 20
"""So many turns of the event loop without a step mean that all tasks are parked or done."""


class Crash(BaseException):
    """The process dies here. No handler for ordinary errors may catch it."""


class Disturbance(Protocol):
    async def around(
        self, collection: str, operation: str, call: Callable[[], Awaitable[Any]], arguments: tuple[Any, ...]
    ) -> Any:
        """Carries out one operation on a collection, with what may happen before and after it."""
        ...


class DisturbedCollection:
    """A collection, as the code under test sees it."""

    def __init__(self, inner: Collection, disturbance: Disturbance) -> None:
        self._inner, self._disturbance, self.spec = inner, disturbance, inner.spec

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        operation = getattr(self._inner, name)

        async def disturbed(*args: Any, **kwargs: Any) -> Any:
            call = partial(operation, *args, **kwargs)
            return await self._disturbance.around(self.spec.name, name, call, args)

        return disturbed


class DisturbedDatabase:
    def __init__(self, inner: Database, disturbance: Disturbance) -> None:
        self._inner, self._disturbance = inner, disturbance

    def collection(self, spec: CollectionSpec) -> DisturbedCollection:
        return DisturbedCollection(self._inner.collection(spec), self._disturbance)

    async def ping(self) -> None:
        return None


class Unrest:
    """At every point others may run first, or the process dies."""

    def __init__(self, seed: int, crashes: int = 40) -> None:
        self.random, self.crashes, self.on = random.Random(seed), crashes, True

    async def point(self) -> None:
        for _ in range(self.random.choice((0, 0, 1, 3))):
            await asyncio.sleep(0)
        if self.on and self.crashes and self.random.random() < 0.03:
            self.crashes -= 1
            raise Crash

    async def around(
        self, collection: str, operation: str, call: Callable[[], Awaitable[Any]], arguments: tuple[Any, ...]
    ) -> Any:
        await self.point()
        result = await call()
        await self.point()
        return result


@dataclass(eq=False)
class Task:
    """One thing that a process is doing."""

    what: Coroutine[Any, Any, None]
    immune: bool = False
    """Neither dies nor waits any more."""
    disturbed: bool = False
    frozen_until: float = 0
    running: asyncio.Task[None] | None = None


@dataclass(eq=False)
class Parked:
    task: Task
    go: asyncio.Future[None]

    def die(self) -> None:
        self.task.disturbed = True
        self.go.set_exception(Crash())

    def freeze(self, until: float) -> None:
        """It goes on from here to its next point, and stands still there."""
        self.task.disturbed, self.task.frozen_until = True, until


_CURRENT: contextvars.ContextVar[Task | None] = contextvars.ContextVar("task", default=None)


@dataclass
class Driver:
    """Runs tasks from point to point; between two points exactly one of them moves."""

    parked: list[Parked] = field(default_factory=list[Parked])
    tasks: list[Task] = field(default_factory=list[Task])
    _working: int = 0
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def pause(self) -> None:
        """A point where anything may happen: the driver decides when, and whether, the task goes on."""
        task = _CURRENT.get()
        if task is None or task.immune:
            return
        parked = Parked(task, asyncio.get_running_loop().create_future())
        self.parked.append(parked)
        await parked.go

    async def working(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """Real work on the store, which the driver waits for.

        One operation at a time: they run in threads, and the order in which two of them end would be chance."""
        self._working += 1
        self._idle.clear()
        try:
            async with self._one_at_a_time:
                return await call()
        finally:
            self._working -= 1
            if not self._working:
                self._idle.set()

    def make_immune(self) -> None:
        """The task that runs now sees its work through."""
        task = _CURRENT.get()
        assert task is not None
        task.immune = True

    def awake(self, now: float) -> list[Parked]:
        return [parked for parked in self.parked if parked.task.frozen_until <= now]

    def start(self, task: Task) -> None:
        async def run() -> None:
            _CURRENT.set(task)
            await task.what

        self.tasks.append(task)
        task.running = asyncio.create_task(run())

    def take(self, parked: Parked) -> None:
        self.parked.remove(parked)

    async def settle(self) -> list[tuple[Task, BaseException | None]]:
        """Until every task that may run is parked again or done. Returns those that are done, with their errors."""
        quiet = 0
        while quiet < QUIET_TURNS:
            before = len(self.parked)
            await (self._idle.wait() if self._working else asyncio.sleep(0))
            quiet = 0 if self._working or len(self.parked) != before else quiet + 1
        done = [task for task in self.tasks if task.running and task.running.done()]
        for task in done:
            self.tasks.remove(task)
        return [(task, _error_of(task)) for task in done]


def _error_of(task: Task) -> BaseException | None:
    assert task.running is not None
    return None if task.running.cancelled() else task.running.exception()


async def first_caught(live: Callable[[int], Awaitable[list[str]]], seeds: Iterable[int]) -> int | None:
    """The first seed under which a life breaks a rule; None if none does."""
    for seed in seeds:
        if await live(seed):
            return seed
    return None
