"""One HTTP application for one or all services: problem details, correlation ids, limits, health, metrics.

Routers only; no `app.mount`, which would never run a sub-application's lifespan.
"""

from __future__ import annotations

import itertools
import secrets
import sys
import time
from collections.abc import Sequence
from typing import Any, cast

import orjson
import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import Invalid, ParleyError, TooMany, Unavailable
from shared.files.streamed_body import UNCUT
from shared.http.direct_routes import StraightAway, StraightRoute
from shared.http.openapi_examples import with_nulls
from shared.http.openapi_problems import PROBLEM, with_problems
from shared.http.strangers import refusal_of_strangers
from shared.http.swagger import docs_router
from shared.metrics import HTTP_SECONDS, method_of

log = structlog.get_logger()

sys.modules.setdefault("pydantic.v1", cast("Any", None))
"""Models of the former pydantic, for which FastAPI looks in every annotation: there are none here, so the 26 modules
stay out (2 MB, 35 ms). FastAPI goes on without them, as it does where they are not installed."""
MAX_BODY_BYTES = 1024 * 1024
_PROCESS, _COUNT = secrets.token_hex(6), itertools.count()
"""Request ids: unique without asking the system for randomness each time."""
_ABOUT_THE_REQUEST = frozenset({400, 413, 422})
_WORDS = {400: "malformed", 401: "not_signed_in", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
          413: "too_large", 415: "unsupported_media_type"}  # fmt: skip


_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""The framework's own would record whole addresses and the messages of exceptions; ours is shared.tracing."""


class _Application(FastAPI):
    """Describes the problems every operation can answer with, and the nulls of the examples; knows which of its routes
    are called directly."""

    _stripped: dict[str, Any] | None = None
    _whole: dict[str, Any] | None = None

    def __init__(self, **described: Any) -> None:
        super().__init__(**described)
        self.straight: list[StraightRoute] = []

    def include_router(self, router: APIRouter, **more: Any) -> None:
        if more:  # a prefix or the like: then the routes as they stand are not those of the application
            super().include_router(router, **more)
            return
        # As they stand: FastAPI would build each of them a second time at the first request.
        self.router.routes += router.routes
        self.straight += [route for route in router.routes if isinstance(route, StraightRoute)]

    def openapi(self) -> dict[str, Any]:
        stripped = super().openapi()
        if self._whole is None or stripped is not self._stripped:
            self._stripped, self._whole = stripped, with_nulls(with_problems(stripped))
        return self._whole


def create_app(title: str, description: str, large_body_paths: Sequence[str] = ()) -> FastAPI:
    """`large_body_paths` are prefixes of routes that stream and cap their bodies themselves."""
    app = _Application(
        title=title,
        description=description,
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        telemetry=_NO_TELEMETRY,
        redirect_slashes=False,  # it would echo the Host that a stranger named
    )
    app.include_router(docs_router(title))
    app.add_exception_handler(ParleyError, _on_parley_error)  # pyright: ignore[reportArgumentType]
    app.add_exception_handler(RequestValidationError, _on_validation_error)  # pyright: ignore[reportArgumentType]
    app.add_exception_handler(HTTPException, _on_http_exception)  # pyright: ignore[reportArgumentType]
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(Exception, _on_mistake)
    app.add_middleware(_BodyCap, exempt=tuple(large_body_paths))
    app.add_middleware(StraightAway, routes=app.straight, problem_of=problem_of)
    app.add_middleware(_Measured)
    return app


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """RFC 9457. `code` is stable; `detail` says what to do."""
    body = {"type": f"urn:parley:problem:{code}", "title": code.replace("_", " "), "status": status}
    body |= {"detail": detail, "code": code, **more}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return _Json(body, status_code=status, media_type=PROBLEM, headers=headers)


class _Json(Response):
    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


def problem_of(error: ParleyError) -> Response:
    """For the caller; what only an operator may know goes to the log."""
    if error.operator_detail != error.detail:
        log.warning("request_refused", code=error.code, detail=error.operator_detail)
    more: dict[str, Any] = {"errors": error.errors} if isinstance(error, Invalid) and error.errors else {}
    response = problem(error.status, error.code, error.detail, **more)
    if isinstance(error, Unavailable | TooMany):
        response.headers["Retry-After"] = str(max(1, round(error.after)))
    return response


async def _on_parley_error(request: Request, error: ParleyError) -> Response:
    if error.status in _ABOUT_THE_REQUEST and (refused := await refusal_of_strangers(request)):
        return problem_of(refused)
    return problem_of(error)


async def _on_validation_error(request: Request, error: RequestValidationError) -> Response:
    if refused := await refusal_of_strangers(request):
        return problem_of(refused)
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return problem(400, "malformed", "the body is not valid JSON")
    fields = [{"field": ".".join(str(part) for part in item["loc"][1:]), "problem": item["msg"]} for item in found]
    first = fields[0]
    detail = f"{first['field']}: {first['problem']}" if first["field"] else first["problem"]
    return problem(422, "invalid", detail, errors=fields)


async def _on_http_exception(request: Request, error: HTTPException) -> Response:
    if error.status_code in _ABOUT_THE_REQUEST and (refused := await refusal_of_strangers(request)):
        return problem_of(refused)
    response = problem(error.status_code, _WORDS.get(error.status_code, "http_error"), str(error.detail))
    response.headers.update(error.headers or {})
    if error.status_code == 405:
        response.headers["Allow"] = ", ".join(sorted(_methods_of_path(request)))
    return response


def _methods_of_path(request: Request) -> set[str]:
    """Of all routes with this path; the framework names those of the first one only."""
    path: str = request.scope["path"]
    found: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.methods and route.path_regex.match(path):
            found |= route.methods
    return found


async def _on_disconnect(_request: Request, _error: Exception) -> Response:
    """The body did not come: no mistake of ours. Nobody reads this answer."""
    return problem(408, "request_timeout", "the request did not arrive in time")


async def _on_mistake(request: Request, error: Exception) -> Response:
    log.error("request_failed", route=request.url.path, error=type(error).__name__)
    return problem(500, "internal_error", "Something went wrong on our side and was logged; try again.")


class _Measured:
    """Correlation id and duration of every request. Plain ASGI: a stream or socket passes through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        correlation = given.decode("ascii", "ignore")[:100] or f"req_{_PROCESS}{next(_COUNT):x}"
        started = time.perf_counter()

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", correlation.encode())]
                route = getattr(scope.get("route"), "path", "unknown")
                seconds = time.perf_counter() - started
                HTTP_SECONDS.labels(method_of(scope), route, str(message["status"])).observe(seconds)
            await send(message)

        with structlog.contextvars.bound_contextvars(correlation=correlation):
            await self._app(scope, receive, stamped)


class _BodyCap:
    """Counts what really arrives, whatever Content-Length says, and stops reading above the limit. A route that takes
    files reads past it, with a limit of its own (`streamed_body`)."""

    def __init__(self, app: ASGIApp, exempt: tuple[str, ...]) -> None:
        self._app = app
        self._exempt = exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self._exempt or ("\0",)):
            await self._app(scope, receive, send)
            return
        seen = 0
        scope[UNCUT] = receive

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > MAX_BODY_BYTES:
                raise HTTPException(413, f"a request body has at most {MAX_BODY_BYTES} bytes")
            return message

        await self._app(scope, counted, send)
