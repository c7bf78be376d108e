"""Which addresses a request may go to when its address came from a tenant or a customer.

Such an address must not reach our own network (server-side request forgery). A host name proves nothing: its owner
decides what it resolves to, and may decide anew for every look-up. So the check belongs to the address that is
connected to (`guarded.py`). What the text alone shows is refused here, so that a person reads it at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx2

from shared.errors import Invalid

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
MAX_URL = 2000
_HTTPS, _FIRST_UNPRIVILEGED, _LAST_PORT = 443, 1024, 65_535
_IPV4_SPECIAL = (
    ip_network("192.0.0.0/24"),  # protocol assignments, and one cloud's metadata
    ip_network("192.88.99.0/24"),  # 6to4 relays
    ip_network("168.63.129.16/32"),  # a public address that reaches the host of a virtual machine (Azure)
)
_IPV6_UNICAST = ip_network("2000::/3")
"""All that has been given out <https://www.iana.org/assignments/ipv6-unicast-address-assignments>. Mapped IPv4 and the
prefixes of NAT64 lie outside."""
_IPV6_SPECIAL = (
    ip_network("2001::/23"),  # Teredo and other protocols
    ip_network("2001:db8::/32"),  # documentation
    ip_network("2002::/16"),  # 6to4: holds an IPv4 address
    ip_network("3fff::/20"),  # documentation
)


def is_public(address: Address) -> bool:
    """Whether this is a host of the internet, seen from everywhere alike."""
    if isinstance(address, IPv4Address):
        ordinary = address.is_global and not address.is_multicast and not address.is_reserved
        return ordinary and not any(address in network for network in _IPV4_SPECIAL)
    return address in _IPV6_UNICAST and not any(address in network for network in _IPV6_SPECIAL)


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, by comma. Raises `ValueError`."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


@dataclass(frozen=True)
class Reach:
    """Public addresses by https at port 443 or from 1024 on, and whatever the operator permits besides."""

    permitted: tuple[Network, ...] = ()
    """Networks of the operator's own: by http too, at any port."""

    def allows(self, address: str, port: int, *, secure: bool) -> bool:
        """An address as a connection names it: digits, never a host name."""
        try:
            target = ip_address(address)
        except ValueError:  # an IPv6 address with a zone: link-local
            return False
        if any(target in network for network in self.permitted):
            return True
        return secure and _is_open(port) and is_public(target)

    def url(self, text: str) -> httpx2.URL:
        """Raises `Invalid`: `bad_url`, `https_only`, `forbidden_port`, `forbidden_address`."""
        url = _parsed(text)
        secure = url.scheme == "https"
        port = url.port or (_HTTPS if secure else 80)
        literal = _literal(url.host)
        if literal is not None and any(literal in network for network in self.permitted):
            return url
        if not secure and (literal is not None or not self.permitted):
            raise Invalid("https_only", "Give an address that begins with https://.")
        if secure and not _is_open(port):
            raise Invalid("forbidden_port", "Use port 443, or one from 1024 on.")
        if literal is not None and not is_public(literal):
            raise Invalid("forbidden_address", "Give the address of a host on the internet.")
        return url


def _is_open(port: int) -> bool:
    return port == _HTTPS or port >= _FIRST_UNPRIVILEGED


def _parsed(text: str) -> httpx2.URL:
    if len(text) > MAX_URL or not text.isascii() or not text.isprintable() or " " in text:
        raise Invalid("bad_url", f"An address has at most {MAX_URL} characters, ASCII, without spaces.")
    try:
        url = httpx2.URL(text)
    except (httpx2.InvalidURL, ValueError):
        raise Invalid("bad_url", "This is no address.") from None
    if url.scheme not in ("http", "https") or not url.host or (url.port or 0) > _LAST_PORT:
        raise Invalid("bad_url", "Give an address that begins with https:// and names a host.")
    if url.userinfo or url.fragment:
        raise Invalid("bad_url", "Give an address without a user name, a password and a fragment (#).")
    return url


def _literal(host: str) -> Address | None:
    """The address that this host is, if it is one. Raises `Invalid` for other spellings of an IPv4 address."""
    if host.rstrip(".").lower() == "localhost" or host.rstrip(".").lower().endswith(".localhost"):
        return IPv4Address("127.0.0.1")
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        pass
    last = host.rstrip(".").rpartition(".")[2]
    if last.isdigit() or last.lower().startswith("0x"):  # resolvers take 127.1 and 0x7f000001 as addresses
        raise Invalid("bad_url", "Write an IPv4 address as four numbers.")
    return None
