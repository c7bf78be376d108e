"""Waiting for something to become true, with a bound: never a bare sleep."""

from __future__ import annotations

import asyncio
import inspect
import os
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

T = TypeVar("T")
PATIENCE = float(os.environ.get("TEST_PATIENCE", "3" if os.environ.get("CI") else "1"))
"""How much longer than written every wait may take: a busy CI machine is slow, not wrong."""


async def eventually(check: Callable[[], Awaitable[T] | T], within: float = 10.0, every: float = 0.02) -> T:
    """Repeat `check` until it returns something true without raising; then return that.

    After `within` seconds (times PATIENCE) the last AssertionError (or "was still false") is raised.
    """
    deadline = time.monotonic() + within * PATIENCE
    while True:
        failure: BaseException | None = None
        try:
            answer = check()
            result = cast("T", await answer if inspect.isawaitable(answer) else answer)
            if result:
                return result
        except (AssertionError, OSError, LookupError) as error:
            failure = error
        if time.monotonic() > deadline:
            raise failure or AssertionError(f"still false after {within} s: {check}")
        await asyncio.sleep(every)
