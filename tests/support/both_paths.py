"""Carriers post to a path with the id of a connection, or to a plain one: what tests of both share."""

from __future__ import annotations

import pytest

BOTH_PATHS = pytest.mark.parametrize("plain", [False, True], ids=["by connection", "by number"])


def path_of(world, plain: bool) -> str:
    return "" if plain else f"/{world.connection}"


def assert_refused(response, status: int, code: str | None = None) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert code is None or response.json()["code"] == code
