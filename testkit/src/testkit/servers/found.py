"""What a test gets when it asks for a real server: one, or the reason there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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


def first_found(name: str, ways: Iterable[Callable[[], TestServer | Missing]]) -> TestServer | Missing:
    """What the first way gives that has one; `Missing` says what was tried."""
    tried: list[str] = []
    for way in ways:
        found = way()
        if isinstance(found, TestServer):
            return found
        tried.append(found.reason)
    return Missing(f"no {name}: " + "; ".join(tried))
