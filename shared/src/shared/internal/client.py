"""How services read each other: pages over HTTP, with a token signed by the installation's secret.

For reading, and for hints that may be lost (`post`). A change of another service's data goes through an event.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from urllib.parse import quote

import httpx2

from shared import tracing
from shared.clock import Clock
from shared.errors import Invalid, NotFound, ParleyError, Refused, Unavailable
from shared.keyring import Keyring

_TOKEN_SECONDS = 300
OWNER_AWAY = "A part of the service does not answer; try again in a moment."
"""For callers; which part, and what it answered, goes to the log."""
PAGE_SIZE = 500
_NO_REFUSALS: Mapping[int, type[ParleyError]] = {}
_REFUSALS: Mapping[int, type[ParleyError]] = {409: Refused, 422: Invalid}


class InternalClient:
    """`base_url` maps a service's name to where it listens. In one process the transport needs no socket."""

    def __init__(
        self,
        keyring: Keyring,
        clock: Clock,
        base_url: Callable[[str], str],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._keyring = keyring
        self._clock = clock
        self._base_url = base_url
        self._http = httpx2.AsyncClient(transport=transport, timeout=5.0, trust_env=False)

    async def get(self, service: str, path: str, key: str | None = None, /, **params: str) -> dict[str, Any]:
        """GET `/internal/<service>/<path>` or `…/<path>/<key>`; the key may be any text, a caller's too.

        Raises `NotFound`, or `Unavailable` if the owner does not answer.
        """
        segments = [*path.split("/"), *([] if key is None else [key])]
        return (await self._ask("GET", service, segments, params=params)).json()

    async def post(self, service: str, path: str, hint: dict[str, Any]) -> None:
        """POST a hint that may be lost. Raises as `get` does."""
        await self._ask("POST", service, path.split("/"), json=hint)

    async def call(self, service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST a request whose effect the answer confirms: it is recorded there. Raises as `get` does."""
        return (await self._ask("POST", service, path.split("/"), json=body)).json()

    async def order(self, service: str, *segments: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST a person's request to the service that decides on it, at `/internal/<service>/<segments…>`.

        Raises as `get` does, and `Refused` or `Invalid` with the owner's words.
        """
        return (await self._ask("POST", service, list(segments), json=body, refusals=_REFUSALS)).json()

    async def _ask(
        self,
        method: str,
        service: str,
        segments: list[str],
        *,
        refusals: Mapping[int, type[ParleyError]] = _NO_REFUSALS,
        **more: Any,
    ) -> httpx2.Response:
        url = f"{self._base_url(service)}/internal/{service}/{'/'.join(map(_quoted, segments))}"
        token = self._keyring.token({"kind": "internal", "exp": int(self._clock.now().timestamp()) + _TOKEN_SECONDS})
        headers = {"authorization": f"Bearer {token}"}
        if here := tracing.traceparent():
            headers["traceparent"] = here
        try:
            response = await self._http.request(method, url, headers=headers, **more)
        except httpx2.HTTPError as error:
            what = f"{service} does not answer at {self._base_url(service)}: {type(error).__name__}"
            raise Unavailable("owner_away", OWNER_AWAY, operator_detail=what) from None
        if response.status_code == 404:
            raise NotFound("not_found", f"{service} knows no such row of {segments[0]}")
        if refusal := refusals.get(response.status_code):
            code, detail = (str(response.json()[name]) for name in ("code", "detail"))
            raise refusal(code, detail)
        if not response.is_success:
            raise Unavailable("owner_away", OWNER_AWAY, operator_detail=f"{service} answered {response.status_code}")
        return response

    async def rows(self, service: str, path: str) -> AsyncIterator[dict[str, Any]]:
        """Every row of a paged list, in the owner's order."""
        cursor = ""
        while True:
            page = await self.get(service, path, limit=str(PAGE_SIZE), cursor=cursor)
            for row in page["items"]:
                yield row
            if not page["next_cursor"]:
                return
            cursor = page["next_cursor"]

    async def close(self) -> None:
        await self._http.aclose()


def _quoted(segment: str) -> str:
    """One path segment. Raises `NotFound` for `.`, `..` and the empty one.

    No row has such a key, and clients and proxies resolve them: the request would reach another resource.
    """
    try:
        if segment not in ("", ".", ".."):
            return quote(segment, safe="")
    except UnicodeEncodeError:  # half a surrogate pair
        pass
    raise NotFound("not_found", "no row has such a key")
