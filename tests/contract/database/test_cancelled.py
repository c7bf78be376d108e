"""A call that waits for MongoDB may be cancelled, more than once, without a trace left in the client."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from shared.database.mongodb.database import MongoDatabase
from shared.errors import StoreUnavailable
from testkit.ports import free_port


async def test_a_wait_for_the_server_that_is_cancelled_twice_leaves_the_client_usable() -> None:
    """As when a handler's time is up and the broker's channel closes in the same moment: both servers were killed."""
    database = MongoDatabase(f"mongodb://127.0.0.1:{free_port()}/", "nowhere", "cancelled")
    with pytest.raises(StoreUnavailable):
        await database.start()
    waiting = [asyncio.create_task(database.server_time()) for _ in range(5)]
    await asyncio.sleep(0.2)  # until each of them waits for a server
    for _ in range(3):
        for task in waiting:
            task.cancel()
        await asyncio.sleep(0)
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*waiting, return_exceptions=True)
    async with asyncio.timeout(30):
        with pytest.raises(StoreUnavailable):
            await database.server_time()
    await database.close()
