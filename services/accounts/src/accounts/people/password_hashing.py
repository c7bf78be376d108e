"""Passwords as Argon2id hashes, computed in threads: a hash takes tens of milliseconds, and webhooks must not wait.

An unknown user, or one without a password, costs as much time as a wrong password, so that timing reveals nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.errors import Unavailable

T = TypeVar("T")

AT_ONCE = 2
MOST_WAITING = 64
_DECOY_PASSWORD = "a password that is never used"  # noqa: S105 - it protects nothing


class PasswordHashing:
    """19 MiB, two passes, one lane: OWASP's setting for Argon2id."""

    def __init__(self, *, memory_kib: int = 19_456, passes: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        return await self._in_turn(self._hasher.hash, password)

    async def verify(self, kept: str | None, password: str) -> bool:
        """False without a stored hash too, after the same work. Raises `Unavailable` while too many wait."""
        if self._decoy is None:
            self._decoy = await self.hash(_DECOY_PASSWORD)
        right = await self._in_turn(self._matches, kept or self._decoy, password)
        return right and kept is not None

    def _matches(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[..., T], *arguments: str) -> T:
        if self._waiting >= MOST_WAITING:
            raise Unavailable("busy", "Too many people are signing in at once; try again in a moment.", 2)
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._waiting -= 1
