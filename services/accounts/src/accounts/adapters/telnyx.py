"""What a Telnyx account says about itself: its numbers and messaging profiles. Reading only; sender does the sending.

A row of `GET /v2/phone_numbers`:
    {"phone_number": "+13125550001", "status": "active", "phone_number_type": "local",
     "messaging_profile_id": "40019664-b1b0-4e53-b383-05c32381d135"}
A row of `GET /v2/phone_numbers/messaging`; a feature that is not enabled is null:
    {"phone_number": "+13125550001", "features": {"sms": {"domestic_two_way": true, "international_inbound": true,
     "international_outbound": true}, "mms": null}}
`GET /v2/messaging_profiles/{id}`:
    {"data": {"id": "40019664-…", "name": "Corner Bakery", "enabled": true, "webhook_url": "https://…",
     "webhook_api_version": "2", "redaction_enabled": false, "redaction_level": 1}}
A refusal:
    {"errors": [{"code": "10009", "title": "Authentication failed", "detail": "…"}]}
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import httpx2
import orjson

from accounts.carrier.domain import MessagingProfile, OwnedNumber
from shared.errors import Refused, Unavailable
from shared.events.accounts import Capability

PAGE_SIZE = 100
MOST_PAGES = 100
"""Nobody reads more than 10,000 numbers in one request."""
_TIMEOUT = httpx2.Timeout(10.0, connect=5.0)

Json = Mapping[str, Any]
_NOTHING: Json = {}


@dataclass(frozen=True)
class Access:
    api_key: str
    api_base: str | None

    @property
    def headers(self) -> dict[str, str]:
        """Raises `Refused` for a key that no header can carry: the carrier would not take it either."""
        if not self.api_key.isascii():
            raise _key_refused()
        return {"authorization": f"Bearer {self.api_key}", "accept": "application/json"}


@dataclass(frozen=True)
class NumberPage:
    items: tuple[OwnedNumber, ...]
    next_page: int | None


class Telnyx:
    def __init__(self, default_base: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._default_base = default_base
        self._http = httpx2.AsyncClient(transport=transport, timeout=_TIMEOUT, trust_env=False, follow_redirects=False)

    async def numbers(self, access: Access, page: int = 1, size: int = PAGE_SIZE) -> NumberPage:
        """Raises `Refused` or `Unavailable`, as everything here does."""
        body = await self._get(access, "/phone_numbers", page, size)
        rows = [row for row in _list(body.get("data")) if row.get("phone_number")]
        return NumberPage(tuple(map(_number, rows)), _next(body, page))

    async def number(self, access: Access, phone_number: str) -> OwnedNumber | None:
        """None if this account does not have it."""
        body = await self._get(access, "/phone_numbers", 1, PAGE_SIZE, {"filter[phone_number]": phone_number})
        rows = [row for row in _list(body.get("data")) if row.get("phone_number") == phone_number]
        return _number(rows[0]) if rows else None

    async def all_numbers(self, access: Access) -> AsyncIterator[OwnedNumber]:
        page: int | None = 1
        while page is not None and page <= MOST_PAGES:
            found = await self.numbers(access, page)
            for number in found.items:
                yield number
            page = found.next_page

    async def capabilities(self, access: Access) -> dict[str, tuple[Capability, ...]]:
        """What the numbers can carry, of those about which the carrier says it."""
        known: dict[str, tuple[Capability, ...]] = {}
        page: int | None = 1
        while page is not None and page <= MOST_PAGES:
            body = await self._get(access, "/phone_numbers/messaging", page, PAGE_SIZE)
            rows = [row for row in _list(body.get("data")) if isinstance(row.get("features"), dict)]
            known |= {str(row.get("phone_number")): _capabilities(_object(row["features"])) for row in rows}
            page = _next(body, page)
        return known

    async def profiles(self, access: Access) -> list[MessagingProfile]:
        """The first hundred."""
        body = await self._get(access, "/messaging_profiles", 1, PAGE_SIZE)
        return [_profile(row) for row in _list(body.get("data"))]

    async def profile(self, access: Access, id: str) -> MessagingProfile | None:
        """None if this account has no such profile."""
        return next((profile for profile in await self.profiles(access) if profile.id == id), None)

    async def close(self) -> None:
        await self._http.aclose()

    async def _get(self, access: Access, path: str, page: int, size: int, only: dict[str, str] | None = None) -> Json:
        url = (access.api_base or self._default_base).rstrip("/") + path
        params = {"page[number]": str(page), "page[size]": str(size), **(only or {})}
        try:
            response = await self._http.get(url, params=params, headers=access.headers)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Unavailable("carrier_away", f"the carrier does not answer: {type(error).__name__}", 5) from None
        body = _body(response)
        if response.status_code == 200:
            return body
        raise _refusal(response, body)


def _refusal(response: httpx2.Response, body: Json) -> Exception:
    """By the carrier's own code; a status alone says little (`errors[].code` of its reference)."""
    first = next(iter(_list(body.get("errors"))), _NOTHING)
    code, said = str(first.get("code", "")), str(first.get("title") or f"HTTP {response.status_code}")
    if response.status_code == 429 or response.status_code >= 500:
        return Unavailable("carrier_away", f"the carrier says: {said}; try again later", 10)
    if response.status_code == 401 or code == "10009":
        return _key_refused()
    return Refused("carrier_refused", f"the carrier says: {said}")


def _key_refused() -> Refused:
    return Refused("carrier_key_refused", "the carrier does not accept this connection's API key; enter another")


def _number(row: Json) -> OwnedNumber:
    return OwnedNumber(
        phone_number=str(row["phone_number"]),
        status=str(row.get("status") or ""),
        kind=str(row.get("phone_number_type") or ""),
        messaging_profile_id=str(row.get("messaging_profile_id") or "") or None,
    )


def _capabilities(features: Json) -> tuple[Capability, ...]:
    """Sending is what counts, wherever to."""
    kinds: tuple[Capability, ...] = ("sms", "mms")
    return tuple(kind for kind in kinds if _sends(_object(features.get(kind))))


def _sends(feature: Json) -> bool:
    return bool(feature.get("domestic_two_way") or feature.get("international_outbound"))


def _next(body: Json, page: int) -> int | None:
    return page + 1 if page < int(_object(body.get("meta")).get("total_pages") or 1) else None


def _profile(row: Json) -> MessagingProfile:
    hides = bool(row.get("redaction_enabled")) and str(row.get("redaction_level") or "1") == "2"
    return MessagingProfile(
        id=str(row.get("id") or ""),
        name=str(row.get("name") or ""),
        enabled=bool(row.get("enabled")),
        webhook_url=str(row.get("webhook_url") or ""),
        webhook_api_version=str(row.get("webhook_api_version") or ""),
        hides_texts=hides,
    )


def _body(response: httpx2.Response) -> Json:
    try:
        return _object(orjson.loads(response.content))
    except orjson.JSONDecodeError:
        return {}


def _object(value: Any) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


def _list(value: Any) -> list[Json]:
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return [_object(item) for item in items if isinstance(item, dict)]
