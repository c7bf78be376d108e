"""What a test gets when it asks for a real server: one, or the reason there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class TestServer:
    """A server tests may use; `how` says where it came from, `stop` undoes whatever starting it took."""

    __test__ = False  # not a test class, whatever its name says to pytest

    kind: str
    url: str
    version: str
    how: str
    stop: Callable[[], None]


@dataclass(frozen=True)
class Missing:
    """No server: shown when its tests are skipped, and what they fail with in CI."""

    reason: str
