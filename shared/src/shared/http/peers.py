"""The address a request comes from, written one way: one caller is one address."""

from __future__ import annotations

import ipaddress

from starlette.requests import HTTPConnection


def peer_of(connection: HTTPConnection) -> str:
    """Behind a proxy the address that it names, if the process trusts it (FORWARDED_ALLOW_IPS); "" if unknown."""
    return plain_address(connection.client.host) if connection.client else ""


def plain_address(address: str) -> str:
    """IPv4 where an IPv6 socket shows it as `::ffff:192.0.2.1`: it is the same caller."""
    if ":" not in address:
        return address
    try:
        mapped = ipaddress.IPv6Address(address).ipv4_mapped
    except ValueError:
        return address
    return str(mapped) if mapped else address
