"""`/docs`: Swagger UI from our own address. It works without the internet, and no third party learns who reads it.

The files come from the `fastapi-swagger` package, which carries the current Swagger UI. The page is ours: the package's
holds a script within it, which a content policy worth having forbids, and builds its addresses from the Host header.
"""

from __future__ import annotations

from html import escape
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from shared.errors import NotFound

_PACKAGE = "fastapi_swagger"
_FILES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
_HEADERS = {
    # Swagger UI sets styles on its elements and draws its icons as data; all else comes from here only.
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
}
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="docs/favicon-32x32.png"><link rel="stylesheet" href="docs/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script><script src="docs/start.js"></script>
</html>"""
_START = 'SwaggerUIBundle({url: "openapi.json", dom_id: "#swagger-ui", deepLinking: true});\n'
"""A file of its own, as the page's policy allows no script within it. Addresses are relative to `/docs`."""


def docs_router(title: str) -> APIRouter:
    router = APIRouter(prefix="/docs", include_in_schema=False)
    page = _PAGE.format(title=escape(title))

    @router.get("")
    async def docs() -> Response:
        return Response(page, media_type="text/html", headers=_HEADERS)

    @router.get("/{name}")
    async def file(name: str) -> Response:
        if name == "start.js":
            return Response(_START, media_type="text/javascript", headers=_HEADERS)
        if name not in _FILES:
            raise NotFound("not_found", f"the documentation has no file {name}")
        return FileResponse(_folder() / name, media_type=_FILES[name], headers=_HEADERS)

    return router


def _folder() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise NotFound("not_found", f"the package {_PACKAGE} is not installed")
    return Path(spec.origin).parent / "resources"
