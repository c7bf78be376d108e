"""Keeps the number of a tenant's things at or below a limit, whatever is made at the same time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from shared.aggregates.aggregate import Aggregates
from shared.aggregates.cause import Cause
from shared.aggregates.decision import Decision
from shared.errors import Refused
from shared.key_locks import KeyLocks
from shared.values import Value

S = TypeVar("S", bound=Value)
Count = Callable[[], Awaitable[int]]
Exists = Callable[[], Awaitable[bool]]


class New(Protocol):
    """A thing that is to be made."""

    async def exists(self) -> bool: ...

    async def make(self) -> bool:
        """Whether it is new: a repeat of the request makes nothing."""
        ...


class NewAggregate(Generic[S]):
    """`state` is as it is stored, once it was made."""

    def __init__(self, aggregates: Aggregates[S], id: str, state: S, cause: Cause) -> None:
        self._aggregates = aggregates
        self._id = id
        self._cause = cause
        self.state: S = state

    async def exists(self) -> bool:
        return await self._aggregates.get(self._id) is not None

    async def make(self) -> bool:
        change = await self._aggregates.change(
            self._id, self._cause, lambda known: None if known else Decision(self.state), publish_later=True
        )
        self.state = change.state or self.state
        return change.fresh


class Room:
    """Two processes may count at the same moment. So each counts again when its own thing is there, and takes it back
    if there are too many. Of requests that race for the last place perhaps none gets it, and never two. Only a crash
    between making and taking back leaves one too many."""

    def __init__(self, most: int, refusal: Callable[[int], Refused]) -> None:
        self.most = most
        self._refusal = refusal
        self._turns = KeyLocks()

    async def require(self, count: Count, exists: Exists) -> None:
        """Raises the refusal if no more fit. What exists already is not refused: a repeat gets its first answer."""
        if await count() >= self.most and not await exists():
            raise self._refusal(self.most)

    async def fill(self, owner: str, new: New, count: Count, take_back: Callable[[], Awaitable[object]]) -> None:
        """Make it, or raise the refusal. Requests of one process for one owner wait for each other."""
        async with self._turns.hold(owner):
            await self.require(count, new.exists)
            if await new.make() and await count() > self.most:
                await take_back()
                raise self._refusal(self.most)
