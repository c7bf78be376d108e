"""Fixtures of the contract suites: one per backend, so that the same test runs on each."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.testing import rabbitmq_server
from shared.testing.broker_harness import BrokerHarness, EmbeddedHarness, Names, RabbitHarness
from shared.testing.servers import Missing


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture(scope="session")
def rabbitmq_url() -> Iterator[str]:
    server = rabbitmq_server.acquire()
    if isinstance(server, Missing):
        if os.environ.get("CI") == "true":
            pytest.fail(server.reason)
        pytest.skip(server.reason)
    yield server.url
    server.stop()


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[BrokerHarness]:
    chosen: BrokerHarness
    if request.param == "rabbitmq":
        chosen = RabbitHarness(request.getfixturevalue("rabbitmq_url"))
    else:
        chosen = EmbeddedHarness(tmp_path / "broker.sqlite")
    yield chosen
    await chosen.close()
