"""Telnyx's `POST /v2/messages` and `GET /v2/detail_records`. Exactly one request per call: no retries, no redirects.

Answer to a send:
    {"data": {"id": "40319664-…", "to": [{"phone_number": "+13125550002", "status": "queued"}], "parts": 1,
     "encoding": "GSM-7", "cost": {"amount": "0.0160", "currency": "USD"},
     "cost_breakdown": {"carrier_fee": {"amount": "0.01200", …}, "rate": {"amount": "0.00400", …}}}}
Refusal:
    {"errors": [{"code": "40300", "title": "Blocked due to STOP message", "detail": "…"}]}
A row of the detail records:
    {"uuid": "…", "cli": "+1312…", "cld": "+1312…", "parts": 1, "cost": "0.0160", "currency": "USD",
     "delivery_status_webhook_url": "https://…/webhooks/telnyx/con_…?t=…&m=msg_…&k=…"}
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast
from urllib.parse import parse_qs

import httpx2
import orjson
import structlog

from sender.adapters.telnyx_codes import MEANINGS, Meaning
from sender.domain.message import Message
from sender.domain.outcome import SendOutcome
from sender.sending.carrier import CarrierAccount, RecordSearch, Request
from shared import lenient_json
from shared.errors import Unavailable
from shared.events import CarrierError
from shared.events.links import ReceiptToken
from shared.outgoing.asking import PLAIN_HEADERS, Outgoing, outgoing_request
from shared.outgoing.transport import DirectTransport

log = structlog.get_logger()

WRITE_SECONDS, READ_SECONDS, SLOWEST_CONNECT_SECONDS = 5.0, 20.0, 5.0
LONGEST_SECONDS = 40.0
"""For a request and its whole answer: shorter than a lease, and longer than all of the above together."""
KEEPALIVE_SECONDS = 5.0
"""A socket kept longer may be closed at the other end: a clean failure would become an unknown outcome."""
MAX_CONNECTIONS = 200
RECORD_PAGES, PAGE_SIZE = 4, 50
SEARCH_MARGIN = timedelta(minutes=2)
_NEVER_BEGAN = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,  # its head breaks the rules of HTTP; the body is bytes of known length and cannot
)
"""Proof that not one byte of the request left."""
_UNUSABLE = (ValueError, httpx2.InvalidURL)
"""No request can be made of this connection's key or address: the first is `UnicodeEncodeError` for a key."""
_UNUSABLE_SAYS = "the API key or address of the carrier connection is not usable; enter them again"

Json = Mapping[str, Any]


class Telnyx:
    def __init__(self, default_base: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._default_base = default_base
        self._outgoing = Outgoing(transport or DirectTransport(MAX_CONNECTIONS, KEEPALIVE_SECONDS))

    def body(self, message: Message, account: CarrierAccount, webhook_url: str) -> bytes:
        order = message.order
        fields: dict[str, Any] = {"from": order.number, "to": order.contact, "webhook_url": webhook_url}
        if order.text:
            fields["text"] = order.text
        if order.media_urls:
            fields["media_urls"] = list(order.media_urls)
        if account.messaging_profile_id:
            fields["messaging_profile_id"] = account.messaging_profile_id
        return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)

    async def send(self, request: Request) -> SendOutcome:
        # Waiting for a connection counts: a place in the pool, TCP and TLS may take so long each, and the request
        # itself begins within the time given.
        connect = min(SLOWEST_CONNECT_SECONDS, request.within_seconds / 3)
        timeout = httpx2.Timeout(connect=connect, pool=connect, write=WRITE_SECONDS, read=READ_SECONDS)
        headers = self._headers(request.account) | {
            "content-type": "application/json",
            "idempotency-key": request.key,
        }
        url = f"{self._base(request.account)}/messages"
        try:
            built = outgoing_request("POST", httpx2.URL(url), headers, request.body, timeout)
        except _UNUSABLE as error:
            log.warning("connection_unusable", connection=request.account.connection_id, error=type(error).__name__)
            return SendOutcome("not_sent", "connection_unusable", _UNUSABLE_SAYS)
        try:
            # httpx's read time-out starts anew with every byte: a trickle would hold up the lane for ever.
            async with asyncio.timeout(LONGEST_SECONDS):
                response = await self._outgoing.ask(built)
        except _NEVER_BEGAN as error:
            log.info("carrier_not_reached", url=url, error=type(error).__name__)
            return SendOutcome("not_sent", "no_connection", "the carrier could not be reached; it is tried again")
        except (httpx2.HTTPError, TimeoutError) as error:
            log.info("carrier_did_not_answer", url=url, error=type(error).__name__)
        except Exception:
            log.exception("request_failed_oddly", url=url)
        else:
            return classify(response.status_code, response.headers, response.content)
        return SendOutcome("no_answer", "no_answer", "the carrier did not answer; it may have taken the text")

    async def search(self, trace: RecordSearch) -> SendOutcome | None:
        for page in range(1, RECORD_PAGES + 1):
            rows = await self._rows(trace, page)
            for row in rows:
                if _names(row, trace.token):
                    return _found(row)
            if len(rows) < PAGE_SIZE:
                return None
        return None

    async def close(self) -> None:
        await self._outgoing.close()

    async def _rows(self, trace: RecordSearch, page: int) -> list[dict[str, Any]]:
        params = {
            "filter[record_type]": "messaging",
            "filter[cli]": trace.number,
            "filter[cld]": trace.contact,
            "filter[created_at][gte]": (trace.since - SEARCH_MARGIN).isoformat(),
            "page[number]": str(page),
            "page[size]": str(PAGE_SIZE),
            "sort": "-created_at",
        }
        try:
            url = httpx2.URL(f"{self._base(trace.account)}/detail_records", params=params)
            request = outgoing_request("GET", url, self._headers(trace.account), b"", httpx2.Timeout(READ_SECONDS))
            async with asyncio.timeout(LONGEST_SECONDS):
                response = await self._outgoing.ask(request)
        except (httpx2.HTTPError, TimeoutError, *_UNUSABLE) as error:
            raise _records_away(type(error).__name__) from None
        rows = lenient_json.document(response.content).get("data") if response.status_code == 200 else None
        if not isinstance(rows, list):
            raise _records_away(f"status {response.status_code}")
        return lenient_json.objects(cast("object", rows))

    def _base(self, account: CarrierAccount) -> str:
        return (account.api_base or self._default_base).rstrip("/")

    def _headers(self, account: CarrierAccount) -> dict[str, str]:
        return {"authorization": f"Bearer {account.api_key}", **PLAIN_HEADERS}


