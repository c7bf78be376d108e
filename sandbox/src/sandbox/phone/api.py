"""Serves the pages of the sandbox, a phone and one customer on three channels: static files, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from sandbox.visitors import COOKIE, Visitors
from shared.errors import NotFound

_HERE = Path(__file__).parent
_FILES = {
    "control.js": "text/javascript",
    "phone.css": "text/css",
    "phone.js": "text/javascript",
    "channels.css": "text/css",
    "channels.js": "text/javascript",
}
_HEADERS = {
    # Pictures of an MMS may come from anywhere; everything else only from here.
    # The dashboard's first run shows the phone in a frame.
    "content-security-policy": "default-src 'self'; img-src * data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'",
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
}


def build_router(visitors: Visitors) -> APIRouter:
    router = APIRouter(prefix="/sandbox", include_in_schema=False)

    def page(name: str, request: Request) -> Response:
        shown = FileResponse(_HERE / name, media_type="text/html", headers=_HEADERS)
        if visitors.holds_token(request) and (token := request.query_params.get("token")):
            shown.set_cookie(COOKIE, token, httponly=True, samesite="strict", path="/sandbox")
        return shown

    @router.get("/phone")
    async def phone(request: Request) -> Response:
        return page("phone.html", request)

    @router.get("/channels")
    async def channels(request: Request) -> Response:
        return page("channels.html", request)

    @router.get("/phone/{name}")
    async def file(name: str) -> Response:
        if name not in _FILES:
            raise NotFound("unknown_file", f"the phone has no file {name}")
        return FileResponse(_HERE / name, media_type=_FILES[name], headers=_HEADERS)

    return router
