"""Which tenant has a number, and which keys sign for a connection: our copies first, then the owner, accounts.

A row is also remembered in the process for one second, which spares two reads per webhook under load. That is safe,
because a memory alone never refuses a webhook: the owner is asked before every no. A row that is a second old can only
name the owner of a second ago, and only if that owner's key signed the webhook. While our own database is away an older
row serves too, so that the broker alone is enough.
"""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

from shared.clock import Clock
from shared.errors import StoreUnavailable, Unavailable
from shared.events import ConnectionChanged, NumberChanged
from shared.events.envelope import EventData
from shared.internal.read_models import ReadModel

T = TypeVar("T", bound=EventData)

REMEMBERED_SECONDS = 1.0
WITHOUT_STORE_SECONDS = 3600.0
_REMEMBERED_ROWS = 10_000
_OWN_STORE_SECONDS = 0.3
_OWNER_SECONDS = 0.6
_ASKING_AT_ONCE = 16
"""Strangers can make us ask. This bound keeps them from flooding the owner."""


class Shelf(Generic[T]):
    """One read model with a short memory in front of it."""

    def __init__(self, model: ReadModel[T], clock: Clock) -> None:
        self._model = model
        self._clock = clock
        self._recent: dict[str, tuple[float, T]] = {}
        self._slots = asyncio.Semaphore(_ASKING_AT_ONCE)

    async def get(self, key: str) -> T | None:
        """The row from memory, our copy or the owner. Raises `Unavailable` if only an absent owner knows."""
        remembered, age = self._remembered(key)
        if remembered and age < REMEMBERED_SECONDS:
            return remembered
        try:
            row = await self._own(key)
        except (StoreUnavailable, TimeoutError):
            row = None
            if remembered and age < WITHOUT_STORE_SECONDS:
                return remembered
        return self._remember(key, row) if row else await self.ask(key)

    def remembers(self, key: str) -> bool:
        """Whether it was genuine a moment ago."""
        remembered, age = self._remembered(key)
        return remembered is not None and age < REMEMBERED_SECONDS

    async def has(self, key: str) -> bool:
        """Whether our own copy has it. The owner is not asked."""
        try:
            return self._remembered(key)[0] is not None or await self._own(key) is not None
        except (StoreUnavailable, TimeoutError):
            return False

    async def ask(self, key: str) -> T | None:
        """The row as the owner has it now. Raises `Unavailable`."""
        try:
            async with asyncio.timeout(_OWNER_SECONDS), self._slots:
                return self._remember(key, await self._model.ask(key))
        except TimeoutError:
            raise Unavailable("owner_away", f"the owner of {self._model.name} does not answer in time") from None

    async def _own(self, key: str) -> T | None:
        async with asyncio.timeout(_OWN_STORE_SECONDS):
            return await self._model.known(key)

    def _remembered(self, key: str) -> tuple[T | None, float]:
        """The row as last seen, and how many seconds ago."""
        since, row = self._recent.get(key, (0.0, None))
        return row, self._clock.monotonic() - since

    def _remember(self, key: str, row: T | None) -> T | None:
        if row is not None:
            if len(self._recent) >= _REMEMBERED_ROWS:
                self._recent.clear()
            self._recent[key] = (self._clock.monotonic(), row)
        return row


class Directory:
    def __init__(
        self, connections: ReadModel[ConnectionChanged], numbers: ReadModel[NumberChanged], clock: Clock
    ) -> None:
        self.connections = Shelf(connections, clock)
        self.numbers = Shelf(numbers, clock)
