"""A lock that asyncio does not have: "alone" against "side by side"."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Solo:
    """Many tasks may work together; a task that must be alone waits for them and keeps new ones out."""

    def __init__(self) -> None:
        self._together = 0
        self._alone = asyncio.Lock()
        self._empty = asyncio.Event()
        self._empty.set()

    async def __aenter__(self) -> None:
        """Together with others."""
        if self._alone.locked():
            async with self._alone:
                self._enter()
        else:
            self._enter()

    async def __aexit__(self, *_: object) -> None:
        self._together -= 1
        if not self._together:
            self._empty.set()

    def _enter(self) -> None:
        self._together += 1
        self._empty.clear()

    @asynccontextmanager
    async def alone(self) -> AsyncGenerator[None]:
        async with self._alone:
            await self._empty.wait()
            yield
