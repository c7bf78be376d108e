"""The HTTP face of the pretend Telnyx, with its paths, statuses and error bodies."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse

from sandbox.carrier import detail_records
from sandbox.carrier.accounts import Account, Number, Profile
from sandbox.carrier.errors import CarrierError
from sandbox.carrier.messages import iso, on_the_wire
from sandbox.line import CutLine, LineCut
from sandbox.state import SandboxState

MEDIA_PATH = "/sandbox/telnyx/media"
_HARMLESS = {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; sandbox"}


class CarrierRoute(APIRoute):
    """Answers refusals in the carrier's shape, whatever application the router is part of."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def in_the_carriers_shape(request: Request) -> Response:
            try:
                return await handle(request)
            except CarrierError as error:
                return JSONResponse(error.body, error.status, error.headers)
            except LineCut:
                return CutLine()

        return in_the_carriers_shape


def build_router(state: SandboxState) -> APIRouter:
    router = APIRouter(prefix="/sandbox/telnyx/v2", tags=["sandbox carrier"], route_class=CarrierRoute)

    def signed_in(request: Request) -> Account:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        account = state.registry.account(key.strip()) if scheme.lower() == "bearer" else None
        if account is None:
            raise CarrierError("10009", "The API key is missing or wrong; the sandbox takes any that begins with KEY.")
        return account

    @router.post("/messages")
    @router.post("/messages/long_code")
    async def send(request: Request) -> Response:
        account = signed_in(request)
        key = request.headers.get("idempotency-key")
        answer = await state.sending.send(account, await request.body(), key, request.url.path)
        return Response(answer, media_type="application/json")

    @router.get("/messages/{message_id}")
    async def message(request: Request, message_id: str) -> Response:
        account = signed_in(request)
        found = state.mailbox.get(message_id)
        if found is None or found.api_key != account.api_key:
            raise CarrierError("10005", f"There is no message {message_id}.")
        return _json({"data": on_the_wire(found)})

    @router.get("/detail_records")
    async def records(request: Request) -> Response:
        account = signed_in(request)
        now, after = state.world.clock.now(), state.world.tunables.records_after
        mine = (one for one in state.mailbox.all() if one.api_key == account.api_key)
        shown = [one for one in mine if detail_records.visible(one, now, after)]
        return _json(detail_records.page(shown, request.query_params))

    _numbers(router, state, signed_in)

    @router.get("/messaging_profiles")
    async def profiles(request: Request) -> Response:
        account = signed_in(request)
        mine = [one for one in state.registry.profiles() if one.api_key == account.api_key]
        return _json(detail_records.paged([_profile_row(one, account) for one in mine], request.query_params))

    @router.get("/messaging_profiles/{profile_id}")
    async def profile(request: Request, profile_id: str) -> Response:
        account = signed_in(request)
        found = state.registry.profile(profile_id)
        if found is None or found.api_key != account.api_key:
            raise CarrierError("10005", f"There is no messaging profile {profile_id}.")
        return _json({"data": _profile_row(found, account)})

    @router.get("/messaging_optouts")
    async def optouts(request: Request) -> Response:
        account = signed_in(request)
        owned = {one.id for one in state.registry.profiles() if one.api_key == account.api_key}
        rows: list[dict[str, Any]] = [
            {
                "created_at": iso(block.at),
                "from": block.number,
                "to": block.customer,
                "keyword": block.keyword,
                "messaging_profile_id": block.messaging_profile_id,
            }
            for block in state.registry.blocks()
            if block.messaging_profile_id in owned
        ]
        return _json(detail_records.paged(rows, request.query_params))

    return router


def _numbers(router: APIRouter, state: SandboxState, signed_in: Callable[[Request], Account]) -> None:
    @router.get("/phone_numbers")
    async def phone_numbers(request: Request) -> Response:
        account = signed_in(request)
        wanted = request.query_params.get("filter[phone_number]", "")
        mine = [one for one in state.registry.numbers() if one.api_key == account.api_key and wanted in one.number]
        return _json(detail_records.paged([_number_row(one) for one in mine], request.query_params))

    @router.get("/phone_numbers/messaging")
    async def messaging_settings(request: Request) -> Response:
        account = signed_in(request)
        mine = [one for one in state.registry.numbers() if one.api_key == account.api_key]
        return _json(detail_records.paged([_settings_row(one) for one in mine], request.query_params))


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")


def _number_row(number: Number) -> dict[str, Any]:
    return {
        "record_type": "phone_number",
        "id": number.number.lstrip("+"),
        "phone_number": number.number,
        "status": "active",
        "phone_number_type": "local" if number.number.startswith("+") else "short_code",
        "messaging_profile_id": number.messaging_profile_id,
    }


def _settings_row(number: Number) -> dict[str, Any]:
    enabled = {"domestic_two_way": True, "international_inbound": False, "international_outbound": False}
    return {
        "record_type": "messaging_settings",
        "id": number.number.lstrip("+"),
        "phone_number": number.number,
        "messaging_profile_id": number.messaging_profile_id,
        "features": {kind: enabled if kind in number.capabilities else None for kind in ("sms", "mms")},
    }


def _profile_row(profile: Profile, account: Account) -> dict[str, Any]:
    return {
        "record_type": "messaging_profile",
        "id": profile.id,
        "organization_id": account.organization_id,
        "name": "Sandbox",
        "enabled": profile.enabled,
        "webhook_url": profile.webhook_url,
        "webhook_failover_url": None,
        "webhook_api_version": profile.webhook_api_version,
        "redaction_enabled": profile.redaction_level > 0,
        "redaction_level": profile.redaction_level or 1,
        "whitelisted_destinations": ["*"],
        "smart_encoding": False,
    }


def media_router(state: SandboxState) -> APIRouter:
    """Links to media are open at the carrier too; here to visitors of the sandbox only."""
    router = APIRouter(prefix=MEDIA_PATH, tags=["sandbox carrier"])

    @router.get("/{picture_id}")
    async def media(picture_id: str) -> Response:
        kept = state.pictures.get(picture_id)
        return Response(kept.bytes, media_type=kept.content_type, headers=_HARMLESS)

    return router
