"""Requests to servers of others: each is made once, as it is, and its answer read whole.

The client of httpx2 does for every request what none of ours wants (cookies, authentication, redirects, hooks), which
costs as much as the request itself. Its requests, answers, errors and the port for transports are used as they are.
"""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

import httpx2

from shared.outgoing.transport import DirectTransport

PLAIN_HEADERS = {"accept": "application/json", "accept-encoding": "gzip, deflate", "user-agent": "parley"}
_MAX_CONNECTIONS, _KEEPALIVE_SECONDS = 100, 5.0


class Outgoing:
    def __init__(self, transport: httpx2.AsyncBaseTransport) -> None:
        self._transport = transport

    async def ask(self, request: httpx2.Request) -> httpx2.Response:
        """Whatever its status. Raises `httpx2.TransportError` or `httpx2.DecodingError` where no answer came."""
        response = await self._transport.handle_async_request(request)
        try:
            await response.aread()
        finally:
            await response.aclose()
        return response

    async def close(self) -> None:
        await self._transport.aclose()


def outgoing_request(
    method: str, url: httpx2.URL, headers: dict[str, str], body: bytes, timeout: httpx2.Timeout
) -> httpx2.Request:
    """Raises `ValueError` if a header cannot be sent."""
    return httpx2.Request(method, url, headers=headers, content=body, extensions={"timeout": timeout.as_dict()})


def transport_to(url: httpx2.URL, *, trust_env: bool) -> httpx2.AsyncBaseTransport:
    """Through the proxy that the environment names for this address, if `trust_env` (`HTTPS_PROXY`, `NO_PROXY`…)."""
    proxy = _proxy_for(url) if trust_env else None
    if proxy is None:
        return DirectTransport(_MAX_CONNECTIONS, _KEEPALIVE_SECONDS, trust_env=trust_env)
    limits = httpx2.Limits(max_connections=_MAX_CONNECTIONS, keepalive_expiry=_KEEPALIVE_SECONDS)
    return httpx2.AsyncHTTPTransport(limits=limits, proxy=proxy)


def _proxy_for(url: httpx2.URL) -> str | None:
    named = getproxies()
    proxy = named.get(url.scheme) or named.get("all")
    return proxy if proxy and not proxy_bypass(url.host) else None
