"""Requests to addresses that came from a tenant or a customer: they reach nothing but what `Reach` allows.

The address is checked as the socket for it is made, and no other socket is made. So it makes no difference what the
host name resolved to before or resolves to later. Redirects are not followed: a caller that follows one makes a new
request, and its connection is checked again. Proxies are not used: a proxy would resolve the name itself.
"""

from __future__ import annotations

import socket
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx2

from shared.outgoing.reach import Reach
from shared.outgoing.transport import Connecting, DirectTransport

if TYPE_CHECKING:
    from aiohttp.abc import AbstractResolver

_CONNECTIONS, _KEEPALIVE_SECONDS = 200, 5.0


class ForbiddenAddress(OSError):
    """The host resolves to an address that these requests may not reach. Its text is constant: of several addresses
    that are all refused, the connector then raises the first refusal as it is."""

    def __init__(self) -> None:
        super().__init__("the host's address is not one that may be reached")


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Answers are read whole, up to `longest_answer` bytes. A refused address is a `httpx2.ConnectError` whose cause is
    a `ForbiddenAddress` (`is_forbidden`). `resolver` is for tests."""

    def __init__(
        self, reach: Reach, longest_answer: int | None = None, resolver: AbstractResolver | None = None
    ) -> None:
        self._by_scheme = {
            scheme: DirectTransport(
                _CONNECTIONS,
                _KEEPALIVE_SECONDS,
                trust_env=True,
                longest_answer=longest_answer,
                connecting=Connecting(partial(_socket, reach, scheme == "https"), partial(_resolver, resolver)),
            )
            for scheme in ("http", "https")
        }

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Raises as `DirectTransport` does."""
        transport = self._by_scheme.get(request.url.scheme)
        if transport is None:
            raise httpx2.UnsupportedProtocol("not http and not https")
        return await transport.handle_async_request(request)

    async def aclose(self) -> None:
        for transport in self._by_scheme.values():
            await transport.aclose()


def is_forbidden(error: BaseException | None) -> bool:
    """Whether a request failed because its address is not allowed."""
    while error is not None:
        if isinstance(error, ForbiddenAddress):
            return True
        error = error.__cause__
    return False


def _socket(reach: Reach, secure: bool, found: tuple[Any, ...]) -> socket.socket:
    family, kind, protocol, _, target = found
    if not reach.allows(str(target[0]), int(target[1]), secure=secure):
        raise ForbiddenAddress
    return socket.socket(family=family, type=kind, proto=protocol)


def _resolver(given: AbstractResolver | None) -> AbstractResolver:
    from shared.outgoing.own_threads import OwnThreadsResolver  # needs aiohttp, which is loaded with the first request

    return given or OwnThreadsResolver()
