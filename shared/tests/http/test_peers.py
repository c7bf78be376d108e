"""One caller has one address, whichever socket it came by."""

import pytest
from starlette.requests import Request

from shared.http.peers import peer_of, plain_address


@pytest.mark.parametrize(
    ("seen", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::FFFF:c000:207", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("::1", "::1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("not:an:address", "not:an:address"),
        ("", ""),
    ],
)
def test_an_ipv4_caller_counts_by_its_ipv4_address(seen: str, counted: str):
    assert plain_address(seen) == counted
    assert peer_of(Request({"type": "http", "client": (seen, 1234)})) == counted


def test_without_a_peer_there_is_no_address():
    assert peer_of(Request({"type": "http", "client": None})) == ""
