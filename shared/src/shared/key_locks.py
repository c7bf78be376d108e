"""A lock that asyncio does not have: one per key. Saves work within a process; no rule depends on it."""

from __future__ import annotations

import asyncio
from types import TracebackType


class _Place:
    """A key that is held. It gets a real lock with the second who wants it: nearly all have no second."""

    __slots__ = ("lock", "users")

    def __init__(self) -> None:
        self.users = 1
        self.lock: asyncio.Lock | None = None


class KeyLocks:
    """At most one holder per key; a key that is neither held nor waited for costs nothing."""

    def __init__(self) -> None:
        self.places: dict[str, _Place] = {}

    def hold(self, key: str) -> Hold:
        return Hold(self.places, key)


class Hold:
    __slots__ = ("_key", "_place", "_places")

    def __init__(self, places: dict[str, _Place], key: str) -> None:
        self._places = places
        self._key = key

    async def __aenter__(self) -> None:
        place = self._places.get(self._key)
        if place is None:
            self._place = self._places[self._key] = _Place()
            return
        self._place = place
        place.users += 1
        try:
            if place.lock is None:
                place.lock = asyncio.Lock()
                await place.lock.acquire()  # at once, for the one who holds the key now
            await place.lock.acquire()
        except BaseException:
            self._leave()
            raise

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._place.lock is not None:
            self._place.lock.release()
        self._leave()

    def _leave(self) -> None:
        self._place.users -= 1
        if not self._place.users:
            del self._places[self._key]