def _records_away(why: str) -> Unavailable:
    return Unavailable("carrier_records_away", "The carrier's records cannot be read.", operator_detail=why)


def classify(status: int, headers: Mapping[str, str], content: bytes) -> SendOutcome:
    """What this answer to a send means. Codes first, then the status; whatever is unclear is unknown."""
    body = lenient_json.document(content)
    errors = lenient_json.errors(body.get("errors"))
    detail = "; ".join(error.detail or error.title for error in errors)[:300]
    meaning = next((MEANINGS[error.code] for error in errors if error.code in MEANINGS), None)
    if 200 <= status < 300:
        return _accepted(body)
    if status == 408 or (status >= 500 and status != 503):
        kind = "no_answer" if status == 408 else "server_error"
        return SendOutcome(kind, f"carrier_{status}", detail, errors)
    if status == 503 or (status == 429 and (meaning is None or meaning.kind == "busy")):
        return _busy(meaning, status, headers, detail, errors)
    if 400 <= status < 500:
        return _refused(meaning, status, headers, detail, errors)
    return SendOutcome(
        "no_answer",
        f"carrier_{status}",
        "the carrier answered in a way that says neither yes nor no; it may have taken the text",
    )


def _refused(
    meaning: Meaning | None, status: int, headers: Mapping[str, str], detail: str, errors: tuple[CarrierError, ...]
) -> SendOutcome:
    if meaning is None and status == 409:
        # Without a code we know, a conflict may be about our own key.
        return SendOutcome("in_flight", "carrier_conflict", detail, errors)
    if meaning is None:
        code = errors[0].code if errors else str(status)
        return SendOutcome("refused", f"carrier_{code}", detail, errors)
    if meaning.kind == "in_flight":
        return SendOutcome("in_flight", meaning.reason, detail, errors)
    if meaning.kind == "busy":
        return _busy(meaning, status, headers, detail, errors)
    return SendOutcome("refused", meaning.reason, detail, errors)


def _busy(
    meaning: Meaning | None, status: int, headers: Mapping[str, str], detail: str, errors: tuple[CarrierError, ...]
) -> SendOutcome:
    waits = [_seconds(headers.get("retry-after")), meaning.wait_seconds if meaning else None]
    known = [wait for wait in waits if wait is not None]
    reason = meaning.reason if meaning else ("carrier_busy" if status == 429 else "carrier_unavailable")
    return SendOutcome("not_sent", reason, detail, errors, retry_after=max(known, default=None))


def _accepted(body: Json) -> SendOutcome:
    data = lenient_json.obj(body.get("data"))
    id = lenient_json.word(data.get("id"))
    if not id:
        return SendOutcome(
            "no_answer", "unreadable_answer", "the carrier's answer names no message id; it may have taken the text"
        )
    fee = lenient_json.obj(data.get("cost_breakdown")).get("carrier_fee")
    return SendOutcome(
        "accepted",
        carrier_message_id=id,
        parts=lenient_json.count(data.get("parts")),
        encoding=lenient_json.encoding(data.get("encoding")),
        cost=lenient_json.money(data.get("cost")),
        carrier_fee=lenient_json.money(fee),
        queued_seconds=_seconds(str(data.get("wait_seconds"))) or 0,
    )


def _names(row: Json, token: ReceiptToken) -> bool:
    """By the ids in the message's webhook address. Their code is not looked at: it was made with the secret of that
    day, and the carrier's own records need no proof."""
    query = parse_qs(str(row.get("delivery_status_webhook_url") or "").partition("?")[2])
    return query.get("t") == [token.tenant_id] and query.get("m") == [token.message_id]


def _found(row: Json) -> SendOutcome:
    currency = row.get("currency") or "USD"
    return SendOutcome(
        "accepted",
        carrier_message_id=lenient_json.word(row.get("uuid")) or None,
        parts=lenient_json.count(row.get("parts")),
        cost=lenient_json.money({"amount": row.get("cost"), "currency": currency}),
        carrier_fee=lenient_json.money({"amount": row.get("carrier_fee"), "currency": currency}),
    )


def _seconds(text: str | None) -> float | None:
    """`Retry-After` in seconds; a date is not worth the parsing, our own pause serves."""
    try:
        return min(3600.0, max(0.0, float(text))) if text else None
    except ValueError:
        return None
