"""Waiting in tests: until something is true, with a bound; never a bare sleep."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from inspect import isawaitable

_LONGEST_PAUSE = 0.05


async def eventually(
    condition: Callable[[], object] | Callable[[], Awaitable[object]], within: float = 10.0, what: str = ""
) -> None:
    """Return as soon as `condition` is truthy (or asserts without failing); fail with its last words after `within`."""
    deadline = time.monotonic() + within
    pause = 0.001
    while True:
        try:
            result = condition()
            if isawaitable(result):
                result = await result
            if result or result is None:
                return
            complaint: AssertionError | None = None
        except AssertionError as error:
            complaint = error
        if time.monotonic() > deadline:
            raise complaint or AssertionError(f"not within {within} s: {what or condition}")
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
