"""One service's own process: what it makes of its settings before it begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from shared.service.process import run
from shared.settings import PlatformSettings

SERVERS = {"broker_url": "amqp://127.0.0.1:1/", "database_url": "mongodb://127.0.0.1:1/"}
SECRET = "a secret of thirty-two characters or more"


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A process sets up its logs for good; the next test is another process."""
    yield
    structlog.reset_defaults()


def built_with(**given: Any) -> PlatformSettings:
    """The settings a service is built with; nothing is started."""

    class Built(Exception):
        pass

    def build(settings: PlatformSettings, _platform: Any) -> Any:
        raise Built(settings)

    settings = PlatformSettings(_env_file=None, **SERVERS, secret_key=SECRET, **given)  # pyright: ignore[reportCallIssue, reportArgumentType]
    with pytest.raises(Built) as caught:
        run(build, settings)
    return caught.value.args[0]


def test_a_service_alone_has_no_sandbox_beside_it():
    """With neither carrier nor model configured, "auto" is on where everything runs in one process; here, nothing
    answers under /sandbox."""
    assert built_with().sandbox_is_on is False


def test_who_asks_for_the_sandbox_gets_what_they_ask_for():
    assert built_with(sandbox="on").sandbox_is_on is True


def test_embedded_storage_belongs_to_the_all_in_one():
    with pytest.raises(SystemExit, match="make run"):
        run(lambda _settings, _platform: pytest.fail("built"), PlatformSettings(_env_file=None))  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize("secret", ["", "short", f"{SECRET},short"])
def test_a_secret_that_could_be_guessed_is_said_in_a_sentence(secret: str):
    settings = PlatformSettings(_env_file=None, **SERVERS, secret_key=secret)  # pyright: ignore[reportCallIssue, reportArgumentType]
    with pytest.raises(SystemExit, match=r"Cannot start: .*SECRET_KEY.*32 characters"):
        run(lambda _settings, _platform: pytest.fail("built"), settings)
