"""Services read each other by key, whatever a caller wrote as the key."""

from __future__ import annotations

import httpx2
import pytest

from shared.clock import ManualClock
from shared.errors import Invalid, NotFound, ParleyError, Refused, Unavailable
from shared.internal.client import InternalClient
from shared.keyring import Keyring

HOST = "http://10.1.2.3:8080"


class Owner:
    """Answers every request, and remembers the path as it came over the wire."""

    def __init__(self, status: int = 200, **problem: str) -> None:
        self.status = status
        self.problem = problem
        self.asked: list[str] = []
        transport = httpx2.MockTransport(self._answer)
        self.client = InternalClient(Keyring("k" * 32), ManualClock(), lambda _service: HOST, transport)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url.raw_path.decode())
        if self.status == 0:
            raise httpx2.ConnectError(f"cannot reach {HOST}")
        return httpx2.Response(self.status, json={"id": "x", **self.problem})


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("usr_1", "usr_1"),
        ("ten|+1202", "ten%7C%2B1202"),
        ("../tenants", "..%2Ftenants"),
        ("a?b#c", "a%3Fb%23c"),
        ("%2e%2e", "%252e%252e"),
        ("...", "..."),
        ("Аптека", "%D0%90%D0%BF%D1%82%D0%B5%D0%BA%D0%B0"),
    ],
)
async def test_a_key_is_one_segment_of_the_path_whatever_is_in_it(key: str, path: str) -> None:
    owner = Owner()
    await owner.client.get("accounts", "users", key)
    assert owner.asked == [f"/internal/accounts/users/{path}"]


@pytest.mark.parametrize("key", [".", "..", "", "\ud800"])
async def test_a_key_that_would_name_another_resource_is_no_row_and_nobody_is_asked(key: str) -> None:
    owner = Owner()
    with pytest.raises(NotFound):
        await owner.client.get("accounts", "users", key)
    assert owner.asked == []


@pytest.mark.parametrize("status", [0, 500, 401])
async def test_a_caller_learns_that_the_owner_is_away_and_nothing_about_its_address(status: int) -> None:
    with pytest.raises(Unavailable) as away:
        await Owner(status).client.get("accounts", "users", "usr_1")
    assert away.value.code == "owner_away"
    assert away.value.detail == "A part of the service does not answer; try again in a moment."
    assert "accounts" in away.value.operator_detail


@pytest.mark.parametrize(("status", "kind"), [(409, Refused), (422, Invalid), (503, Unavailable), (404, NotFound)])
async def test_what_the_owner_refuses_a_person_is_refused_with_its_words(status: int, kind: type[ParleyError]) -> None:
    with pytest.raises(kind) as refused:
        await Owner(status, code="too_old", detail="discard it").client.order("sender", "letters", "a/b", body={})
    if kind in (Refused, Invalid):
        assert (refused.value.code, refused.value.detail) == ("too_old", "discard it")
