"""Reads the numbers and messaging profiles of a Telnyx account. Only reads; sender sends.

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
from typing import Any

import httpx2

from accounts.carrier.adapters.telnyx_account import CarrierAccount, TelnyxReader, key_refused
from accounts.carrier.domain import MessagingProfile, OwnedNumber
from shared import lenient_json
from shared.errors import Refused, Unavailable
from shared.events.accounts import Capability

PAGE_SIZE = 100
MOST_PAGES = 100
"""At most 10,000 numbers are read per request."""
_SECONDS = 10.0

Json = Mapping[str, Any]
_NOTHING: Json = {}


@dataclass(frozen=True)
class NumberPage:
    items: tuple[OwnedNumber, ...]
    next_page: int | None


class Telnyx:
    def __init__(self, default_base: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._reader = TelnyxReader(default_base, _SECONDS, transport)

    async def numbers(self, account: CarrierAccount, page: int = 1, size: int = PAGE_SIZE) -> NumberPage:
        """Raises `Refused` or `Unavailable`, as every request here does."""
        body = await self._get(account, "/phone_numbers", page, size)
        rows = [row for row in lenient_json.objects(body.get("data")) if row.get("phone_number")]
        return NumberPage(tuple(map(_number, rows)), _next(body, page))

    async def number(self, account: CarrierAccount, phone_number: str) -> OwnedNumber | None:
        """None if this account does not have it."""
        body = await self._get(account, "/phone_numbers", 1, PAGE_SIZE, {"filter[phone_number]": phone_number})
        rows = [row for row in lenient_json.objects(body.get("data")) if row.get("phone_number") == phone_number]
        return _number(rows[0]) if rows else None

    async def all_numbers(self, account: CarrierAccount) -> AsyncIterator[OwnedNumber]:
        page: int | None = 1
        while page is not None and page <= MOST_PAGES:
            found = await self.numbers(account, page)
            for number in found.items:
                yield number
            page = found.next_page

    async def capabilities(self, account: CarrierAccount) -> dict[str, tuple[Capability, ...]]:
        """What each number can carry. Numbers for which the carrier lists no features are missing."""
        known: dict[str, tuple[Capability, ...]] = {}
        page: int | None = 1
        while page is not None and page <= MOST_PAGES:
            body = await self._get(account, "/phone_numbers/messaging", page, PAGE_SIZE)
            rows = [row for row in lenient_json.objects(body.get("data")) if isinstance(row.get("features"), dict)]
            known |= {str(row.get("phone_number")): _capabilities(lenient_json.obj(row["features"])) for row in rows}
            page = _next(body, page)
        return known

    async def profiles(self, account: CarrierAccount) -> list[MessagingProfile]:
        """The first hundred."""
        body = await self._get(account, "/messaging_profiles", 1, PAGE_SIZE)
        return [_profile(row) for row in lenient_json.objects(body.get("data"))]

    async def profile(self, account: CarrierAccount, id: str) -> MessagingProfile | None:
        """None if this account has no such profile."""
        return next((profile for profile in await self.profiles(account) if profile.id == id), None)

    async def close(self) -> None:
        await self._reader.close()

    async def _get(
        self, account: CarrierAccount, path: str, page: int, size: int, only: dict[str, str] | None = None
    ) -> Json:
        params = {"page[number]": str(page), "page[size]": str(size), **(only or {})}
        response = await self._reader.get(account, path, params)
        body = lenient_json.document(response.content)
        if response.status_code == 200:
            return body
        raise _refusal(response, body)


def _refusal(response: httpx2.Response, body: Json) -> Exception:
    """By the carrier's own error code, since the HTTP status alone says little (`errors[].code` of its reference)."""
    first = next(iter(lenient_json.objects(body.get("errors"))), _NOTHING)
    code, title = str(first.get("code", "")), str(first.get("title") or f"HTTP {response.status_code}")
    if response.status_code == 429 or response.status_code >= 500:
        return Unavailable("carrier_away", f"The carrier answered: {title}. Try again later.", 10)
    if response.status_code == 401 or code == "10009":
        return key_refused()
    return Refused("carrier_refused", f"The carrier refused: {title}.")


def _number(row: Json) -> OwnedNumber:
    return OwnedNumber(
        phone_number=str(row["phone_number"]),
        status=str(row.get("status") or ""),
        kind=str(row.get("phone_number_type") or ""),
        messaging_profile_id=str(row.get("messaging_profile_id") or "") or None,
    )


def _capabilities(features: Json) -> tuple[Capability, ...]:
    """A number that can send, to any destination, has the capability."""
    kinds: tuple[Capability, ...] = ("sms", "mms")
    return tuple(kind for kind in kinds if _sends(lenient_json.obj(features.get(kind))))


def _sends(feature: Json) -> bool:
    return bool(feature.get("domestic_two_way") or feature.get("international_outbound"))


def _next(body: Json, page: int) -> int | None:
    pages = lenient_json.count(lenient_json.obj(body.get("meta")).get("total_pages"), most=1_000_000)
    return page + 1 if page < (pages or 1) else None


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
