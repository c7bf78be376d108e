"""Fetches what came with an inbound text from the address that its sender named.

The address is hostile: a tenant can sign texts of its own connection and name any address in them. So only hosts of the
internet are reached, by the address that is connected to (`shared.outgoing.guarded`), each redirect anew; the whole
takes a bounded time and a bounded number of bytes, compressed or not; and the content must be of a type that is taken.
The one exception are servers that the operator named: the carrier's API and the sandbox's pretend carrier.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import httpx2

from conversation.domain.media.item import Missing
from conversation.domain.media.types import MediaType, found_type
from shared.errors import Invalid
from shared.outgoing.asking import outgoing_request
from shared.outgoing.guarded import GuardedTransport, is_forbidden
from shared.outgoing.reach import Reach
from shared.outgoing.transport import DirectTransport, TooLong

MOST_BYTES = 5 * 1024 * 1024
"""Carriers deliver about 1 MB; some numbers take more."""
MOST_REDIRECTS = 3
TOTAL_SECONDS, CONNECT_SECONDS, SILENT_SECONDS = 30.0, 5.0, 10.0
"""From beginning to end, redirects included: a server that sends a byte now and then is given up too."""
_HEADERS = {"accept": "*/*", "accept-encoding": "identity", "user-agent": "parley"}
_TIMEOUT = httpx2.Timeout(SILENT_SECONDS, connect=CONNECT_SECONDS)
_OK = 200
_GONE = frozenset({401, 403, 404, 410, 451})
_MAY_COME_YET = frozenset({403, 404})
"""A link may work a moment after its webhook."""


@dataclass(frozen=True)
class Loaded:
    content: bytes
    type: MediaType


class NotLoaded(Exception):
    """`again`: a later try may go better."""

    def __init__(self, reason: Missing, *, again: bool = False) -> None:
        super().__init__(reason)
        self.reason: Missing = reason
        self.again = again


@dataclass(frozen=True)
class Servers:
    """Which servers are asked. `trusted` are beginnings of addresses that the operator named, each ending in `/`."""

    reach: Reach
    trusted: Sequence[str] = ()

    def trusts(self, url: str) -> bool:
        plain = _with_digits(url)
        return "/.." not in plain and any(plain.startswith(_with_digits(beginning)) for beginning in self.trusted)


class Fetcher:
    """`transport` is for tests: it stands for all servers, after their addresses have been checked."""

    def __init__(self, servers: Servers, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._servers = servers
        self._outside = transport or GuardedTransport(servers.reach, MOST_BYTES)
        self._trusted = transport or DirectTransport(10, 5.0, longest_answer=MOST_BYTES)

    async def fetch(self, url: str, declared: str) -> Loaded:
        """The content, of a type that is taken. `declared`: what the carrier says it is. Raises `NotLoaded`."""
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                response = await self._followed(url)
        except TooLong:
            raise NotLoaded("too_large") from None
        except (TimeoutError, httpx2.TransportError, httpx2.DecodingError, OSError) as error:
            if is_forbidden(error):
                raise NotLoaded("forbidden_address") from None
            raise NotLoaded("not_reachable", again=True) from None
        _check_status(response.status_code)
        found = found_type(response.content, declared or response.headers.get("content-type", ""))
        if found is None:
            raise NotLoaded("wrong_type")
        return Loaded(response.content, found)

    async def close(self) -> None:
        await self._outside.aclose()
        await self._trusted.aclose()

    async def _followed(self, url: str) -> httpx2.Response:
        for _ in range(1 + MOST_REDIRECTS):
            response = await self._asked(url)
            location = response.headers.get("location")
            if not (response.is_redirect and location):
                return response
            try:
                url = str(httpx2.URL(url).join(location))
            except (httpx2.InvalidURL, ValueError):
                raise NotLoaded("bad_address") from None
        raise NotLoaded("not_reachable", again=True)

    async def _asked(self, url: str) -> httpx2.Response:
        trusted = self._servers.trusts(url)
        try:
            target = httpx2.URL(url) if trusted else self._servers.reach.url(url)
        except (httpx2.InvalidURL, ValueError):
            raise NotLoaded("bad_address") from None
        except Invalid as error:
            raise NotLoaded("bad_address" if error.code == "bad_url" else "forbidden_address") from None
        transport = self._trusted if trusted else self._outside
        return await transport.handle_async_request(outgoing_request("GET", target, _HEADERS, b"", _TIMEOUT))


def _check_status(status: int) -> None:
    if status in _GONE:
        raise NotLoaded("gone", again=status in _MAY_COME_YET)
    if status != _OK:
        raise NotLoaded("not_reachable", again=True)


def _with_digits(url: str) -> str:
    """One spelling of this machine."""
    scheme, mark, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    name, colon, port = host.partition(":")
    digits = "127.0.0.1" if name.lower() == "localhost" else name.lower()
    return f"{scheme.lower()}{mark}{digits}{colon}{port}{slash}{path}"
