"""Parley as a whole, for stories: one process on SQLite, or a process per service on RabbitMQ and a MongoDB server.

One installation per session and kind, since starting seven processes takes a while; a tenant of its own for each test.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from testkit.installation import Installation
from testkit.shop import Shop

_numbers = iter(random.sample(range(2_000_000, 9_999_999), 10_000))
"""Random, as servers of the user's own may remember an earlier session."""


@pytest.fixture(scope="session")
def on_servers() -> list[Installation]:
    """Those that use the servers. A test that starts another stops them first, or each takes the other's messages."""
    return []


@pytest_asyncio.fixture(
    scope="session",
    loop_scope="session",
    params=[pytest.param("embedded"), pytest.param("servers", marks=pytest.mark.servers)],
)
async def parley(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, on_servers: list[Installation]
) -> AsyncIterator[Installation]:
    folder = tmp_path_factory.mktemp(f"parley-{request.param}")
    servers = None
    if request.param == "servers":
        servers = request.getfixturevalue("rabbitmq_url"), request.getfixturevalue("mongodb_url")
    installation = Installation(folder, servers)
    if servers:
        on_servers.append(installation)
    try:
        await installation.start()
        yield installation
    finally:
        await installation.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def open_shop(parley: Installation) -> AsyncIterator[Callable[..., Awaitable[Shop]]]:
    """Makes tenants that wait only briefly for the end of a customer's burst of texts; takes further settings."""
    yield lambda **settings: Shop(parley, f"+1773{next(_numbers)}").open(**{"quiet_seconds": 0.2, **settings})
    await parley.world.ask("DELETE", "/faults")
    await parley.resume()


@pytest_asyncio.fixture(loop_scope="session")
async def shop(open_shop: Callable[..., Awaitable[Shop]]) -> Shop:
    """A tenant of its own for each test: nothing is cleaned between tests, nothing is shared."""
    return await open_shop()


@pytest.fixture
def customer() -> Callable[[], str]:
    """Fresh customers' numbers."""
    return lambda: f"+1312{next(_numbers)}"
