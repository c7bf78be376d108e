"""Fixtures of the contract suites: one per backend, so that the same test runs on each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from testkit.contract.broker_harness import BrokerHarness, EmbeddedHarness, LinkHarness, Names, RabbitHarness


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture(params=["embedded", "link", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[BrokerHarness]:
    chosen: BrokerHarness
    if request.param == "rabbitmq":
        chosen = RabbitHarness(request.getfixturevalue("rabbitmq_url"))
    elif request.param == "link":
        chosen = LinkHarness(tmp_path / "broker.sqlite")
    else:
        chosen = EmbeddedHarness(tmp_path / "broker.sqlite")
    yield chosen
    await chosen.close()
