"""Telnyx's `GET /v2/detail_records`: what the carrier reports it carried and charged, page by page.

A row:
    {"uuid": "40319664-…", "direction": "outbound", "cli": "+13125550001", "cld": "+12015550123", "parts": 2,
     "cost": "0.0140", "currency": "USD", "created_at": "2026-03-01T12:00:00.250+00:00", "status": "delivered",
     "delivery_status_webhook_url": "https://parley.example/webhooks/telnyx/con_…?t=ten_…&m=msg_…&k=…"}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2

from accounts.billing.domain.reconciliation import CarrierRow
from accounts.carrier.adapters.telnyx_account import CarrierAccount, TelnyxReader, key_refused
from shared import lenient_json
from shared.errors import Refused, Unavailable

PAGE_SIZE = 250
_SECONDS = 30.0

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Window:
    """When the carrier saw the messages: `start` included, `end` not."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class RecordPage:
    rows: list[CarrierRow]
    more: bool


class DetailRecords:
    def __init__(self, default_base: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._reader = TelnyxReader(default_base, _SECONDS, transport)

    async def page(self, account: CarrierAccount, window: Window, number: int) -> RecordPage:
        """Oldest first, so that new rows shift no page. Raises `Refused` or `Unavailable`."""
        params = {
            "filter[record_type]": "messaging",
            "filter[created_at][gte]": window.start.isoformat(),
            "filter[created_at][lt]": window.end.isoformat(),
            "page[number]": str(number),
            "page[size]": str(PAGE_SIZE),
            "sort": "created_at",
        }
        return _page(_answer(await self._reader.get(account, "/detail_records", params)), number)

    async def close(self) -> None:
        await self._reader.close()


def _answer(response: httpx2.Response) -> Json:
    status = response.status_code
    if status == 429 or status >= 500 or status == 408:
        raise Unavailable(
            "carrier_away", f"The carrier answered {status}; the request is repeated later.", _wait(response)
        )
    if status in (401, 403):
        raise key_refused()
    if status != 200:
        raise Refused("carrier_refused", f"The carrier refused to list its records (HTTP {status}).")
    body = lenient_json.document(response.content)
    if not isinstance(body.get("data"), list):
        # The error page of a proxy must not look like a day without messages.
        raise Unavailable(
            "carrier_unreadable", "The carrier's answer cannot be read; the request is repeated later.", 5
        )
    return body


def _page(body: Json, number: int) -> RecordPage:
    raw = lenient_json.objects(body["data"])
    pages = lenient_json.count(lenient_json.obj(body.get("meta")).get("total_pages"), most=1_000_000)
    more = number < pages if pages is not None else bool(raw)
    return RecordPage([row for row in map(_row, raw) if row], more)


def _row(row: Json) -> CarrierRow | None:
    """None for a row without message id or time."""
    uuid = lenient_json.word(row.get("uuid")) or lenient_json.word(row.get("id"))
    created_at = lenient_json.moment(row.get("created_at"))
    if not uuid or created_at is None:
        return None
    inbound = str(row.get("direction") or "").lower() == "inbound"
    sender, recipient = str(row.get("cli") or ""), str(row.get("cld") or "")
    return CarrierRow(
        uuid=uuid,
        direction="inbound" if inbound else "outbound",
        number=recipient if inbound else sender,
        contact=sender if inbound else recipient,
        created_at=created_at,
        webhook_url=str(row.get("delivery_status_webhook_url") or ""),
        parts=lenient_json.count(row.get("parts")),
        cost_nano=lenient_json.billionths(row.get("cost")),
        currency=str(row.get("currency") or "USD"),
    )


def _wait(response: httpx2.Response) -> float:
    try:
        return min(60.0, max(0.1, float(response.headers.get("retry-after", "5"))))
    except ValueError:
        return 5.0
