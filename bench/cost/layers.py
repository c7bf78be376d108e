"""Layers around a broker and a database that count each call and pass it on unchanged.

They know the protocols by their names only: a call that the protocols gain later is counted as a write and passed on.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, cast

from bench.cost.tally import BY_TIMER, Kind, Tally
from shared.aggregates.joint import JointSave, SavedTogether
from shared.broker.protocol import Broker, Delivery, Handle, Message
from shared.database.protocol import Collection, CollectionSpec, Database, Page

_FREE = {"start", "close", "ping", "server_time", "clear"}
"""Calls of a database that no text makes."""
COMMANDS: ContextVar[list[str] | None] = ContextVar("commands", default=None)
"""Where the database's driver notes the commands of the call that is under way."""


class CountedCollection:
    def __init__(self, inner: Collection, service: str, tally: Tally) -> None:
        self._inner = inner
        self._service = service
        self._tally = tally
        self._calls: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name not in self._calls:
            found = getattr(self._inner, name)
            self._calls[name] = self._counted(name, found) if inspect.iscoroutinefunction(found) else found
        return self._calls[name]

    def _counted(self, name: str, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        kind, place = _kind_of(name), f"{self._service}: {self._inner.spec.name}"

        @functools.wraps(call)
        async def counted(*args: Any, **more: Any) -> Any:
            commands: list[str] = []
            token = COMMANDS.set(commands)
            try:
                with self._tally.busy():
                    answer = await call(*args, **more)
            finally:
                COMMANDS.reset(token)
            if answer.items if isinstance(answer, Page) else answer:
                BY_TIMER.set(False)  # there is work: what follows is done for it
            self._tally.count(kind, place)
            self._tally.count("round trips", place, len(commands))
            return answer

        return counted


def _kind_of(name: str) -> Kind:
    if name.startswith("get"):
        return "gets"
    return "finds" if name.startswith(("find", "count", "sum")) else "writes"


class CountedDatabase:
    def __init__(self, inner: Database, service: str, tally: Tally) -> None:
        self._inner = inner
        self._service = service
        self._tally = tally
        self._collections: dict[str, CountedCollection] = {}

    def joint(self, make: Callable[[Database], JointSave | None]) -> JointSave | None:
        """What `make` gives for the database inside, counted."""
        joint = make(self._inner)
        return CountedJointSave(joint, self._service, self._tally) if joint else None

    def collection(self, spec: CollectionSpec) -> Collection:
        inner = self._inner.collection(spec)
        if spec.name not in self._collections:
            self._collections[spec.name] = CountedCollection(inner, self._service, self._tally)
        return cast("Collection", self._collections[spec.name])

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name in _FREE or not inspect.iscoroutinefunction(found):
            return found

        @functools.wraps(found)
        async def counted(*args: Any, **more: Any) -> Any:
            commands: list[str] = []
            token = COMMANDS.set(commands)
            try:
                with self._tally.busy():
                    return await found(*args, **more)
            finally:
                COMMANDS.reset(token)
                self._tally.count("writes", f"{self._service}: {name}")
                self._tally.count("round trips", f"{self._service}: {name}", len(commands))

        return counted


class CountedJointSave:
    """A document with its effects: one write, and an event for each message."""

    def __init__(self, inner: JointSave, service: str, tally: Tally) -> None:
        self._inner = inner
        self._service = service
        self._tally = tally

    async def save(self, what: SavedTogether) -> bool:
        with self._tally.busy():
            saved = await self._inner.save(what)
        self._tally.count("writes", f"{self._service}: {what.collection} with effects")
        if saved:
            for message in what.messages:
                self._tally.count("events", message.routing_key)
        return saved


class CountedBroker:
    def __init__(self, inner: Broker, tally: Tally) -> None:
        self._inner = inner
        self._tally = tally

    async def publish(self, message: Message) -> None:
        self._tally.count("events", message.routing_key)
        with self._tally.busy():
            await self._inner.publish(message)

    async def publish_transient(self, message: Message) -> None:
        self._tally.count("live frames", message.routing_key.partition(".")[0])
        with self._tally.busy():
            await self._inner.publish_transient(message)

    async def subscribe(self, queue: str, handle: Handle, **more: Any) -> Any:
        async def counted(delivery: Delivery) -> None:
            BY_TIMER.set(False)
            with self._tally.busy():
                await handle(delivery)
            self._tally.count("handlings", queue)

        return await self._inner.subscribe(queue, counted, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
