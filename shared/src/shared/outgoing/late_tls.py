"""A transport of httpx2 that reads the certificate authorities with the first https request, not when it is made.

Reading them costs 30 ms and 1 MB, and httpx2 reads them anew for every client, although most installations ask some of
their servers never, or over plain HTTP.
"""

from __future__ import annotations

import httpx2


class LateTlsTransport(httpx2.AsyncBaseTransport):
    """Without any proxy, whatever the environment says."""

    def __init__(self) -> None:
        self._plain = httpx2.AsyncHTTPTransport(verify=False, trust_env=False)
        """For http addresses only: it would believe every certificate."""
        self._secure: httpx2.AsyncHTTPTransport | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.scheme == "http":
            return await self._plain.handle_async_request(request)
        if self._secure is None:
            self._secure = httpx2.AsyncHTTPTransport(trust_env=False)
        return await self._secure.handle_async_request(request)

    async def aclose(self) -> None:
        await self._plain.aclose()
        if self._secure:
            await self._secure.aclose()
