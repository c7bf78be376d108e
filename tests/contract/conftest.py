"""Fixtures of the contract suites: one per backend, so that the same test runs on each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from shared.testing.broker_harness import BrokerHarness, EmbeddedHarness, Names


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
async def harness(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[BrokerHarness]:
    chosen: BrokerHarness = EmbeddedHarness(tmp_path / "broker.sqlite")
    if request.param == "rabbitmq":
        pytest.skip("not yet")
    yield chosen
    await chosen.close()
