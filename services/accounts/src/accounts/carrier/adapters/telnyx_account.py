"""One account at Telnyx, and how it is asked: with its key, at its address, and no answer is a trouble that passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from shared.errors import Refused, Unavailable
from shared.outgoing.late_tls import LateTlsTransport


@dataclass(frozen=True)
class CarrierAccount:
    api_key: str
    api_base: str | None

    @property
    def headers(self) -> dict[str, str]:
        """Raises `Refused` for a key that an HTTP header cannot carry."""
        if not self.api_key.isascii():
            raise key_refused()
        return {"authorization": f"Bearer {self.api_key}", "accept": "application/json"}


class TelnyxReader:
    """`default_base` is for accounts without an address of their own."""

    def __init__(self, default_base: str, seconds: float, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._default_base = default_base
        self._http = httpx2.AsyncClient(
            transport=transport or LateTlsTransport(),
            timeout=httpx2.Timeout(seconds, connect=5.0),
            trust_env=False,
            follow_redirects=False,
        )

    async def get(self, account: CarrierAccount, path: str, params: Mapping[str, str]) -> httpx2.Response:
        """An answer of any status. Raises `Unavailable` if there is none."""
        url = (account.api_base or self._default_base).rstrip("/") + path
        try:
            return await self._http.get(url, params=dict(params), headers=account.headers)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Unavailable(
                "carrier_away",
                "The carrier does not answer; try again later.",
                5,
                operator_detail=f"{url}: {type(error).__name__}",
            ) from None

    async def close(self) -> None:
        await self._http.aclose()


def key_refused() -> Refused:
    return Refused("carrier_key_refused", "The carrier does not accept this connection's API key; enter another.")
