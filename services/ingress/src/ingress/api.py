"""The two addresses a carrier calls: size, headers and time first, the cheapest check before the dearer one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from ingress import examples
from ingress.adapters.telnyx_signature import Proof, read_proof
from ingress.metrics import WEBHOOKS
from ingress.reception import Arrival, Reception, not_genuine
from shared.clock import Clock
from shared.errors import Malformed, ParleyError, TooLarge, Unavailable
from shared.events.links import ReceiptToken, is_connection_id, read_receipt
from shared.http.direct_routes import StraightRoute
from shared.keyring import Keyring

MAX_BODY_BYTES = 256 * 1024
_READ_AT_MOST_BYTES = 16 * 1024 * 1024
_BODY_SECONDS = 10.0
_BUDGET_SECONDS = 1.5
"""From the last byte of the body to the answer: the carrier gives up at 2 s and would deliver again."""

_OUTCOMES = {400: "malformed", 401: "refused", 413: "too_large", 503: "unavailable"}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Safe here (or genuine, but nothing we act upon). A repeat is harmless.",
        "content": examples.TAKEN,
    },
    400: {"description": "Not JSON, or a known event without what makes it one."},
    401: {"description": "Not provably from the carrier, or for nothing we know: the two are never told apart."},
    413: {"description": "More than 256 KiB."},
    503: {"description": "Could be kept nowhere just now: deliver again."},
}


def webhook_router(reception: Reception, keyring: Keyring, clock: Clock) -> APIRouter:
    router = APIRouter(prefix="/webhooks/telnyx", tags=["ingress"], route_class=StraightRoute)
    door = _Door(reception, keyring, clock)

    @router.post(
        "/{connection_id}",
        summary="Webhooks of one connection",
        responses=_RESPONSES,
        openapi_extra=examples.WEBHOOK,
    )
    async def of_connection(connection_id: str, request: Request) -> Response:
        return await _answered(door.of_connection(connection_id, request))

    @router.post(
        "",
        summary="Webhooks; the connection is found by our number in the body",
        responses=_RESPONSES,
        openapi_extra=examples.WEBHOOK,
    )
    async def of_any(request: Request) -> Response:
        return await _answered(door.of_any(request))

    return router


class _Door:
    def __init__(self, reception: Reception, keyring: Keyring, clock: Clock) -> None:
        self._reception = reception
        self._keyring = keyring
        self._clock = clock

    async def of_connection(self, connection_id: str, request: Request) -> str:
        if not (is_connection_id(self._keyring, connection_id) or await self._reception.knows(connection_id)):
            raise not_genuine()
        arrival = await self._arrival(request)
        async with asyncio.timeout(_BUDGET_SECONDS):
            return await self._reception.by_connection(connection_id, arrival)

    async def of_any(self, request: Request) -> str:
        arrival = await self._arrival(request)
        async with asyncio.timeout(_BUDGET_SECONDS):
            return await self._reception.by_number(arrival)

    async def _arrival(self, request: Request) -> Arrival:
        raw = await _body(request)
        return Arrival(raw, self._proof(request), self._token(request), self._clock.now())

    def _proof(self, request: Request) -> Proof:
        timestamp = request.headers.get("telnyx-timestamp", "")
        signature = request.headers.get("telnyx-signature-ed25519", "")
        proof = read_proof(timestamp, signature, self._clock.now())
        if proof is None:
            raise not_genuine()
        return proof

    def _token(self, request: Request) -> ReceiptToken | None:
        query = request.query_params
        return read_receipt(self._keyring, query.get("t", ""), query.get("m", ""), query.get("k", ""))


async def _answered(taking: Awaitable[str]) -> Response:
    """Counted, whichever way it ends. The carrier reads the status only."""
    try:
        WEBHOOKS.labels(await taking).inc()
    except TimeoutError:
        WEBHOOKS.labels("unavailable").inc()
        raise Unavailable("too_slow", "could not be kept in time; deliver again") from None
    except ParleyError as error:
        WEBHOOKS.labels(_OUTCOMES.get(error.status, "failed")).inc()
        raise
    return Response(b'{"status":"ok"}', media_type="application/json")


async def _body(request: Request) -> bytes:
    """The body, counted as it arrives, whatever Content-Length says; no more of it is kept than is allowed.

    What is too much is still read, up to a point: a client cut off while it is sending never sees why.
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
