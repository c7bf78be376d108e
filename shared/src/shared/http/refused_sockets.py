"""A WebSocket that is refused before it was accepted is no error: somebody came without a key, or one too many.

The server takes a handshake that is answered with an HTTP status for a mistake of ours and logs it as an error. That
line alone is dropped, only after such an answer was given, and told at info instead; all other failures stay errors.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

_LINE = "ASGI callable returned without completing handshake."
_refused: ContextVar[bool] = ContextVar("refused", default=False)
"""Of this connection's task, in which the server logs as well."""


class _NoErrorIfRefused(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not (_refused.get() and record.msg == _LINE)


_FILTER = _NoErrorIfRefused()


class RefusedSockets:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        logging.getLogger("uvicorn.error").addFilter(_FILTER)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return

        async def watched(message: Message) -> None:
            if message["type"] == "websocket.http.response.start":
                _refused.set(True)
                log.info("websocket_refused", route=scope["path"], status=message["status"])
            await send(message)

        await self._app(scope, receive, watched)
