"""The two addresses that a carrier calls: read the request within its limits, count the outcome, answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from functools import partial
from typing import Any, Protocol

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from ingress import examples
from ingress.adapters.telnyx_signature import SIGNATURE_HEADER, TIMESTAMP_HEADER
from ingress.metrics import WEBHOOKS
from ingress.reception import Incoming, OutsideTimeWindow
from shared.errors import Malformed, ParleyError, TooLarge, Unavailable
from shared.http.direct_routes import StraightRoute

MAX_BODY_BYTES = 256 * 1024
_READ_AT_MOST_BYTES = 16 * 1024 * 1024
_BODY_SECONDS = 10.0
_OUTCOMES = {400: "malformed", 401: "refused", 413: "too_large", 503: "unavailable"}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Stored, or genuine but of a kind that Parley does not use. A repeat is harmless.",
        "content": examples.TAKEN,
    },
    400: {"description": "Not JSON, or a known event without its id or addresses."},
    401: {"description": "The signature does not verify, or number or connection are unknown; one answer for all."},
    413: {"description": "More than 256 KiB."},
    503: {"description": "The event could not be stored now. Deliver it again."},
}


class Takes(Protocol):
    """What takes webhooks: `Reception`, or a stand-in where the routes are documented only."""

    async def take_for_connection(self, connection_id: str, incoming: Incoming) -> str: ...

    async def take_by_number(self, incoming: Incoming) -> str: ...


class TakenElsewhere:
    """Of a process that documents the routes and does not serve them."""

    async def take_for_connection(self, connection_id: str, incoming: Incoming) -> str:
        raise Unavailable("served_elsewhere", "another process takes webhooks; deliver it again")

    async def take_by_number(self, incoming: Incoming) -> str:
        raise Unavailable("served_elsewhere", "another process takes webhooks; deliver it again")


def webhook_router(reception: Takes) -> APIRouter:
    router = APIRouter(prefix="/webhooks/telnyx", tags=["ingress"], route_class=StraightRoute)

    @router.post(
        "/{connection_id}",
        summary="Webhooks of one connection",
        responses=_RESPONSES,
        openapi_extra=examples.WEBHOOK,
    )
    async def for_connection(connection_id: str, request: Request) -> Response:
        return await _answer(reception.take_for_connection(connection_id, _incoming(request)))

    @router.post(
        "",
        summary="Webhooks; our number in the body names the connection",
        responses=_RESPONSES,
        openapi_extra=examples.WEBHOOK,
    )
    async def by_number(request: Request) -> Response:
        return await _answer(reception.take_by_number(_incoming(request)))

    return router


def _incoming(request: Request) -> Incoming:
    query = request.query_params
    return Incoming(
        timestamp=request.headers.get(TIMESTAMP_HEADER, ""),
        signature=request.headers.get(SIGNATURE_HEADER, ""),
        receipt_token=(query.get("t", ""), query.get("m", ""), query.get("k", "")),
        read_body=partial(_read_body, request),
    )


async def _answer(taking: Awaitable[str]) -> Response:
    """Counts the outcome and answers 200. The carrier reads the status only."""
    try:
        WEBHOOKS.labels(await taking).inc()
    except TimeoutError:
        WEBHOOKS.labels("unavailable").inc()
        raise Unavailable("too_slow", "the event could not be stored in time; deliver it again") from None
    except OutsideTimeWindow:
        WEBHOOKS.labels("outside_time_window").inc()
        raise
    except ParleyError as error:
        WEBHOOKS.labels(_OUTCOMES.get(error.status, "failed")).inc()
        raise
    return Response(b'{"status":"ok"}', media_type="application/json")


async def _read_body(request: Request) -> bytes:
    """The body, at most `MAX_BODY_BYTES` of it, counted as it arrives: Content-Length may lie.

    Bytes beyond the limit are read and dropped, up to a point: a client that is cut off while sending never reads 413.
    Raises `Malformed` or `TooLarge`.
    """
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size <= MAX_BODY_BYTES:
                    chunks.append(chunk)
                elif size > _READ_AT_MOST_BYTES:
                    break
    except TimeoutError:
        raise Malformed("body_too_slow", f"the body did not arrive within {_BODY_SECONDS:.0f} s") from None
    except ClientDisconnect:
        raise Malformed("body_incomplete", "the connection ended before the body did") from None
    if size > MAX_BODY_BYTES:
        raise TooLarge("too_large", f"a webhook has at most {MAX_BODY_BYTES} bytes")
    return b"".join(chunks)
