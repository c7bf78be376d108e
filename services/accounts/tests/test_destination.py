"""A connection says where its texts go, so that nobody texts real phones from a sandbox by mistake."""

from __future__ import annotations

import pytest

from accounts.tenants.addresses import SANDBOX, Addresses

HERE = Addresses("https://sms.example.com", "https://api.telnyx.com/v2", "http://127.0.0.1:8080/sandbox/")


@pytest.mark.parametrize(
    ("api_base", "named"),
    [
        ("http://127.0.0.1:8080/sandbox/telnyx/v2", None),
        (None, "api.telnyx.com"),
        ("https://api.telnyx.com/v2", "api.telnyx.com"),
        ("http://127.0.0.1:8080.evil.example/sandbox/", "127.0.0.1:8080.evil.example"),
    ],
)
def test_the_destination_names_the_carrier_or_the_sandbox(api_base: str | None, named: str | None):
    told = HERE.destination(api_base)
    assert told == SANDBOX if named is None else f"the carrier at {named}; real phones" in told


async def test_the_api_shows_it(world):
    tenant = await world.tenant()
    id = await world.connection(tenant)
    read = await world.ask("GET", f"/tenants/{tenant}/connections/{id}")
    assert "real phones" in read.json()["texts_go_to"]
