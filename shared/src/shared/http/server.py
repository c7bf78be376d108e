"""The HTTP server of a process: uvicorn, with our limits on what is unfinished and without its signal handlers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Generator
from functools import partial
from typing import Any, cast

import uvicorn
from fastapi import FastAPI

from shared.http.connections import LimitedProtocol, Places, RequestLimits
from shared.http.passage import Arrival
from shared.http.shared_port import SharedPort, SharingProtocol
from shared.settings import PlatformSettings

_SOCKET_BYTES = 64 * 1024
_STOP_SECONDS = 5


class HttpServer(uvicorn.Server):
    """Two owners of SIGTERM would kill each other's shutdown: the runner owns the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    def adopt(self, arrival: Arrival) -> None:
        """Serve a connection that another process accepted."""
        if self.should_exit:
            arrival.connection.close()
            return
        loop = asyncio.get_running_loop()
        task = loop.create_task(self._adopt(loop, arrival))
        self.server_state.tasks.add(task)
        task.add_done_callback(self.server_state.tasks.discard)

    async def _adopt(self, loop: asyncio.AbstractEventLoop, arrival: Arrival) -> None:
        def protocol() -> asyncio.Protocol:
            return cast("Any", self.config.http)(
                config=self.config,
                server_state=self.server_state,
                app_state={},
                _loop=loop,
                beginning=arrival.beginning,
                mixed=arrival.mixed,
            )

        with contextlib.suppress(OSError):  # the client has gone meanwhile
            await loop.connect_accepted_socket(protocol, arrival.connection)


def http_server(
    app: FastAPI,
    settings: PlatformSettings,
    connections: int,
    limits: RequestLimits | None = None,
    port: SharedPort | None = None,
) -> HttpServer:
    """`connections` may be open at once. `port`: shared with another process."""
    given = {"places": Places(connections), "limits": limits or RequestLimits()}
    protocol = partial(SharingProtocol, port=port, **given) if port else partial(LimitedProtocol, **given)
    server = HttpServer(
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
    if port:
        port.passage.adopt = server.adopt
    return server
