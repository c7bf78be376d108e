"""The HTTP server of a process: uvicorn, with our limits on what is unfinished and without its signal handlers."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from functools import partial
from typing import Any, cast

import uvicorn
from fastapi import FastAPI

from shared.http.connections import LimitedProtocol, Places, RequestLimits
from shared.settings import PlatformSettings

_SOCKET_BYTES = 64 * 1024
_STOP_SECONDS = 5


class HttpServer(uvicorn.Server):
    """Two owners of SIGTERM would kill each other's shutdown: the runner owns the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def http_server(
    app: FastAPI, settings: PlatformSettings, connections: int, limits: RequestLimits | None = None
) -> HttpServer:
    """`connections` may be open at once."""
    protocol = partial(LimitedProtocol, places=Places(connections), limits=limits or RequestLimits())
    return HttpServer(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            http=cast("Any", protocol),
            forwarded_allow_ips=settings.forwarded_allow_ips,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws_max_size=_SOCKET_BYTES,
            ws_per_message_deflate=False,  # one text for thousands of sockets is not to be packed thousands of times
            timeout_graceful_shutdown=_STOP_SECONDS,
            server_header=False,
        )
    )
