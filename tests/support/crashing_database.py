"""A process that dies before one chosen access to its database or broker: so also right after the one before it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

_READS_AND_WRITES = frozenset(
    {
        "get",
        "insert",
        "insert_many",
        "put",
        "put_many",
        "replace",
        "replace_many",
        "find",
        "count",
        "count_by",
        "count_few_by",
        "delete",
    }
)


class Died(BaseException):
    """No `except Exception` of the product survives it."""


class Mortal:
    """Counts accesses, and dies at the chosen one. Afterwards every access dies: nothing of a dead process goes on."""

    def __init__(self) -> None:
        self._left: int | None = None
        self.dead = False

    def die_at(self, access: int) -> None:
        """Counted from now on."""
        self._left = access

    async def access(self, act: Callable[[], Awaitable[Any]]) -> Any:
        if self.dead:
            raise Died
        if self._left is None or self._left > 1:
            self._left = self._left and self._left - 1
            return await act()
        self.dead = True
        raise Died


class MortalDatabase:
    """The database as a mortal process sees it; what was written stays."""

    def __init__(self, database: Any, life: Mortal) -> None:
        self._database = database
        self._life = life

    def collection(self, spec: Any) -> Any:
        return _MortalCollection(self._database.collection(spec), self._life)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


class _MortalCollection:
    def __init__(self, collection: Any, life: Mortal) -> None:
        self._collection = collection
        self._life = life

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._collection, name)
        if name not in _READS_AND_WRITES:
            return found

        async def access(*args: Any, **named: Any) -> Any:
            return await self._life.access(lambda: found(*args, **named))

        return access


class MortalBroker:
    def __init__(self, broker: Any, life: Mortal) -> None:
        self._broker = broker
        self._life = life

    async def publish(self, message: Any) -> None:
        await self._life.access(lambda: self._broker.publish(message))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._broker, name)
