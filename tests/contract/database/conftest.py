"""The same tests on SQLite in memory, SQLite in a file, and servers that speak the MongoDB protocol.

These are the one that `mongodb` finds (the stories run on it) and SecantusDB (the tests that kill the database do).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from shared.database.mongodb.database import MongoDatabase
from shared.database.protocol import Collection, Database
from shared.database.sqlite.database import EmbeddedDatabase
from testkit.contract.database_contract import NAME, DatabaseBackend, own_spec
from testkit.servers import secantus
from testkit.servers.found import TestServer


def _memory(_request: pytest.FixtureRequest) -> DatabaseBackend:
    return DatabaseBackend("memory", lambda: EmbeddedDatabase(None))


def _file(request: pytest.FixtureRequest) -> DatabaseBackend:
    path: Path = request.getfixturevalue("tmp_path")
    return DatabaseBackend("file", lambda: EmbeddedDatabase(path / "contract.sqlite"))


def _mongodb(request: pytest.FixtureRequest) -> DatabaseBackend:
    server: TestServer = request.getfixturevalue("mongodb")
    if server.how == secantus.NAME:
        return _secantus_at(server.url)
    return DatabaseBackend("mongodb", lambda: MongoDatabase(server.url, NAME, "parley-contract-tests"))


def _secantus(request: pytest.FixtureRequest) -> DatabaseBackend:
    return _secantus_at(request.getfixturevalue("secantus_server").url)


def _secantus_at(url: str) -> DatabaseBackend:
    # It compares every document with every value: a thousand take it seconds, ten thousand half a minute.
    return DatabaseBackend("secantus", lambda: MongoDatabase(url, NAME, "parley-contract-tests"), 1000)


_BACKENDS: dict[str, Callable[[pytest.FixtureRequest], DatabaseBackend]] = {
    "memory": _memory,
    "file": _file,
    "mongodb": _mongodb,
    "secantus": _secantus,
}
_SERVERS = [
    pytest.param("mongodb", marks=pytest.mark.mongodb),
    pytest.param("secantus", marks=pytest.mark.mongodb),
]
_PARAMS = ["memory", "file", *_SERVERS]


@pytest.fixture(scope="session", params=_SERVERS)
def mongodb_url(request: pytest.FixtureRequest) -> str:
    """Of each of these servers in turn."""
    server = request.getfixturevalue({"mongodb": "mongodb", "secantus": "secantus_server"}[request.param])
    return server.url


@pytest.fixture(params=_PARAMS)
def backend(request: pytest.FixtureRequest) -> DatabaseBackend:
    return _BACKENDS[request.param](request)


@pytest.fixture
async def database(backend: DatabaseBackend) -> AsyncIterator[Database]:
    database = backend.open()
    await database.start()
    yield database
    await database.close()


@pytest.fixture
async def things(database: Database) -> Collection:
    """An empty collection of this test's own."""
    collection = database.collection(own_spec())
    await database.start()
    return collection


@pytest.fixture
async def backend_open(backend: DatabaseBackend, database: Database) -> AsyncIterator[list[Database]]:
    """Another database object on the same data; in memory there is only the one."""
    if backend.name == "memory":
        yield [database]
        return
    other = backend.open()
    await other.start()
    yield [other]
    await other.close()
