"""Fixtures every member's tests may use, and the rule about servers: missing is a loud skip, and a failure in CI."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator

import pytest

from testkit.servers import Missing, TestServer


def _serve(kind: str, module: str) -> Iterator[str]:
    found: TestServer | Missing = importlib.import_module(f"testkit.{module}").acquire()
    if isinstance(found, Missing):
        if os.environ.get("CI"):
            pytest.fail(f"{kind} is needed in CI: {found.reason}", pytrace=False)
        pytest.skip(f"NO {kind.upper()}: {found.reason}")
    yield found.url
    found.stop()


@pytest.fixture(scope="session")
def rabbitmq_url() -> Iterator[str]:
    yield from _serve("RabbitMQ", "rabbitmq_server")


@pytest.fixture(scope="session")
def mongodb_url() -> Iterator[str]:
    yield from _serve("MongoDB", "mongo_server")
