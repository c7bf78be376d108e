"""Telnyx's `GET /v2/detail_records`: what the carrier says it carried and charged, page by page.

A row:
    {"uuid": "40319664-…", "direction": "outbound", "cli": "+13125550001", "cld": "+12015550123", "parts": 2,
     "cost": "0.0140", "currency": "USD", "created_at": "2026-03-01T12:00:00.250+00:00", "status": "delivered",
     "delivery_status_webhook_url": "https://parley.example/webhooks/telnyx/con_…?t=ten_…&m=msg_…&k=…"}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import httpx2
import orjson

from accounts.adapters.telnyx import Access
from accounts.billing.domain.reconciliation import CarrierRow
from shared.errors import Refused, Unavailable
from shared.money import NANO

PAGE_SIZE = 250
_TIMEOUT = httpx2.Timeout(30.0, connect=5.0)

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Window:
    """From when to when (not included) the carrier saw the messages."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class RecordPage:
    rows: list[CarrierRow]
    more: bool


class DetailRecords:
    def __init__(self, default_base: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._default_base = default_base
        self._http = httpx2.AsyncClient(transport=transport, timeout=_TIMEOUT, trust_env=False, follow_redirects=False)

    async def page(self, access: Access, window: Window, number: int) -> RecordPage:
        """Oldest first, so that what is added meanwhile moves no page. Raises `Refused` or `Unavailable`."""
        params = {
            "filter[record_type]": "messaging",
            "filter[created_at][gte]": window.start.isoformat(),
            "filter[created_at][lt]": window.end.isoformat(),
            "page[number]": str(number),
            "page[size]": str(PAGE_SIZE),
            "sort": "created_at",
        }
        url = (access.api_base or self._default_base).rstrip("/") + "/detail_records"
        try:
            response = await self._http.get(url, params=params, headers=access.headers)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Unavailable("carrier_away", f"the carrier does not answer: {type(error).__name__}", 5) from None
        return _page(_answer(response), number)

    async def close(self) -> None:
        await self._http.aclose()


def _answer(response: httpx2.Response) -> Json:
    status = response.status_code
    if status == 429 or status >= 500 or status == 408:
        raise Unavailable("carrier_away", f"the carrier answers {status}; tried again later", _wait(response))
    if status in (401, 403):
        raise Refused("carrier_key_refused", "the carrier does not accept this connection's API key; enter another")
    if status != 200:
        raise Refused("carrier_refused", f"the carrier refuses to show its records: {status}")
    try:
        body: Any = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict) or not isinstance(cast("Json", body).get("data"), list):
        # A proxy's error page must not pass for a day without messages.
        raise Unavailable("carrier_unreadable", "the carrier's answer cannot be read; tried again later", 5)
    return cast("Json", body)


def _page(body: Json, number: int) -> RecordPage:
    raw = [cast("Json", row) for row in cast("list[Any]", body["data"]) if isinstance(row, dict)]
    meta = body.get("meta")
    pages = cast("Json", meta).get("total_pages") if isinstance(meta, dict) else None
    more = number < pages if isinstance(pages, int) else bool(raw)
    return RecordPage([row for row in map(_row, raw) if row], more)


def _row(row: Json) -> CarrierRow | None:
    """None for what names no message or time."""
    uuid, created_at = row.get("uuid") or row.get("id"), _moment(row.get("created_at"))
    if not uuid or created_at is None:
        return None
    inbound = str(row.get("direction") or "").lower() == "inbound"
    sender, recipient = str(row.get("cli") or ""), str(row.get("cld") or "")
    return CarrierRow(
        uuid=str(uuid),
        direction="inbound" if inbound else "outbound",
        number=recipient if inbound else sender,
        contact=sender if inbound else recipient,
        created_at=created_at,
        webhook_url=str(row.get("delivery_status_webhook_url") or ""),
        parts=row["parts"] if type(row.get("parts")) is int else None,
        cost_nano=_nano(row.get("cost")),
        currency=str(row.get("currency") or "USD"),
    )


def _nano(amount: Any) -> int | None:
    if amount is None:
        return None
    try:
        return int(Decimal(str(amount)) * NANO)
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _wait(response: httpx2.Response) -> float:
    try:
        return min(60.0, max(0.1, float(response.headers.get("retry-after", "5"))))
    except ValueError:
        return 5.0
