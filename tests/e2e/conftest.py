"""The same stories on one process with SQLite, and on a process per service with RabbitMQ and a MongoDB server."""

from collections.abc import AsyncIterator, Callable
from itertools import count

import pytest
import pytest_asyncio

from shared.testing.installation import Installation, Shop

_numbers = count(1)


@pytest_asyncio.fixture(
    scope="session",
    loop_scope="session",
    params=[pytest.param("embedded"), pytest.param("servers", marks=pytest.mark.servers)],
)
async def parley(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    folder = tmp_path_factory.mktemp(f"parley-{request.param}")
    servers = None
    if request.param == "servers":
        servers = request.getfixturevalue("rabbitmq_url"), request.getfixturevalue("mongodb_url")
    installation = Installation(folder, servers)
    await installation.start()
    yield installation
    await installation.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def shop(parley: Installation, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    """A tenant of its own for each test: nothing is cleaned between tests, nothing is shared."""
    yield await parley.shop(f"+1773200{next(_numbers):04}", quiet_seconds=0.2)
    await parley.world.ask("DELETE", "/faults")


@pytest.fixture
def customer() -> Callable[[], str]:
    """Fresh customers' numbers."""
    return lambda: f"+1312200{next(_numbers):04}"
