"""Mends one fault of PyMongo's asyncio client on Python 3.11, by which a client could hang until its process restarts.

While no server is there, the driver waits with `asyncio.wait_for` on a condition of its topology. Python 3.11 runs that
wait in a task of its own; when the caller is cancelled twice (a time-out, and the broker's channel closing at the same
moment) it leaves before that task has its lock back. The lock then stays locked with nobody to open it, and every later
call waits for ever. From 3.12 on `wait_for` makes no such task.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from typing import TypeVar

import pymongo.lock

T = TypeVar("T")


def wait_as_newer_pythons_do() -> None:
    if sys.version_info < (3, 12):
        pymongo.lock.wait_for = _wait_for  # pyright: ignore[reportPrivateImportUsage]


async def _wait_for(awaited: Awaitable[T], timeout: float | None) -> T:
    async with asyncio.timeout(timeout):
        return await awaited
