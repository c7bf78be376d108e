"""A span for each HTTP request to a service: route templates, never the path itself, for paths hold ids and numbers.

Plain ASGI and of our own: the framework's instrumentation records address, query and user agent of each request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from opentelemetry.trace import Span, StatusCode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import tracing
from shared.http.served import Served
from shared.logging import redact
from shared.metrics import method_of


def owners_of(services: Sequence[Served]) -> dict[str, str]:
    """The service of a request, by the first two parts of its path: `/api/messages` belongs to sender."""
    owners = {f"/internal/{service.name}": service.name for service in services}
    for service in services:
        for router in service.routers:
            owners |= {_head(path): service.name for route in router.routes if (path := getattr(route, "path", ""))}
    return owners


class TracedRequests:
    """Traces requests to services; health, metrics, documentation, sandbox and unknown addresses belong to none."""

    def __init__(self, app: ASGIApp, owners: Mapping[str, str]) -> None:
        self._app = app
        self._owners = owners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        service = self._owners.get(_head(scope["path"])) if scope["type"] == "http" else None
        given = _header(scope.get("headers", ()), b"traceparent")
        if service is None or (scope["path"].startswith("/internal/") and not given):
            await self._app(scope, receive, send)  # a copy filled at start belongs to no trace
            return
        method = method_of(scope)
        with tracing.span(method, service=service, kind=tracing.Kind.SERVER, parent=given) as span:

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _note(span, method, scope, message)
                await send(message)

            try:
                await self._app(scope, receive, noted)
            except Exception:
                _note(span, method, scope, {"status": 500})  # answered further out, where no middleware sees it
                raise


def _note(span: Span, method: str, scope: Scope, answer: Mapping[str, Any]) -> None:
    status: int = answer["status"]
    route = getattr(scope.get("route"), "path", "unknown")
    span.update_name(f"{method} {route}")
    span.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
    if correlation := _header(answer.get("headers", ()), b"x-request-id"):
        span.set_attribute("parley.correlation", redact(correlation))
    if status >= 500:
        span.set_status(StatusCode.ERROR)
    if _header(answer.get("headers", ()), b"content-type").startswith("text/event-stream"):
        span.end()  # the stream lasts as long as its listener; the request has been answered


def _header(headers: Iterable[Any], wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in headers if name == wanted), "")


def _head(path: str) -> str:
    return "/".join(path.split("/", 3)[:3])
