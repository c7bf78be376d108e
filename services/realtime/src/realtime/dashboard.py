"""The dashboard's pages and files. It is one application of the browser: every page is the same document.

The document names the style sheets it may use by a nonce, new in each answer. Files have their contents' hash in
their names, so browsers keep them for good; those that compress well lie beside their gzip.
"""

from __future__ import annotations

import asyncio
import mimetypes
import secrets
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from realtime.home import plain_page
from shared.errors import NotFound

PATHS = (
    "/", "/login", "/setup", "/system", "/inbox", "/inbox/{conversation_id}", "/contacts", "/contacts/{id}",
    "/campaigns", "/campaigns/new", "/campaigns/{id}", "/workflows", "/workflows/{id}", "/assistants",
    "/assistants/{id}", "/numbers", "/team", "/usage", "/settings",
)  # fmt: skip
"""As `dashboard/src/app/routes.tsx` has them."""

_NONCE = "__CSP_NONCE__"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_SAFE = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}
_FOR_GOOD = {"cache-control": "public, max-age=31536000, immutable", **_SAFE}
BUILT_HERE = Path(__file__).resolve().parents[4] / "dashboard" / "dist"
"""Where `make run` puts it."""


@dataclass(frozen=True)
class Built:
    """What `npm run build` made."""

    document: str
    files: dict[str, Path]
    """By name: nothing that a request says becomes a path of the disk."""

    @classmethod
    def found(cls, folder: str) -> Built | None:
        """None if nothing was built there."""
        place = Path(folder) if folder else BUILT_HERE
        if not (place / "index.html").is_file():
            return None
        inside = [path for path in sorted(place.rglob("*")) if path.is_file() and ".vite" not in path.parts]
        names = {path.relative_to(place).as_posix(): path for path in inside}
        return cls(names["index.html"].read_text(), names)


def dashboard_router(built: Built | None, sandbox_is_on: bool) -> APIRouter:
    """Where nothing was built, every path shows what runs here and what the dashboard needs."""
    router = APIRouter(include_in_schema=False)
    documents = _Documents(built.document) if built else _PlainPage(sandbox_is_on)
    files = built.files if built else {}

    async def document() -> Response:
        return documents.answer()

    for path in PATHS:
        router.add_api_route(path, document, methods=["GET"])

    @router.get("/assets/{name}")
    async def asset(request: Request, name: str) -> Response:
        return await _file(request, f"assets/{name}", files, _FOR_GOOD)

    @router.get("/icon.svg")
    async def icon(request: Request) -> Response:
        return await _file(request, "icon.svg", files, {"cache-control": "public, max-age=86400", **_SAFE})

    return router


@dataclass(frozen=True)
class _Documents:
    template: str

    def answer(self) -> Response:
        nonce = secrets.token_urlsafe(16)
        headers = {"content-security-policy": _POLICY.format(nonce=nonce), "cache-control": "no-store", **_SAFE}
        return Response(self.template.replace(_NONCE, nonce), media_type="text/html", headers=headers)


@dataclass(frozen=True)
class _PlainPage:
    sandbox_is_on: bool

    def answer(self) -> Response:
        return plain_page(self.sandbox_is_on)


async def _file(request: Request, name: str, files: dict[str, Path], headers: dict[str, str]) -> Response:
    file, compressed = files.get(name), files.get(f"{name}.gz")
    if file is None:
        raise _no_such_file()
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {**headers, "vary": "accept-encoding"}
    if compressed and "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        file = compressed
    try:
        content = await asyncio.to_thread(file.read_bytes)
    except FileNotFoundError:  # built anew since we started
        raise _no_such_file() from None
    return Response(content, media_type=media_type, headers=headers)


def _no_such_file() -> NotFound:
    return NotFound("not_found", "there is no such file; reload the page")
