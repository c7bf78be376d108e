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

    @asynccontextmanager
    async def together(self) -> AsyncGenerator[None]:
        async with self._alone:
            self._together += 1
            self._empty.clear()
        try:
            yield
        finally:
            self._together -= 1
            if not self._together:
                self._empty.set()

    @asynccontextmanager
    async def alone(self) -> AsyncGenerator[None]:
        async with self._alone:
            await self._empty.wait()
            yield
