"""Fixtures every member's tests may use, and the rule about servers: missing is a loud skip, and a failure in CI."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from shared.database.mongodb.database import MongoDatabase
from shared.database.protocol import Database
from shared.database.sqlite.database import EmbeddedDatabase
from testkit.missing import missing
from testkit.servers import mongodb as mongodb_server
from testkit.servers import rabbitmq, secantus
from testkit.servers.found import Missing, TestServer


def _serve(kind: str, found: TestServer | Missing) -> Iterator[TestServer]:
    if isinstance(found, Missing):
        missing(kind, found.reason)
    yield found
    found.stop()


@pytest.fixture(scope="session")
def rabbitmq_url() -> Iterator[str]:
    for server in _serve("RabbitMQ", rabbitmq.acquire()):
        yield server.url


@pytest.fixture(scope="session")
def mongodb() -> Iterator[TestServer]:
    """Whichever server that speaks the MongoDB protocol is to be had."""
    yield from _serve("MongoDB", mongodb_server.acquire())


@pytest.fixture(scope="session")
def mongodb_url(mongodb: TestServer) -> str:
    return mongodb.url


@pytest.fixture(params=["embedded", pytest.param("mongodb", marks=pytest.mark.mongodb)])
async def either_database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """An empty database of either kind. Not started: a test's stores name their collections first."""
    if request.param == "mongodb":
        name = f"parley_either_{uuid.uuid4().hex[:8]}"
        database: Database = MongoDatabase(request.getfixturevalue("mongodb_url"), name, "either-test")
    else:
        database = EmbeddedDatabase(None)
    yield database
    await database.clear()
    await database.close()


@pytest.fixture(scope="session")
def secantus_server() -> Iterator[secantus.SecantusServer]:
    """The durable stand-in, for the tests of a session that leave it alive."""
    yield from _own_secantus()


@pytest.fixture
def own_secantus() -> Iterator[secantus.SecantusServer]:
    """A durable database that this test alone uses, and may kill."""
    yield from _own_secantus()


@pytest.fixture
def own_rabbitmq() -> Iterator[rabbitmq.LocalNode]:
    """A broker that this test alone uses, and may kill."""
    found = rabbitmq.install()
    if found is not None:
        missing("RabbitMQ of our own, which may be killed", found)
    node = rabbitmq.LocalNode()
    node.start()
    yield node
    node.remove()


def _own_secantus() -> Iterator[secantus.SecantusServer]:
    failure = secantus.install()
    if failure is not None:
        missing("SecantusDB", failure)
    server = secantus.SecantusServer()
    server.start()
    yield server
    server.remove()
